package org.lamina.contract;

import static org.lamina.contract.LayerFamily.ints;
import static org.lamina.contract.LayerFamily.kernel;
import static org.lamina.contract.LayerFamily.row;
import static org.lamina.contract.LayerFamily.size;
import static org.lamina.harness.Option.BIAS_DEPTHWISE;
import static org.lamina.harness.Option.BIAS_POINTWISE;
import static org.lamina.harness.Option.DEPTH_MULTIPLIER;
import static org.lamina.harness.Option.DILATION;
import static org.lamina.harness.Option.HAS_BIAS;
import static org.lamina.harness.Option.N_IN;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.PADDING;
import static org.lamina.harness.Option.PADDING_MODE;
import static org.lamina.harness.Option.STRIDE;

import java.util.List;
import org.lamina.spec.PaddingMode;

/** Depthwise separable convolutions without constraints. */
final class DepthwiseSeparableFamily implements LayerFamily {

    private static Row conv(int[] kernel, Object... options) {
        return row("DepthwiseSeparableConv2D", kernel, size(2, 6, 7), options).with(N_OUT, 3);
    }

    private static Row wrong(Object... options) {
        return conv(kernel(3, 2)).with(options);
    }

    @Override
    public List<Row> rows() {
        return List.of(
                conv(kernel(3, 3), PADDING, ints(1), BIAS_DEPTHWISE, false),
                conv(kernel(2, 3), DEPTH_MULTIPLIER, 2, DILATION, ints(2, 1)),
                conv(kernel(3, 4), STRIDE, ints(2), PADDING, ints(0, 2), HAS_BIAS, false),
                conv(kernel(1, 4), BIAS_POINTWISE, false, PADDING_MODE, PaddingMode.CIRCULAR)
                        .with(PADDING, "same"),
                row("DepthwiseSeparableConv1D", kernel(3), size(2, 9), N_OUT, 4)
                        .with(DEPTH_MULTIPLIER, 2),
                row("DepthwiseSeparableConv1D", kernel(4), size(3, 9), N_OUT, 2)
                        .with(PADDING, "causal", BIAS_DEPTHWISE, false));
    }

    @Override
    public List<Invalid> invalid() {
        return List.of(
                new Invalid(wrong(N_OUT, 0), "nOut (output channels) = 0; must be 1 or greater"),
                new Invalid(wrong(N_OUT, -3), "nOut (output channels) = -3"),
                new Invalid(wrong(N_IN, -1), "= -1; must be 1 or greater"),
                new Invalid(wrong(DEPTH_MULTIPLIER, 0), "= 0; must be 1 or greater"),
                new Invalid(wrong(DEPTH_MULTIPLIER, -2), "= -2; must be 1 or greater"),
                new Invalid(wrong(STRIDE, ints(0)), "stride"),
                new Invalid(wrong(STRIDE, ints(1, 1, 1)), "stride"),
                new Invalid(wrong(DILATION, ints(0, 1)), "dilation"),
                new Invalid(wrong(PADDING, ints(-1)), "padding"),
                new Invalid(wrong(PADDING, "full"), "full"),
                new Invalid(wrong(PADDING, "causal"), "'causal' with 2 spatial dimensions"),
                new Invalid(wrong(PADDING, "same", STRIDE, ints(2)), "needs stride 1"),
                new Invalid(wrong(PADDING_MODE, null), "paddingMode = null; allowed are"),
                new Invalid(wrong().withKernel(0, 3), "kernel"));
    }
}
