package org.lamina.contract;

import static org.lamina.contract.LayerFamily.ints;
import static org.lamina.contract.LayerFamily.kernel;
import static org.lamina.contract.LayerFamily.row;
import static org.lamina.contract.LayerFamily.size;

import java.util.List;
import org.lamina.spec.PaddingMode;

/** Depthwise separable convolutions without constraints. */
final class DepthwiseSeparableFamily implements LayerFamily {

    private static Row conv(int[] kernel, Object... options) {
        return row("DepthwiseSeparableConv2D", kernel, size(2, 6, 7), options).with("nOut", 3);
    }

    private static Row wrong(Object... options) {
        return conv(kernel(3, 2)).with(options);
    }

    @Override
    public List<Row> rows() {
        return List.of(
                conv(kernel(3, 3), "padding", ints(1), "biasDepthwise", false),
                conv(kernel(2, 3), "depthMultiplier", 2, "dilation", ints(2, 1)),
                conv(kernel(3, 4), "stride", ints(2), "padding", ints(0, 2), "hasBias", false),
                conv(kernel(1, 4), "biasPointwise", false, "paddingMode", PaddingMode.CIRCULAR)
                        .with("padding", "same"),
                row("DepthwiseSeparableConv1D", kernel(3), size(2, 9), "nOut", 4)
                        .with("depthMultiplier", 2),
                row("DepthwiseSeparableConv1D", kernel(4), size(3, 9), "nOut", 2)
                        .with("padding", "causal", "biasDepthwise", false));
    }

    @Override
    public List<Invalid> invalid() {
        return List.of(
                new Invalid(wrong("nOut", 0), "nOut (output channels) = 0; must be 1 or greater"),
                new Invalid(wrong("nOut", -3), "nOut (output channels) = -3"),
                new Invalid(wrong("nIn", -1), "= -1; must be 1 or greater"),
                new Invalid(wrong("depthMultiplier", 0), "= 0; must be 1 or greater"),
                new Invalid(wrong("depthMultiplier", -2), "= -2; must be 1 or greater"),
                new Invalid(wrong("stride", ints(0)), "stride"),
                new Invalid(wrong("stride", ints(1, 1, 1)), "stride"),
                new Invalid(wrong("dilation", ints(0, 1)), "dilation"),
                new Invalid(wrong("padding", ints(-1)), "padding"),
                new Invalid(wrong("padding", "full"), "full"),
                new Invalid(wrong("padding", "causal"), "'causal' with 2 spatial dimensions"),
                new Invalid(wrong("padding", "same", "stride", ints(2)), "needs stride 1"),
                new Invalid(wrong("paddingMode", null), "paddingMode = null; allowed are"),
                new Invalid(wrong().withKernel(0, 3), "kernel"));
    }
}
