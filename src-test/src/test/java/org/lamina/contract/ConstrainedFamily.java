package org.lamina.contract;

import static org.lamina.contract.LayerFamily.ints;
import static org.lamina.contract.LayerFamily.kernel;
import static org.lamina.contract.LayerFamily.row;
import static org.lamina.contract.LayerFamily.size;

import java.util.List;
import org.lamina.spec.PaddingMode;

/** selfEEG's layers with norm constraints. */
final class ConstrainedFamily implements LayerFamily {

    @Override
    public List<Row> rows() {
        return List.of(
                row("DepthwiseConv2D", kernel(3, 3), size(2, 5, 6), "depthMultiplier", 2)
                        .with("hasBias", true),
                row("DepthwiseConv2D", kernel(2, 4), size(3, 4, 7), "maxNorm", 0.8),
                row("DepthwiseConv2D", kernel(4, 1), size(2, 4, 6), "depthMultiplier", 3)
                        .with("padding", "valid", "hasBias", true),
                row("DepthwiseConv2D", kernel(3, 2), size(2, 6, 6), "padding", ints(1, 0))
                        .with("stride", ints(2, 1)),
                row("SeparableConv2D", kernel(3, 3), size(2, 5, 4), "nOut", 3)
                        .with("hasBias", true, "depthMultiplier", 2),
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
        return List.of();
    }
}
