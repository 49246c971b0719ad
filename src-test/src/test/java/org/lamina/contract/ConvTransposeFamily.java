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
import static org.lamina.harness.Option.OUTPUT_PADDING;
import static org.lamina.harness.Option.OUTPUT_SIZE;
import static org.lamina.harness.Option.PADDING;
import static org.lamina.harness.Option.PADDING_MODE;
import static org.lamina.harness.Option.PER_INPUT_CHANNEL;
import static org.lamina.harness.Option.STANDARDIZATION;
import static org.lamina.harness.Option.STRIDE;

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
                row("ConvTranspose1D", kernel(4), size(4, 7), N_OUT, 6)
                        .with(STRIDE, ints(2), PADDING, ints(1), GROUPS, 2),
                // Some output steps are reached by no input.
                row("ConvTranspose1D", kernel(2), size(2, 5), N_OUT, 3)
                        .with(STRIDE, ints(3), OUTPUT_PADDING, ints(2), HAS_BIAS, false),
                row("ConvTranspose2D", kernel(3, 2), size(3, 3, 4), N_OUT, 2)
                        .with(STRIDE, ints(2, 1), DILATION, ints(1, 2), PADDING, ints(1)),
                row("ConvTranspose2D", kernel(1, 1), size(4, 3, 3), N_OUT, 4)
                        .with(GROUPS, 4, STRIDE, ints(2), OUTPUT_SIZE, ints(6, 5)),
                row("ConvTranspose3D", kernel(2, 3, 1), size(2, 2, 3, 2), N_OUT, 3)
                        .with(STRIDE, ints(2), PADDING, ints(0, 1, 0)),
                row("WSConvTranspose1D", kernel(4), size(3, 7), N_OUT, 2)
                        .with(STRIDE, ints(2), PADDING, ints(1)),
                row("WSConvTranspose1D", kernel(3), size(4, 6), N_OUT, 6)
                        .with(GROUPS, 2, DILATION, ints(2), STANDARDIZATION, NFNET),
                // Some output steps are reached by no input.
                row("WSConvTranspose1D", kernel(2), size(2, 5), N_OUT, 3)
                        .with(STRIDE, ints(3), OUTPUT_PADDING, ints(2))
                        .with(PER_INPUT_CHANNEL, true, HAS_BIAS, false),
                row("WSConvTranspose1D", kernel(3), size(2, 6), N_OUT, 2)
                        .with(STRIDE, ints(2), OUTPUT_SIZE, ints(14)),
                row("WSConvTranspose2D", kernel(3, 3), size(2, 3, 4), N_OUT, 3)
                        .with(STRIDE, ints(2), PADDING, ints(1))
                        .with(OUTPUT_PADDING, ints(1)),
                row("WSConvTranspose2D", kernel(3, 2), size(4, 3, 3), N_OUT, 6)
                        .with(GROUPS, 2, STRIDE, ints(2, 1), EPS, 0.5),
                row("WSConvTranspose2D", kernel(2, 3), size(3, 3, 4), N_OUT, 2)
                        .with(PER_INPUT_CHANNEL, true, DILATION, ints(2, 1))
                        .with(STANDARDIZATION, TIMM, HAS_BIAS, false, HAS_GAIN, false),
                row("WSConvTranspose2D", kernel(2, 2), size(4, 3, 4), N_OUT, 4)
                        .with(GROUPS, 4, STRIDE, ints(2), OUTPUT_SIZE, ints(6, 9)),
                row("WSConvTranspose3D", kernel(2, 3, 1), size(2, 2, 3, 2), N_OUT, 3)
                        .with(STRIDE, ints(2), PADDING, ints(0, 1, 0)),
                row("WSConvTranspose3D", kernel(2, 2, 2), size(4, 2, 2, 3), N_OUT, 2)
                        .with(GROUPS, 2, STRIDE, ints(2, 1, 1), PER_INPUT_CHANNEL, true)
                        .with(OUTPUT_PADDING, ints(1, 0, 0), STANDARDIZATION, NFNET));
    }

    @Override
    public List<Invalid> invalid() {
        List<Invalid> wrong = new ArrayList<>();
        wrongTransposed(
                row("ConvTranspose2D", kernel(3, 3), size(4, 6, 6), N_OUT, 4).with(STRIDE, ints(2)),
                wrong);
        Row row =
                row("WSConvTranspose2D", kernel(3, 3), size(4, 6, 6), N_OUT, 4)
                        .with(STRIDE, ints(2));
        wrongTransposed(row, wrong);
        for (double eps : new double[] {0, -1e-4, Double.NaN, Double.POSITIVE_INFINITY}) {
            wrong.add(new Invalid(row.with(EPS, eps), "eps = " + eps + "; must be greater"));
        }
        wrong.add(new Invalid(row.with(STANDARDIZATION, null), "standardization = null"));
        Row pointwise = row("WSConvTranspose1D", kernel(1), size(4, 6), N_IN, 4, N_OUT, 8);
        wrong.add(new Invalid(pointwise.with(GROUPS, 4), "1 weight for each output channel"));
        wrong.add(
                new Invalid(
                        pointwise.with(GROUPS, 8, N_IN, 8, PER_INPUT_CHANNEL, true),
                        "1 weight for each input channel"));
        return wrong;
    }

    /** A convolution's options, what a transposed one has beside them, and what it lacks. */
    private static void wrongTransposed(Row row, List<Invalid> wrong) {
        wrong.add(new Invalid(row.with(N_OUT, 0), "nOut (output channels) = 0; must be 1"));
        wrong.add(new Invalid(row.with(N_IN, -1), "nIn (input channels) = -1; must be 1"));
        wrong.add(new Invalid(row.with(GROUPS, 0), "groups = 0; must be 1 or greater"));
        wrong.add(new Invalid(row.with(GROUPS, 3), "must be a multiple of groups = 3"));
        wrong.add(new Invalid(row.with(N_IN, 3, GROUPS, 2), "nIn (input channels) = 3"));
        wrong.add(new Invalid(row.with(STRIDE, ints(0)), "stride = [0]; each must be 1"));
        wrong.add(new Invalid(row.with(DILATION, ints(1, 1, 1)), "dilation = [1, 1, 1]"));
        wrong.add(new Invalid(row.with(PADDING, ints(-1)), "each must be 0 or greater"));
        wrong.add(new Invalid(row.with(PADDING, "full"), "padding = 'full'; allowed are"));
        wrong.add(new Invalid(row.withKernel(0, 3), "kernel = [0, 3]; each must be 1"));
        wrong.add(new Invalid(row.withKernel(3, 3, 3), "kernel = [3, 3, 3]"));
        wrong.add(
                new Invalid(
                        row.with(OUTPUT_PADDING, ints(0, 2)),
                        "outputPadding = [0, 2]; must be smaller than stride = 2 or dilation = 1"));
        wrong.add(
                new Invalid(
                        row.with(OUTPUT_PADDING, ints(-1)),
                        "outputPadding = [-1]; each must be 0 or greater"));
        wrong.add(
                new Invalid(row.with(OUTPUT_PADDING, ints(0, 0, 0)), "outputPadding = [0, 0, 0]"));
        wrong.add(new Invalid(row.with(OUTPUT_PADDING, null), "outputPadding = null; give one"));
        wrong.add(new Invalid(row.with(OUTPUT_SIZE, ints(0)), "outputSize = [0]; each must be 1"));
        wrong.add(
                new Invalid(row.with(OUTPUT_SIZE, ints(13, 13, 13)), "outputSize = [13, 13, 13]"));
        wrong.add(
                new Invalid(
                        row.with(OUTPUT_SIZE, ints(14), OUTPUT_PADDING, ints(1)),
                        "outputPadding = [1, 1] with outputSize = [14]; give one of them"));
        wrong.add(
                new Invalid(
                        row.with(STRIDE, ints(1), PADDING, "same"),
                        "padding = same; a transposed convolution takes one number"));
        wrong.add(
                new Invalid(
                        row.with(PADDING, Padding.perSide(ints(0, 0), ints(1, 0))),
                        "a transposed convolution takes one number per dimension"));
        wrong.add(
                new Invalid(
                        row.with(PADDING_MODE, PaddingMode.CIRCULAR),
                        "paddingMode = CIRCULAR; a transposed convolution takes ZEROS only"));
        wrong.add(new Invalid(row.with(PADDING_MODE, null), "paddingMode = null"));
    }
}
