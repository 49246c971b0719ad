package org.lamina.contract;

import static org.lamina.contract.LayerFamily.ints;
import static org.lamina.contract.LayerFamily.kernel;
import static org.lamina.contract.LayerFamily.row;
import static org.lamina.contract.LayerFamily.size;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.weights.WeightInit;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;

/** Convolutions with filters of their own at every output position. */
final class LocalFamily implements LayerFamily {

    @Override
    public List<Row> rows() {
        return List.of(
                row("LocalConv2D", kernel(3, 3), size(2, 5, 6), "nOut", 3),
                row("LocalConv2D", kernel(2, 3), size(1, 6, 7), "nOut", 2)
                        .with("stride", ints(2, 1), "dilation", ints(1, 2), "hasBias", false),
                row("LocalConv2D", kernel(3, 2), size(2, 4, 5), "nOut", 2)
                        .with("padding", "same", "paddingMode", PaddingMode.CIRCULAR)
                        .with("weightInit", WeightInit.XAVIER, "biasInit", 0.1),
                row("LocalConv2D", kernel(2, 2), size(3, 4, 4), "nOut", 2)
                        .with("padding", ints(1, 0), "inputSize", ints(4, 4)),
                row("LocalConv1D", kernel(3), size(2, 9), "nOut", 4),
                row("LocalConv1D", kernel(4), size(3, 11), "nOut", 2)
                        .with("padding", "valid", "hasBias", false, "inputSize", 11),
                row("LocalConv1D", kernel(3), size(2, 9), "nOut", 3)
                        .with("padding", "causal", "stride", ints(2), "dilation", ints(2)));
    }

    @Override
    public List<Invalid> invalid() {
        List<Invalid> invalid = new ArrayList<>();
        Row row2 = row("LocalConv2D", kernel(3, 3), size(2, 5, 6), "nOut", 3, "nIn", 2);
        Row row1 = row("LocalConv1D", kernel(3), size(2, 9), "nOut", 3, "nIn", 2);
        for (Row row : List.of(row2, row1)) {
            String each = "each must be 1 or greater";
            invalid.add(new Invalid(row.with("nOut", 0), "nOut (output channels) = 0"));
            invalid.add(new Invalid(row.with("nOut", -2), "nOut (output channels) = -2"));
            invalid.add(new Invalid(row.with("nIn", -1), "nIn (input channels) = -1"));
            invalid.add(new Invalid(row.with("stride", ints(0)), "stride = [0]; " + each));
            invalid.add(new Invalid(row.with("stride", ints(-1)), "stride = [-1]; " + each));
            invalid.add(new Invalid(row.with("dilation", ints(0)), "dilation = [0]; " + each));
            invalid.add(new Invalid(row.with("dilation", null), "dilation = null"));
            invalid.add(new Invalid(row.with("padding", ints(-1)), "each must be 0 or greater"));
            invalid.add(new Invalid(row.with("padding", "full"), "padding = 'full'; allowed are"));
            invalid.add(new Invalid(row.with("paddingMode", null), "paddingMode = null"));
            invalid.add(
                    new Invalid(
                            row.with("padding", "same", "stride", ints(2)),
                            "padding = 'same' with stride = [2"));
            invalid.add(new Invalid(row.withKernel(0), "kernel = [0]; " + each));
            invalid.add(
                    new Invalid(
                            row.with("geometry", ConvGeometry.ofKernel(3, 3, 3)),
                            "kernel = [3, 3, 3]; "));
        }
        invalid.add(new Invalid(row2.with("inputSize", null), "inputSize = null; give"));
        invalid.add(new Invalid(row2.with("inputSize", ints(5)), "inputSize = [5]; give"));
        invalid.add(new Invalid(row2.with("inputSize", ints(5, 0)), "inputSize = [5, 0]; give"));
        invalid.add(
                new Invalid(row2.with("inputSize", ints(5, 2)), "is too small along dimension 1"));
        invalid.add(
                new Invalid(
                        row2.with(
                                "inputSize", ints(3, 4),
                                "padding", ints(3),
                                "paddingMode", PaddingMode.REFLECT),
                        "padding mode REFLECT can add at most 2"));
        invalid.add(
                new Invalid(
                        row2.with("geometry", ConvGeometry.ofKernel(3, 3).withGroups(2)),
                        "groups = 2; a local convolution has 1"));
        invalid.add(new Invalid(row2.with("padding", Padding.causal()), "it is defined for 1"));
        invalid.add(new Invalid(row1.with("inputSize", 0), "inputSize = [0]; give"));
        invalid.add(new Invalid(row1.with("inputSize", -9), "inputSize = [-9]; give"));
        invalid.add(new Invalid(row1.with("inputSize", 2), "is too small along dimension 0"));
        return invalid;
    }
}
