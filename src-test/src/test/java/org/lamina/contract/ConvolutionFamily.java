package org.lamina.contract;

import static org.lamina.contract.LayerFamily.ints;
import static org.lamina.contract.LayerFamily.kernel;
import static org.lamina.contract.LayerFamily.row;
import static org.lamina.contract.LayerFamily.size;

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
                row("Conv1D", kernel(4), size(4, 11), "nOut", 6)
                        .with("groups", 2, "padding", "valid", "stride", ints(2)),
                row("Conv1D", kernel(3), size(2, 9), "nOut", 3)
                        .with("padding", "causal", "dilation", ints(2), "hasBias", false),
                row("Conv2D", kernel(3, 2), size(2, 5, 6), "nOut", 3)
                        .with("padding", ints(2, 1), "paddingMode", PaddingMode.REFLECT),
                row("Conv2D", kernel(2, 3), size(3, 5, 6), "nOut", 2)
                        .with("padding", Padding.perSide(ints(0, 1), ints(1, 2))),
                row("Conv2D", kernel(3, 3), size(4, 6, 5), "nOut", 4)
                        .with("groups", 4, "padding", "same", "hasBias", false),
                row("Conv3D", kernel(2, 3, 1), size(2, 4, 5, 3), "nOut", 4)
                        .with("groups", 2, "padding", ints(1, 0, 0), "stride", ints(1, 2, 1)),
                row("Conv3D", kernel(2, 2, 2), size(2, 3, 4, 3), "nOut", 3)
                        .with("padding", ints(1), "paddingMode", PaddingMode.CIRCULAR),
                row("WSConv1D", kernel(3), size(2, 9), "nOut", 4)
                        .with("padding", ints(1), "stride", ints(2)),
                row("WSConv1D", kernel(4), size(4, 11), "nOut", 4)
                        .with("groups", 2, "padding", "causal", "hasBias", false)
                        .with("standardization", NFNET, "dilation", ints(2)),
                row("WSConv2D", kernel(3, 2), size(3, 5, 6), "nOut", 4)
                        .with("padding", "valid", "eps", 0.5),
                row("WSConv2D", kernel(3, 3), size(4, 6, 5), "nOut", 6)
                        .with("groups", 2, "padding", "same", "standardization", TIMM),
                row("WSConv2D", kernel(2, 3), size(2, 5, 5), "nOut", 3)
                        .with("padding", ints(1), "paddingMode", PaddingMode.REPLICATE)
                        .with("standardization", NFNET.withEps(3.0), "hasBias", false),
                row("WSConv2D", kernel(3, 2), size(2, 5, 6), "nOut", 3)
                        .with("standardization", WeightStandardization.stdConv())
                        .with("hasGain", false, "padding", ints(1)),
                row("WSConv3D", kernel(2, 3, 2), size(2, 4, 5, 4), "nOut", 3)
                        .with("padding", ints(0, 1, 1)),
                row("WSConv3D", kernel(2, 2, 1), size(2, 3, 4, 3), "nOut", 4)
                        .with("groups", 2, "standardization", TIMM, "stride", ints(2, 1, 1)));
    }

    @Override
    public List<Invalid> invalid() {
        List<Invalid> wrong = new ArrayList<>();
        Row conv = row("Conv2D", kernel(3, 3), size(4, 6, 6), "nOut", 4);
        wrongConvolutions(conv, wrong);
        Row standardized = row("WSConv2D", kernel(3, 3), size(4, 6, 6), "nOut", 4);
        wrongConvolutions(standardized, wrong);
        for (double eps : new double[] {0, -1e-4, Double.NaN, Double.POSITIVE_INFINITY}) {
            wrong.add(
                    new Invalid(
                            standardized.with("eps", eps),
                            "eps = " + eps + "; must be greater than 0"));
        }
        wrong.add(
                new Invalid(standardized.with("standardization", null), "standardization = null"));
        String single = "1 weight for each output channel";
        wrong.add(
                new Invalid(
                        row("WSConv2D", kernel(1, 1), size(4, 6, 6), "nIn", 4)
                                .with("nOut", 8, "groups", 4),
                        single));
        wrong.add(new Invalid(row("WSConv1D", kernel(1), size(1, 6), "nIn", 1, "nOut", 2), single));
        wrong.add(
                new Invalid(
                        row("WSConv3D", kernel(1, 1, 1), size(2, 3, 3, 3), "nIn", 2)
                                .with("nOut", 2, "groups", 2, "standardization", NFNET),
                        single));
        return wrong;
    }

    private static void wrongConvolutions(Row row, List<Invalid> wrong) {
        wrong.add(new Invalid(row.with("nOut", 0), "nOut (output channels) = 0; must be 1"));
        wrong.add(new Invalid(row.with("nIn", -1), "nIn (input channels) = -1; must be 1"));
        wrong.add(new Invalid(row.with("groups", 0), "groups = 0; must be 1 or greater"));
        wrong.add(new Invalid(row.with("groups", 3), "must be a multiple of groups = 3"));
        wrong.add(new Invalid(row.with("nIn", 3, "groups", 2), "nIn (input channels) = 3"));
        wrong.add(new Invalid(row.with("stride", ints(0)), "stride = [0]; each must be 1"));
        wrong.add(new Invalid(row.with("stride", ints(1, 1, 1)), "stride = [1, 1, 1]"));
        wrong.add(new Invalid(row.with("dilation", ints(-1)), "dilation = [-1]"));
        wrong.add(new Invalid(row.with("padding", ints(-1)), "each must be 0 or greater"));
        wrong.add(new Invalid(row.with("padding", ints(1, 1, 1)), "padding = [1, 1, 1]"));
        wrong.add(new Invalid(row.with("padding", "full"), "padding = 'full'; allowed are"));
        wrong.add(new Invalid(row.with("padding", "causal"), "padding = 'causal' with 2"));
        wrong.add(
                new Invalid(
                        row.with("padding", "same", "stride", ints(2)), "'same' needs stride 1"));
        wrong.add(new Invalid(row.with("paddingMode", null), "paddingMode = null"));
        wrong.add(new Invalid(row.withKernel(0, 3), "kernel = [0, 3]; each must be 1"));
        wrong.add(new Invalid(row.withKernel(3, 3, 3), "kernel = [3, 3, 3]"));
    }
}
