package org.lamina.contract;

import static org.lamina.contract.LayerFamily.ints;
import static org.lamina.contract.LayerFamily.kernel;
import static org.lamina.contract.LayerFamily.row;
import static org.lamina.contract.LayerFamily.size;
import static org.lamina.harness.Option.DILATION;
import static org.lamina.harness.Option.EPS;
import static org.lamina.harness.Option.GROUPS;
import static org.lamina.harness.Option.HAS_BIAS;
import static org.lamina.harness.Option.HAS_GAIN;
import static org.lamina.harness.Option.N_IN;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.PADDING;
import static org.lamina.harness.Option.PADDING_MODE;
import static org.lamina.harness.Option.STANDARDIZATION;
import static org.lamina.harness.Option.STRIDE;

import java.util.ArrayList;
import java.util.List;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.lamina.spec.WeightStandardization;

/** Convolutions with PyTorch's arguments, plain and with standardized weights. */
final class ConvolutionFamily implements LayerFamily {

    private static final WeightStandardization NFNET = WeightStandardization.nfnet();
    private static final WeightStandardization TIMM = WeightStandardization.timm();

    @Override
    public List<Row> rows() {
        return List.of(
                row("Conv1D", kernel(4), size(4, 11), N_OUT, 6)
                        .with(GROUPS, 2, PADDING, "valid", STRIDE, ints(2)),
                row("Conv1D", kernel(3), size(2, 9), N_OUT, 3)
                        .with(PADDING, "causal", DILATION, ints(2), HAS_BIAS, false),
                row("Conv2D", kernel(3, 2), size(2, 5, 6), N_OUT, 3)
                        .with(PADDING, ints(2, 1), PADDING_MODE, PaddingMode.REFLECT),
                row("Conv2D", kernel(2, 3), size(3, 5, 6), N_OUT, 2)
                        .with(PADDING, Padding.perSide(ints(0, 1), ints(1, 2))),
                row("Conv2D", kernel(3, 3), size(4, 6, 5), N_OUT, 4)
                        .with(GROUPS, 4, PADDING, "same", HAS_BIAS, false),
                row("Conv3D", kernel(2, 3, 1), size(2, 4, 5, 3), N_OUT, 4)
                        .with(GROUPS, 2, PADDING, ints(1, 0, 0), STRIDE, ints(1, 2, 1)),
                row("Conv3D", kernel(2, 2, 2), size(2, 3, 4, 3), N_OUT, 3)
                        .with(PADDING, ints(1), PADDING_MODE, PaddingMode.CIRCULAR),
                row("WSConv1D", kernel(3), size(2, 9), N_OUT, 4)
                        .with(PADDING, ints(1), STRIDE, ints(2)),
                row("WSConv1D", kernel(4), size(4, 11), N_OUT, 4)
                        .with(GROUPS, 2, PADDING, "causal", HAS_BIAS, false)
                        .with(STANDARDIZATION, NFNET, DILATION, ints(2)),
                row("WSConv2D", kernel(3, 2), size(3, 5, 6), N_OUT, 4)
                        .with(PADDING, "valid", EPS, 0.5),
                row("WSConv2D", kernel(3, 3), size(4, 6, 5), N_OUT, 6)
                        .with(GROUPS, 2, PADDING, "same", STANDARDIZATION, TIMM),
                row("WSConv2D", kernel(2, 3), size(2, 5, 5), N_OUT, 3)
                        .with(PADDING, ints(1), PADDING_MODE, PaddingMode.REPLICATE)
                        .with(STANDARDIZATION, NFNET.withEps(3.0), HAS_BIAS, false),
                row("WSConv2D", kernel(3, 2), size(2, 5, 6), N_OUT, 3)
                        .with(STANDARDIZATION, WeightStandardization.stdConv())
                        .with(HAS_GAIN, false, PADDING, ints(1)),
                row("WSConv3D", kernel(2, 3, 2), size(2, 4, 5, 4), N_OUT, 3)
                        .with(PADDING, ints(0, 1, 1)),
                row("WSConv3D", kernel(2, 2, 1), size(2, 3, 4, 3), N_OUT, 4)
                        .with(GROUPS, 2, STANDARDIZATION, TIMM, STRIDE, ints(2, 1, 1)));
    }

    @Override
    public List<Invalid> invalid() {
        List<Invalid> wrong = new ArrayList<>();
        Row conv = row("Conv2D", kernel(3, 3), size(4, 6, 6), N_OUT, 4);
        wrongConvolutions(conv, wrong);
        Row standardized = row("WSConv2D", kernel(3, 3), size(4, 6, 6), N_OUT, 4);
        wrongConvolutions(standardized, wrong);
        for (double eps : new double[] {0, -1e-4, Double.NaN, Double.POSITIVE_INFINITY}) {
            wrong.add(
                    new Invalid(
                            standardized.with(EPS, eps),
                            "eps = " + eps + "; must be greater than 0"));
        }
        wrong.add(new Invalid(standardized.with(STANDARDIZATION, null), "standardization = null"));
        String single = "1 weight for each output channel";
        wrong.add(
                new Invalid(
                        row("WSConv2D", kernel(1, 1), size(4, 6, 6), N_IN, 4)
                                .with(N_OUT, 8, GROUPS, 4),
                        single));
        wrong.add(new Invalid(row("WSConv1D", kernel(1), size(1, 6), N_IN, 1, N_OUT, 2), single));
        wrong.add(
                new Invalid(
                        row("WSConv3D", kernel(1, 1, 1), size(2, 3, 3, 3), N_IN, 2)
                                .with(N_OUT, 2, GROUPS, 2, STANDARDIZATION, NFNET),
                        single));
        return wrong;
    }

    private static void wrongConvolutions(Row row, List<Invalid> wrong) {
        wrong.add(new Invalid(row.with(N_OUT, 0), "nOut (output channels) = 0; must be 1"));
        wrong.add(new Invalid(row.with(N_IN, -1), "nIn (input channels) = -1; must be 1"));
        wrong.add(new Invalid(row.with(GROUPS, 0), "groups = 0; must be 1 or greater"));
        wrong.add(new Invalid(row.with(GROUPS, 3), "must be a multiple of groups = 3"));
        wrong.add(new Invalid(row.with(N_IN, 3, GROUPS, 2), "nIn (input channels) = 3"));
        wrong.add(new Invalid(row.with(STRIDE, ints(0)), "stride = [0]; each must be 1"));
        wrong.add(new Invalid(row.with(STRIDE, ints(1, 1, 1)), "stride = [1, 1, 1]"));
        wrong.add(new Invalid(row.with(DILATION, ints(-1)), "dilation = [-1]"));
        wrong.add(new Invalid(row.with(PADDING, ints(-1)), "each must be 0 or greater"));
        wrong.add(new Invalid(row.with(PADDING, ints(1, 1, 1)), "padding = [1, 1, 1]"));
        wrong.add(new Invalid(row.with(PADDING, "full"), "padding = 'full'; allowed are"));
        wrong.add(new Invalid(row.with(PADDING, "causal"), "padding = 'causal' with 2"));
        wrong.add(new Invalid(row.with(PADDING, "same", STRIDE, ints(2)), "'same' needs stride 1"));
        wrong.add(new Invalid(row.with(PADDING_MODE, null), "paddingMode = null"));
        wrong.add(new Invalid(row.withKernel(0, 3), "kernel = [0, 3]; each must be 1"));
        wrong.add(new Invalid(row.withKernel(3, 3, 3), "kernel = [3, 3, 3]"));
    }
}
