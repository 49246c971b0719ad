package org.lamina.contract;

import static org.lamina.contract.LayerFamily.kernel;
import static org.lamina.contract.LayerFamily.row;
import static org.lamina.contract.LayerFamily.size;

import java.util.ArrayList;
import java.util.List;
import org.lamina.spec.Padding;
import org.nd4j.linalg.activations.Activation;

/** Fronts of EEG networks as one layer. */
final class TemporalSpatialFamily implements LayerFamily {

    private static final String NAME = "TemporalSpatialConv2D";
    private static final String COMBINED = "CombinedConv2D";

    @Override
    public List<Row> rows() {
        return List.of(
                row(NAME, kernel(5, 4), size(1, 5, 9), "temporalFilters", 3),
                row(NAME, kernel(3, 5), size(1, 3, 8), "temporalFilters", 2)
                        .with("depthMultiplier", 3, "padding", "valid", "temporalBias", true)
                        .with("activation", Activation.IDENTITY),
                row(NAME, kernel(4, 6), size(1, 4, 7), "temporalFilters", 2)
                        .with("depthMultiplier", 1, "padding", 3, "spatialBias", true)
                        .with("eps", 0.1, "momentum", 0.3),
                row(COMBINED, kernel(5, 4), size(1, 5, 9), "temporalFilters", 3, "nOut", 4),
                row(COMBINED, kernel(3, 5), size(1, 3, 20), "temporalFilters", 4, "nOut", 3)
                        .with("padding", "same", "spatialBias", false)
                        .with("temporalMaxNorm", 0.5, "spatialMaxNorm", 1.0)
                        .with("activation", Activation.TANH),
                // Two convolutions take fewer multiplications.
                row(COMBINED, kernel(4, 6), size(1, 4, 7), "temporalFilters", 1, "nOut", 6)
                        .with("padding", 2, "temporalBias", false));
    }

    @Override
    public List<Invalid> invalid() {
        List<Invalid> all = new ArrayList<>(normalized());
        all.addAll(combined());
        return all;
    }

    private static List<Invalid> combined() {
        Row row = row(COMBINED, kernel(5, 4), size(1, 5, 9), "temporalFilters", 3, "nOut", 4);
        String map = "nIn (input channels) = ";
        String outputs = "nOut (output channels) = ";
        return List.of(
                new Invalid(row.withKernel(0, 4), "kernel = [0, 1]; each must be 1 or greater"),
                new Invalid(row.withKernel(5), "kernel = [5]; give 2 numbers: the rows"),
                new Invalid(row.with("nIn", 2), map + "2; must be 1"),
                new Invalid(row.with("nOut", 0), outputs + "0; must be 1 or greater"),
                new Invalid(row.with("nOut", -4), outputs + "-4; must be 1 or greater"),
                new Invalid(row.with("temporalFilters", 0), "temporalFilters = 0; must be 1"),
                new Invalid(row.with("padding", -1), "each must be 0 or greater"),
                new Invalid(row.with("padding", "full"), "padding = 'full'; allowed are"),
                new Invalid(row.with("padding", "causal"), "padding = 'causal' with 2"),
                new Invalid(
                        row.with("padding", Padding.of(1, 2)), "must have kernel (1, K), stride"),
                new Invalid(row.with("temporalMinNorm", 0.5), "min = 0.5 without a max; give both"),
                new Invalid(
                        row.with("spatialMaxNorm", -1.0), "max = -1.0, must be greater than 0"));
    }

    private static List<Invalid> normalized() {
        Row row = row(NAME, kernel(5, 4), size(1, 5, 9));
        String map = "nIn (input channels) = ";
        String same = "; the layer has temporalFilters * depthMultiplier = 16, do not set it";
        return List.of(
                new Invalid(row.withKernel(0, 4), "kernel = [0, 1]; each must be 1 or greater"),
                new Invalid(row.withKernel(5, 0), "kernel = [1, 0]; each must be 1 or greater"),
                new Invalid(row.withKernel(5), "kernel = [5]; give 2 numbers: the rows"),
                new Invalid(row.withKernel(5, 4, 3), "kernel = [5, 4, 3]; give 2 numbers"),
                new Invalid(row.with("nIn", 2), map + "2; must be 1"),
                new Invalid(row.with("nIn", -1), map + "-1; must be 1"),
                new Invalid(row.with("nOut", 8), "nOut (output channels) = 8" + same),
                new Invalid(row.with("nOut", -16), "nOut (output channels) = -16" + same),
                new Invalid(row.with("temporalFilters", 0), "temporalFilters = 0; must be 1"),
                new Invalid(row.with("depthMultiplier", 0), "depthMultiplier = 0; must be 1"),
                new Invalid(row.with("eps", -1.0), "eps = -1.0; must be a finite number, 0 or"),
                new Invalid(row.with("momentum", 0.0), "momentum = 0.0; must be in (0, 1]"),
                new Invalid(row.with("padding", -1), "each must be 0 or greater"),
                new Invalid(row.with("padding", "full"), "padding = 'full'; allowed are"),
                new Invalid(row.with("padding", "causal"), "padding = 'causal' with 2"),
                new Invalid(
                        row.with("padding", Padding.of(1, 2)), "must have kernel (1, K), stride"),
                new Invalid(row.with("temporalMinNorm", 0.5), "min = 0.5 without a max; give both"),
                new Invalid(
                        row.with("spatialMaxNorm", -1.0), "max = -1.0, must be greater than 0"));
    }
}
