package org.lamina.contract;

import static org.lamina.contract.LayerFamily.ints;
import static org.lamina.contract.LayerFamily.kernel;
import static org.lamina.contract.LayerFamily.row;
import static org.lamina.contract.LayerFamily.size;
import static org.lamina.harness.Option.BIAS_INIT;
import static org.lamina.harness.Option.DILATION;
import static org.lamina.harness.Option.GEOMETRY;
import static org.lamina.harness.Option.HAS_BIAS;
import static org.lamina.harness.Option.INPUT_SIZE;
import static org.lamina.harness.Option.N_IN;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.PADDING;
import static org.lamina.harness.Option.PADDING_MODE;
import static org.lamina.harness.Option.STRIDE;
import static org.lamina.harness.Option.WEIGHT_INIT;

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
                row("LocalConv2D", kernel(3, 3), size(2, 5, 6), N_OUT, 3),
                row("LocalConv2D", kernel(2, 3), size(1, 6, 7), N_OUT, 2)
                        .with(STRIDE, ints(2, 1), DILATION, ints(1, 2), HAS_BIAS, false),
                row("LocalConv2D", kernel(3, 2), size(2, 4, 5), N_OUT, 2)
                        .with(PADDING, "same", PADDING_MODE, PaddingMode.CIRCULAR)
                        .with(WEIGHT_INIT, WeightInit.XAVIER, BIAS_INIT, 0.1),
                row("LocalConv2D", kernel(2, 2), size(3, 4, 4), N_OUT, 2)
                        .with(PADDING, ints(1, 0), INPUT_SIZE, ints(4, 4)),
                row("LocalConv1D", kernel(3), size(2, 9), N_OUT, 4),
                row("LocalConv1D", kernel(4), size(3, 11), N_OUT, 2)
                        .with(PADDING, "valid", HAS_BIAS, false, INPUT_SIZE, 11),
                row("LocalConv1D", kernel(3), size(2, 9), N_OUT, 3)
                        .with(PADDING, "causal", STRIDE, ints(2), DILATION, ints(2)));
    }

    @Override
    public List<Invalid> invalid() {
        List<Invalid> invalid = new ArrayList<>();
        Row row2 = row("LocalConv2D", kernel(3, 3), size(2, 5, 6), N_OUT, 3, N_IN, 2);
        Row row1 = row("LocalConv1D", kernel(3), size(2, 9), N_OUT, 3, N_IN, 2);
        for (Row row : List.of(row2, row1)) {
            String each = "each must be 1 or greater";
            invalid.add(new Invalid(row.with(N_OUT, 0), "nOut (output channels) = 0"));
            invalid.add(new Invalid(row.with(N_OUT, -2), "nOut (output channels) = -2"));
            invalid.add(new Invalid(row.with(N_IN, -1), "nIn (input channels) = -1"));
            invalid.add(new Invalid(row.with(STRIDE, ints(0)), "stride = [0]; " + each));
            invalid.add(new Invalid(row.with(STRIDE, ints(-1)), "stride = [-1]; " + each));
            invalid.add(new Invalid(row.with(DILATION, ints(0)), "dilation = [0]; " + each));
            invalid.add(new Invalid(row.with(DILATION, null), "dilation = null"));
            invalid.add(new Invalid(row.with(PADDING, ints(-1)), "each must be 0 or greater"));
            invalid.add(new Invalid(row.with(PADDING, "full"), "padding = 'full'; allowed are"));
            invalid.add(new Invalid(row.with(PADDING_MODE, null), "paddingMode = null"));
            invalid.add(
                    new Invalid(
                            row.with(PADDING, "same", STRIDE, ints(2)),
                            "padding = 'same' with stride = [2"));
            invalid.add(new Invalid(row.withKernel(0), "kernel = [0]; " + each));
            invalid.add(
                    new Invalid(
                            row.with(GEOMETRY, ConvGeometry.ofKernel(3, 3, 3)),
                            "kernel = [3, 3, 3]; "));
        }
        invalid.add(new Invalid(row2.with(INPUT_SIZE, null), "inputSize = null; give"));
        invalid.add(new Invalid(row2.with(INPUT_SIZE, ints(5)), "inputSize = [5]; give"));
        invalid.add(new Invalid(row2.with(INPUT_SIZE, ints(5, 0)), "inputSize = [5, 0]; give"));
        invalid.add(
                new Invalid(row2.with(INPUT_SIZE, ints(5, 2)), "is too small along dimension 1"));
        invalid.add(
                new Invalid(
                        row2.with(
                                INPUT_SIZE, ints(3, 4),
                                PADDING, ints(3),
                                PADDING_MODE, PaddingMode.REFLECT),
                        "padding mode REFLECT can add at most 2"));
        invalid.add(
                new Invalid(
                        row2.with(GEOMETRY, ConvGeometry.ofKernel(3, 3).withGroups(2)),
                        "groups = 2; a local convolution has 1"));
        invalid.add(new Invalid(row2.with(PADDING, Padding.causal()), "it is defined for 1"));
        invalid.add(new Invalid(row1.with(INPUT_SIZE, 0), "inputSize = [0]; give"));
        invalid.add(new Invalid(row1.with(INPUT_SIZE, -9), "inputSize = [-9]; give"));
        invalid.add(new Invalid(row1.with(INPUT_SIZE, 2), "is too small along dimension 0"));
        return invalid;
    }
}
