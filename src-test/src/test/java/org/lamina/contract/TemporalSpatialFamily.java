package org.lamina.contract;

import static org.lamina.contract.LayerFamily.kernel;
import static org.lamina.contract.LayerFamily.row;
import static org.lamina.contract.LayerFamily.size;
import static org.lamina.harness.Option.ACTIVATION;
import static org.lamina.harness.Option.DEPTH_MULTIPLIER;
import static org.lamina.harness.Option.EPS;
import static org.lamina.harness.Option.MOMENTUM;
import static org.lamina.harness.Option.N_IN;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.PADDING;
import static org.lamina.harness.Option.SPATIAL_BIAS;
import static org.lamina.harness.Option.SPATIAL_MAX_NORM;
import static org.lamina.harness.Option.TEMPORAL_BIAS;
import static org.lamina.harness.Option.TEMPORAL_FILTERS;
import static org.lamina.harness.Option.TEMPORAL_MAX_NORM;
import static org.lamina.harness.Option.TEMPORAL_MIN_NORM;

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
                row(NAME, kernel(5, 4), size(1, 5, 9), TEMPORAL_FILTERS, 3),
                row(NAME, kernel(3, 5), size(1, 3, 8), TEMPORAL_FILTERS, 2)
                        .with(DEPTH_MULTIPLIER, 3, PADDING, "valid", TEMPORAL_BIAS, true)
                        .with(ACTIVATION, Activation.IDENTITY),
                row(NAME, kernel(4, 6), size(1, 4, 7), TEMPORAL_FILTERS, 2)
                        .with(DEPTH_MULTIPLIER, 1, PADDING, 3, SPATIAL_BIAS, true)
                        .with(EPS, 0.1, MOMENTUM, 0.3),
                row(COMBINED, kernel(5, 4), size(1, 5, 9), TEMPORAL_FILTERS, 3, N_OUT, 4),
                row(COMBINED, kernel(3, 5), size(1, 3, 20), TEMPORAL_FILTERS, 4, N_OUT, 3)
                        .with(PADDING, "same", SPATIAL_BIAS, false)
                        .with(TEMPORAL_MAX_NORM, 0.5, SPATIAL_MAX_NORM, 1.0)
                        .with(ACTIVATION, Activation.TANH),
                // Two convolutions take fewer multiplications.
                row(COMBINED, kernel(4, 6), size(1, 4, 7), TEMPORAL_FILTERS, 1, N_OUT, 6)
                        .with(PADDING, 2, TEMPORAL_BIAS, false));
    }

    @Override
    public List<Invalid> invalid() {
        List<Invalid> all = new ArrayList<>(normalized());
        all.addAll(combined());
        return all;
    }

    private static List<Invalid> combined() {
        Row row = row(COMBINED, kernel(5, 4), size(1, 5, 9), TEMPORAL_FILTERS, 3, N_OUT, 4);
        String map = "nIn (input channels) = ";
        String outputs = "nOut (output channels) = ";
        return List.of(
                new Invalid(row.withKernel(0, 4), "kernel = [0, 1]; each must be 1 or greater"),
                new Invalid(row.withKernel(5), "kernel = [5]; give 2 numbers: the rows"),
                new Invalid(row.with(N_IN, 2), map + "2; must be 1"),
                new Invalid(row.with(N_OUT, 0), outputs + "0; must be 1 or greater"),
                new Invalid(row.with(N_OUT, -4), outputs + "-4; must be 1 or greater"),
                new Invalid(row.with(TEMPORAL_FILTERS, 0), "temporalFilters = 0; must be 1"),
                new Invalid(row.with(PADDING, -1), "each must be 0 or greater"),
                new Invalid(row.with(PADDING, "full"), "padding = 'full'; allowed are"),
                new Invalid(row.with(PADDING, "causal"), "padding = 'causal' with 2"),
                new Invalid(row.with(PADDING, Padding.of(1, 2)), "must have kernel (1, K), stride"),
                new Invalid(row.with(TEMPORAL_MIN_NORM, 0.5), "min = 0.5 without a max; give both"),
                new Invalid(
                        row.with(SPATIAL_MAX_NORM, -1.0), "max = -1.0, must be greater than 0"));
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
                new Invalid(row.with(N_IN, 2), map + "2; must be 1"),
                new Invalid(row.with(N_IN, -1), map + "-1; must be 1"),
                new Invalid(row.with(N_OUT, 8), "nOut (output channels) = 8" + same),
                new Invalid(row.with(N_OUT, -16), "nOut (output channels) = -16" + same),
                new Invalid(row.with(TEMPORAL_FILTERS, 0), "temporalFilters = 0; must be 1"),
                new Invalid(row.with(DEPTH_MULTIPLIER, 0), "depthMultiplier = 0; must be 1"),
                new Invalid(row.with(EPS, -1.0), "eps = -1.0; must be a finite number, 0 or"),
                new Invalid(row.with(MOMENTUM, 0.0), "momentum = 0.0; must be in (0, 1]"),
                new Invalid(row.with(PADDING, -1), "each must be 0 or greater"),
                new Invalid(row.with(PADDING, "full"), "padding = 'full'; allowed are"),
                new Invalid(row.with(PADDING, "causal"), "padding = 'causal' with 2"),
                new Invalid(row.with(PADDING, Padding.of(1, 2)), "must have kernel (1, K), stride"),
                new Invalid(row.with(TEMPORAL_MIN_NORM, 0.5), "min = 0.5 without a max; give both"),
                new Invalid(
                        row.with(SPATIAL_MAX_NORM, -1.0), "max = -1.0, must be greater than 0"));
    }
}
