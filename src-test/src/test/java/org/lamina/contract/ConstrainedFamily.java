package org.lamina.contract;

import static org.lamina.contract.LayerFamily.ints;
import static org.lamina.contract.LayerFamily.kernel;
import static org.lamina.contract.LayerFamily.row;
import static org.lamina.contract.LayerFamily.size;
import static org.lamina.contract.WrongOptions.wrong;
import static org.lamina.harness.Option.DEPTH_MAX_NORM;
import static org.lamina.harness.Option.DEPTH_MIN_MAX_RATE;
import static org.lamina.harness.Option.DEPTH_MIN_NORM;
import static org.lamina.harness.Option.DEPTH_MULTIPLIER;
import static org.lamina.harness.Option.DILATION;
import static org.lamina.harness.Option.GEOMETRY;
import static org.lamina.harness.Option.GROUPS;
import static org.lamina.harness.Option.HAS_BIAS;
import static org.lamina.harness.Option.MAX_NORM;
import static org.lamina.harness.Option.NORM_AXES;
import static org.lamina.harness.Option.NORM_EPS;
import static org.lamina.harness.Option.N_IN;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.PADDING;
import static org.lamina.harness.Option.PADDING_MODE;
import static org.lamina.harness.Option.POINT_MAX_NORM;
import static org.lamina.harness.Option.POINT_MIN_MAX_RATE;
import static org.lamina.harness.Option.POINT_MIN_NORM;
import static org.lamina.harness.Option.STRIDE;

import java.util.ArrayList;
import java.util.List;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.NormAxes;
import org.lamina.spec.PaddingMode;

/** selfEEG's layers with norm constraints. */
final class ConstrainedFamily implements LayerFamily {

    /** Channels and groups of a convolution. */
    private static final List<WrongOptions> CHANNELS =
            List.of(
                    wrong("nOut (output channels) = 0; must be 1 or greater", N_OUT, 0),
                    wrong("nOut (output channels) = -6; must be 1 or greater", N_OUT, -6),
                    wrong("nIn (input channels) = -4; must be 1 or greater", N_IN, -4),
                    wrong("groups = 0; must be 1 or greater", GROUPS, 0),
                    wrong("groups = -2; must be 1 or greater", GROUPS, -2),
                    wrong("nOut (output channels) = 6; must be a multiple of", GROUPS, 4),
                    wrong("nOut (output channels) = 1; must be a", N_OUT, 1, GROUPS, 2),
                    wrong("nIn (input channels) = 4; must be a", N_IN, 4, GROUPS, 3),
                    wrong("nIn (input channels) = 3; must be a", N_IN, 3, GROUPS, 6),
                    wrong("axes are 0 to", NORM_AXES, NormAxes.of(4)));

    private static final List<WrongOptions> ONE_DIMENSION =
            List.of(
                    wrong("stride = [0]; each must be 1 or greater", STRIDE, ints(0)),
                    wrong("stride = [1, 1]; give one number", STRIDE, ints(1, 1)),
                    wrong("stride = null; give one number", STRIDE, null),
                    wrong("dilation = [-1]; each must be 1 or greater", DILATION, ints(-1)),
                    wrong("dilation = [2, 2]; give one number", DILATION, ints(2, 2)),
                    wrong("each must be 0 or greater", PADDING, ints(-2)),
                    wrong("give one number", PADDING, ints(1, 1)),
                    wrong("padding = null; allowed are", PADDING, null),
                    wrong("padding = 'casual'; allowed are 'same'", PADDING, "casual"),
                    wrong("'same' needs stride 1", PADDING, "same", STRIDE, ints(2)),
                    wrong("paddingMode = null; allowed are [ZEROS", PADDING_MODE, null));

    private static final List<WrongOptions> DEPTHWISE =
            List.of(
                    wrong("depthMultiplier = 0; must be 1 or greater", DEPTH_MULTIPLIER, 0),
                    wrong("depthMultiplier = -2; must be 1 or greater", DEPTH_MULTIPLIER, -2),
                    wrong("nOut (output channels) = 7; a depthwise convolution has", N_OUT, 7),
                    wrong("= 4, do not", N_IN, 2, N_OUT, 5, DEPTH_MULTIPLIER, 2),
                    wrong("nIn (input channels) = -1; must be 1 or greater", N_IN, -1),
                    wrong("axes are 0 to 3", NORM_AXES, NormAxes.of(1, 4)),
                    wrong(
                            "groups = 2; a depthwise convolution has one group per input channel",
                            GEOMETRY,
                            ConvGeometry.ofKernel(3, 3).withGroups(2)));

    private static final List<WrongOptions> SEPARABLE =
            List.of(
                    wrong("nOut (output channels) = 0; must be 1 or greater", N_OUT, 0),
                    wrong("nOut (output channels) = -1; must be 1 or greater", N_OUT, -1),
                    wrong("nIn (input channels) = -1; must be 1 or greater", N_IN, -1),
                    wrong("depthMultiplier = 0; must be 1 or greater", DEPTH_MULTIPLIER, 0),
                    wrong(
                            "groups = 2; a depthwise convolution has one group per input channel",
                            GEOMETRY,
                            ConvGeometry.ofKernel(3, 3).withGroups(2)),
                    wrong("max = 0.0, must be greater than 0", DEPTH_MAX_NORM, 0.0),
                    wrong("max = NaN, must be greater than 0", POINT_MAX_NORM, Double.NaN),
                    wrong("min = 1.0 without a max; give both", DEPTH_MIN_NORM, 1.0),
                    wrong("min = 1.0 without a max; give both", POINT_MIN_NORM, 1.0),
                    wrong("min = 2.0 is greater than", POINT_MIN_NORM, 2.0, POINT_MAX_NORM, 1.0),
                    wrong("rate = 0.0, must be in (0, 1]", DEPTH_MIN_MAX_RATE, 0.0),
                    wrong("rate = 2.0, must be in (0, 1]", POINT_MIN_MAX_RATE, 2.0),
                    wrong("eps = -1.0, must be 0 or greater", NORM_EPS, -1.0),
                    wrong("axes = null; give NormAxes", NORM_AXES, null),
                    wrong("axes are 0 to 3", NORM_AXES, NormAxes.of(4)));

    private static final List<WrongOptions> DENSE =
            List.of(
                    wrong("nOut (output features) = 0; must be 1 or greater", N_OUT, 0),
                    wrong("nOut (output features) = -3; must be 1 or greater", N_OUT, -3),
                    wrong("nIn (input features) = -1; must be 1 or greater", N_IN, -1),
                    wrong("axes are 0 to 1", NORM_AXES, NormAxes.of(2)),
                    wrong("axes are 0 to 1", NORM_AXES, NormAxes.of(1, 2, 3)));

    @Override
    public List<Row> rows() {
        return List.of(
                row("DepthwiseConv2D", kernel(3, 3), size(2, 5, 6), DEPTH_MULTIPLIER, 2)
                        .with(HAS_BIAS, true),
                row("DepthwiseConv2D", kernel(5, 5), size(2, 6, 6), DEPTH_MULTIPLIER, 2),
                row("DepthwiseConv2D", kernel(2, 4), size(3, 4, 7), MAX_NORM, 0.8),
                row("DepthwiseConv2D", kernel(4, 1), size(2, 4, 6), DEPTH_MULTIPLIER, 3)
                        .with(PADDING, "valid", HAS_BIAS, true),
                row("DepthwiseConv2D", kernel(3, 2), size(2, 6, 6), PADDING, ints(1, 0))
                        .with(STRIDE, ints(2, 1)),
                row("SeparableConv2D", kernel(3, 3), size(2, 5, 4), N_OUT, 3)
                        .with(HAS_BIAS, true, DEPTH_MULTIPLIER, 2),
                row("SeparableConv2D", kernel(1, 16), size(2, 2, 18), N_OUT, 3)
                        .with(DEPTH_MULTIPLIER, 2),
                row("SeparableConv2D", kernel(1, 4), size(3, 2, 7), N_OUT, 2)
                        .with(POINT_MAX_NORM, 0.7, PADDING, "valid"),
                row("ConstrainedConv2D", kernel(3, 3), size(2, 5, 6), N_OUT, 3),
                row("ConstrainedConv2D", kernel(1, 4), size(2, 3, 8), N_OUT, 2)
                        .with(PADDING_MODE, PaddingMode.REFLECT, HAS_BIAS, false),
                row("ConstrainedConv2D", kernel(2, 3), size(4, 6, 7), N_OUT, 6)
                        .with(GROUPS, 2, PADDING, "valid", DILATION, ints(2, 1)),
                row("ConstrainedConv1D", kernel(3), size(2, 9), N_OUT, 4),
                row("ConstrainedConv1D", kernel(4), size(4, 11), N_OUT, 2)
                        .with(GROUPS, 2, PADDING, "valid", HAS_BIAS, false),
                row("ConstrainedConv1D", kernel(3), size(2, 9), N_OUT, 3)
                        .with(PADDING, "causal", STRIDE, ints(2), DILATION, ints(2)),
                row("ConstrainedDense", NO_KERNEL, size(5), N_OUT, 3),
                row("ConstrainedDense", NO_KERNEL, size(4), N_OUT, 6)
                        .with(HAS_BIAS, false, MAX_NORM, null));
    }

    @Override
    public List<Invalid> invalid() {
        List<Invalid> all = new ArrayList<>();
        Row conv2d = row("ConstrainedConv2D", kernel(3, 3), size(4, 6, 7), N_OUT, 6);
        Row conv1d = row("ConstrainedConv1D", kernel(3), size(4, 9), N_OUT, 6);
        Row depthwise = row("DepthwiseConv2D", kernel(3, 3), size(2, 5, 6));
        Row separable = row("SeparableConv2D", kernel(3, 3), size(2, 5, 6), N_OUT, 3);
        Row dense = row("ConstrainedDense", NO_KERNEL, size(5), N_OUT, 3);
        for (Row row : List.of(conv2d, depthwise, separable)) {
            WrongOptions.GEOMETRY_2D.forEach(wrong -> all.add(wrong.in(row)));
        }
        for (Row row : List.of(conv2d, conv1d, depthwise, dense)) {
            WrongOptions.NORM.forEach(wrong -> all.add(wrong.in(row)));
        }
        CHANNELS.forEach(wrong -> all.add(wrong.in(conv2d)));
        CHANNELS.forEach(wrong -> all.add(wrong.in(conv1d)));
        ONE_DIMENSION.forEach(wrong -> all.add(wrong.in(conv1d)));
        DEPTHWISE.forEach(wrong -> all.add(wrong.in(depthwise)));
        SEPARABLE.forEach(wrong -> all.add(wrong.in(separable)));
        DENSE.forEach(wrong -> all.add(wrong.in(dense)));
        for (Row row : List.of(conv2d, depthwise, separable)) {
            all.add(new Invalid(row.withKernel(0, 3), "kernel = [0, 3]; each must be 1 or"));
            all.add(new Invalid(row.withKernel(3, -1), "kernel = [3, -1]; each must be 1 or"));
            all.add(new Invalid(row.withKernel(3, 3, 3), "kernel = [3, 3, 3]; give one number"));
        }
        all.add(new Invalid(conv1d.withKernel(0), "kernel = [0]; each must be 1 or greater"));
        all.add(new Invalid(conv1d.withKernel(-3), "kernel = [-3]; each must be 1 or greater"));
        return all;
    }
}
