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

/** Transposed convolutions with PyTorch's arguments, plain and with standardized weights. */
final class ConvTransposeFamily implements LayerFamily {

    private static final WeightStandardization NFNET = WeightStandardization.nfnet();
    private static final WeightStandardization TIMM = WeightStandardization.timm();

    @Override
    public List<Row> rows() {
        return List.of(
                row("ConvTranspose1D", kernel(4), size(4, 7), "nOut", 6)
                        .with("stride", ints(2), "padding", ints(1), "groups", 2),
                // Some output steps are reached by no input.
                row("ConvTranspose1D", kernel(2), size(2, 5), "nOut", 3)
                        .with("stride", ints(3), "outputPadding", ints(2), "hasBias", false),
                row("ConvTranspose2D", kernel(3, 2), size(3, 3, 4), "nOut", 2)
                        .with("stride", ints(2, 1), "dilation", ints(1, 2), "padding", ints(1)),
                row("ConvTranspose2D", kernel(1, 1), size(4, 3, 3), "nOut", 4)
                        .with("groups", 4, "stride", ints(2), "outputSize", ints(6, 5)),
                row("ConvTranspose3D", kernel(2, 3, 1), size(2, 2, 3, 2), "nOut", 3)
                        .with("stride", ints(2), "padding", ints(0, 1, 0)),
                row("WSConvTranspose1D", kernel(4), size(3, 7), "nOut", 2)
                        .with("stride", ints(2), "padding", ints(1)),
                row("WSConvTranspose1D", kernel(3), size(4, 6), "nOut", 6)
                        .with("groups", 2, "dilation", ints(2), "standardization", NFNET),
                // Some output steps are reached by no input.
                row("WSConvTranspose1D", kernel(2), size(2, 5), "nOut", 3)
                        .with("stride", ints(3), "outputPadding", ints(2))
                        .with("perInputChannel", true, "hasBias", false),
                row("WSConvTranspose1D", kernel(3), size(2, 6), "nOut", 2)
                        .with("stride", ints(2), "outputSize", ints(14)),
                row("WSConvTranspose2D", kernel(3, 3), size(2, 3, 4), "nOut", 3)
                        .with("stride", ints(2), "padding", ints(1))
                        .with("outputPadding", ints(1)),
                row("WSConvTranspose2D", kernel(3, 2), size(4, 3, 3), "nOut", 6)
                        .with("groups", 2, "stride", ints(2, 1), "eps", 0.5),
                row("WSConvTranspose2D", kernel(2, 3), size(3, 3, 4), "nOut", 2)
                        .with("perInputChannel", true, "dilation", ints(2, 1))
                        .with("standardization", TIMM, "hasBias", false, "hasGain", false),
                row("WSConvTranspose2D", kernel(2, 2), size(4, 3, 4), "nOut", 4)
                        .with("groups", 4, "stride", ints(2), "outputSize", ints(6, 9)),
                row("WSConvTranspose3D", kernel(2, 3, 1), size(2, 2, 3, 2), "nOut", 3)
                        .with("stride", ints(2), "padding", ints(0, 1, 0)),
                row("WSConvTranspose3D", kernel(2, 2, 2), size(4, 2, 2, 3), "nOut", 2)
                        .with("groups", 2, "stride", ints(2, 1, 1), "perInputChannel", true)
                        .with("outputPadding", ints(1, 0, 0), "standardization", NFNET));
    }

    @Override
    public List<Invalid> invalid() {
        List<Invalid> wrong = new ArrayList<>();
        wrongTransposed(
                row("ConvTranspose2D", kernel(3, 3), size(4, 6, 6), "nOut", 4)
                        .with("stride", ints(2)),
                wrong);
        Row row =
                row("WSConvTranspose2D", kernel(3, 3), size(4, 6, 6), "nOut", 4)
                        .with("stride", ints(2));
        wrongTransposed(row, wrong);
        for (double eps : new double[] {0, -1e-4, Double.NaN, Double.POSITIVE_INFINITY}) {
            wrong.add(new Invalid(row.with("eps", eps), "eps = " + eps + "; must be greater"));
        }
        wrong.add(new Invalid(row.with("standardization", null), "standardization = null"));
        Row pointwise = row("WSConvTranspose1D", kernel(1), size(4, 6), "nIn", 4, "nOut", 8);
        wrong.add(new Invalid(pointwise.with("groups", 4), "1 weight for each output channel"));
        wrong.add(
                new Invalid(
                        pointwise.with("groups", 8, "nIn", 8, "perInputChannel", true),
                        "1 weight for each input channel"));
        return wrong;
    }

    /** A convolution's options, what a transposed one has beside them, and what it lacks. */
    private static void wrongTransposed(Row row, List<Invalid> wrong) {
        wrong.add(new Invalid(row.with("nOut", 0), "nOut (output channels) = 0; must be 1"));
        wrong.add(new Invalid(row.with("nIn", -1), "nIn (input channels) = -1; must be 1"));
        wrong.add(new Invalid(row.with("groups", 0), "groups = 0; must be 1 or greater"));
        wrong.add(new Invalid(row.with("groups", 3), "must be a multiple of groups = 3"));
        wrong.add(new Invalid(row.with("nIn", 3, "groups", 2), "nIn (input channels) = 3"));
        wrong.add(new Invalid(row.with("stride", ints(0)), "stride = [0]; each must be 1"));
        wrong.add(new Invalid(row.with("dilation", ints(1, 1, 1)), "dilation = [1, 1, 1]"));
        wrong.add(new Invalid(row.with("padding", ints(-1)), "each must be 0 or greater"));
        wrong.add(new Invalid(row.with("padding", "full"), "padding = 'full'; allowed are"));
        wrong.add(new Invalid(row.withKernel(0, 3), "kernel = [0, 3]; each must be 1"));
        wrong.add(new Invalid(row.withKernel(3, 3, 3), "kernel = [3, 3, 3]"));
        wrong.add(
                new Invalid(
                        row.with("outputPadding", ints(0, 2)),
                        "outputPadding = [0, 2]; must be smaller than stride = 2 or dilation = 1"));
        wrong.add(
                new Invalid(
                        row.with("outputPadding", ints(-1)),
                        "outputPadding = [-1]; each must be 0 or greater"));
        wrong.add(
                new Invalid(row.with("outputPadding", ints(0, 0, 0)), "outputPadding = [0, 0, 0]"));
        wrong.add(new Invalid(row.with("outputPadding", null), "outputPadding = null; give one"));
        wrong.add(new Invalid(row.with("outputSize", ints(0)), "outputSize = [0]; each must be 1"));
        wrong.add(
                new Invalid(row.with("outputSize", ints(13, 13, 13)), "outputSize = [13, 13, 13]"));
        wrong.add(
                new Invalid(
                        row.with("outputSize", ints(14), "outputPadding", ints(1)),
                        "outputPadding = [1, 1] with outputSize = [14]; give one of them"));
        wrong.add(
                new Invalid(
                        row.with("stride", ints(1), "padding", "same"),
                        "padding = same; a transposed convolution takes one number"));
        wrong.add(
                new Invalid(
                        row.with("padding", Padding.perSide(ints(0, 0), ints(1, 0))),
                        "a transposed convolution takes one number per dimension"));
        wrong.add(
                new Invalid(
                        row.with("paddingMode", PaddingMode.CIRCULAR),
                        "paddingMode = CIRCULAR; a transposed convolution takes ZEROS only"));
        wrong.add(new Invalid(row.with("paddingMode", null), "paddingMode = null"));
    }
}
