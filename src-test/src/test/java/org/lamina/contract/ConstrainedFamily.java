package org.lamina.contract;

import static org.lamina.contract.LayerFamily.ints;
import static org.lamina.contract.LayerFamily.kernel;
import static org.lamina.contract.LayerFamily.row;
import static org.lamina.contract.LayerFamily.size;
import static org.lamina.contract.WrongOptions.wrong;

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
                    wrong("nOut (output channels) = 0; must be 1 or greater", "nOut", 0),
                    wrong("nOut (output channels) = -6; must be 1 or greater", "nOut", -6),
                    wrong("nIn (input channels) = -4; must be 1 or greater", "nIn", -4),
                    wrong("groups = 0; must be 1 or greater", "groups", 0),
                    wrong("groups = -2; must be 1 or greater", "groups", -2),
                    wrong("nOut (output channels) = 6; must be a multiple of", "groups", 4),
                    wrong("nOut (output channels) = 1; must be a", "nOut", 1, "groups", 2),
                    wrong("nIn (input channels) = 4; must be a", "nIn", 4, "groups", 3),
                    wrong("nIn (input channels) = 3; must be a", "nIn", 3, "groups", 6),
                    wrong("axes are 0 to", "normAxes", NormAxes.of(4)));

    private static final List<WrongOptions> ONE_DIMENSION =
            List.of(
                    wrong("stride = [0]; each must be 1 or greater", "stride", ints(0)),
                    wrong("stride = [1, 1]; give one number", "stride", ints(1, 1)),
                    wrong("stride = null; give one number", "stride", null),
                    wrong("dilation = [-1]; each must be 1 or greater", "dilation", ints(-1)),
                    wrong("dilation = [2, 2]; give one number", "dilation", ints(2, 2)),
                    wrong("each must be 0 or greater", "padding", ints(-2)),
                    wrong("give one number", "padding", ints(1, 1)),
                    wrong("padding = null; allowed are", "padding", null),
                    wrong("padding = 'casual'; allowed are 'same'", "padding", "casual"),
                    wrong("'same' needs stride 1", "padding", "same", "stride", ints(2)),
                    wrong("paddingMode = null; allowed are [ZEROS", "paddingMode", null));

    private static final List<WrongOptions> DEPTHWISE =
            List.of(
                    wrong("depthMultiplier = 0; must be 1 or greater", "depthMultiplier", 0),
                    wrong("depthMultiplier = -2; must be 1 or greater", "depthMultiplier", -2),
                    wrong("nOut (output channels) = 7; a depthwise convolution has", "nOut", 7),
                    wrong("= 4, do not", "nIn", 2, "nOut", 5, "depthMultiplier", 2),
                    wrong("nIn (input channels) = -1; must be 1 or greater", "nIn", -1),
                    wrong("axes are 0 to 3", "normAxes", NormAxes.of(1, 4)),
                    wrong(
                            "groups = 2; a depthwise convolution has one group per input channel",
                            "geometry",
                            ConvGeometry.ofKernel(3, 3).withGroups(2)));

    private static final List<WrongOptions> SEPARABLE =
            List.of(
                    wrong("nOut (output channels) = 0; must be 1 or greater", "nOut", 0),
                    wrong("nOut (output channels) = -1; must be 1 or greater", "nOut", -1),
                    wrong("nIn (input channels) = -1; must be 1 or greater", "nIn", -1),
                    wrong("depthMultiplier = 0; must be 1 or greater", "depthMultiplier", 0),
                    wrong(
                            "groups = 2; a depthwise convolution has one group per input channel",
                            "geometry",
                            ConvGeometry.ofKernel(3, 3).withGroups(2)),
                    wrong("max = 0.0, must be greater than 0", "depthMaxNorm", 0.0),
                    wrong("max = NaN, must be greater than 0", "pointMaxNorm", Double.NaN),
                    wrong("min = 1.0 without a max; give both", "depthMinNorm", 1.0),
                    wrong("min = 1.0 without a max; give both", "pointMinNorm", 1.0),
                    wrong("min = 2.0 is greater than", "pointMinNorm", 2.0, "pointMaxNorm", 1.0),
                    wrong("rate = 0.0, must be in (0, 1]", "depthMinMaxRate", 0.0),
                    wrong("rate = 2.0, must be in (0, 1]", "pointMinMaxRate", 2.0),
                    wrong("eps = -1.0, must be 0 or greater", "normEps", -1.0),
                    wrong("axes = null; give NormAxes", "normAxes", null),
                    wrong("axes are 0 to 3", "normAxes", NormAxes.of(4)));

    private static final List<WrongOptions> DENSE =
            List.of(
                    wrong("nOut (output features) = 0; must be 1 or greater", "nOut", 0),
                    wrong("nOut (output features) = -3; must be 1 or greater", "nOut", -3),
                    wrong("nIn (input features) = -1; must be 1 or greater", "nIn", -1),
                    wrong("axes are 0 to 1", "normAxes", NormAxes.of(2)),
                    wrong("axes are 0 to 1", "normAxes", NormAxes.of(1, 2, 3)));

    @Override
    public List<Row> rows() {
        return List.of(
                row("DepthwiseConv2D", kernel(3, 3), size(2, 5, 6), "depthMultiplier", 2)
                        .with("hasBias", true),
                row("DepthwiseConv2D", kernel(5, 5), size(2, 6, 6), "depthMultiplier", 2),
                row("DepthwiseConv2D", kernel(2, 4), size(3, 4, 7), "maxNorm", 0.8),
                row("DepthwiseConv2D", kernel(4, 1), size(2, 4, 6), "depthMultiplier", 3)
                        .with("padding", "valid", "hasBias", true),
                row("DepthwiseConv2D", kernel(3, 2), size(2, 6, 6), "padding", ints(1, 0))
                        .with("stride", ints(2, 1)),
                row("SeparableConv2D", kernel(3, 3), size(2, 5, 4), "nOut", 3)
                        .with("hasBias", true, "depthMultiplier", 2),
                row("SeparableConv2D", kernel(1, 16), size(2, 2, 18), "nOut", 3)
                        .with("depthMultiplier", 2),
                row("SeparableConv2D", kernel(1, 4), size(3, 2, 7), "nOut", 2)
                        .with("pointMaxNorm", 0.7, "padding", "valid"),
                row("ConstrainedConv2D", kernel(3, 3), size(2, 5, 6), "nOut", 3),
                row("ConstrainedConv2D", kernel(1, 4), size(2, 3, 8), "nOut", 2)
                        .with("paddingMode", PaddingMode.REFLECT, "hasBias", false),
                row("ConstrainedConv2D", kernel(2, 3), size(4, 6, 7), "nOut", 6)
                        .with("groups", 2, "padding", "valid", "dilation", ints(2, 1)),
                row("ConstrainedConv1D", kernel(3), size(2, 9), "nOut", 4),
                row("ConstrainedConv1D", kernel(4), size(4, 11), "nOut", 2)
                        .with("groups", 2, "padding", "valid", "hasBias", false),
                row("ConstrainedConv1D", kernel(3), size(2, 9), "nOut", 3)
                        .with("padding", "causal", "stride", ints(2), "dilation", ints(2)),
                row("ConstrainedDense", NO_KERNEL, size(5), "nOut", 3),
                row("ConstrainedDense", NO_KERNEL, size(4), "nOut", 6)
                        .with("hasBias", false, "maxNorm", null));
    }

    @Override
    public List<Invalid> invalid() {
        List<Invalid> all = new ArrayList<>();
        Row conv2d = row("ConstrainedConv2D", kernel(3, 3), size(4, 6, 7), "nOut", 6);
        Row conv1d = row("ConstrainedConv1D", kernel(3), size(4, 9), "nOut", 6);
        Row depthwise = row("DepthwiseConv2D", kernel(3, 3), size(2, 5, 6));
        Row separable = row("SeparableConv2D", kernel(3, 3), size(2, 5, 6), "nOut", 3);
        Row dense = row("ConstrainedDense", NO_KERNEL, size(5), "nOut", 3);
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
