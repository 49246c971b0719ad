package org.lamina.zoo.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.lamina.zoo.EegModelBuilder;
import org.lamina.zoo.EegVariant;
import org.lamina.zoo.Zoo;
import picocli.CommandLine.Option;

/** A network for EEG and the options that differ from its preset. */
final class NetworkSettings {
    /** More filters would only fill the memory. */
    private static final int MOST_FILTERS = 4096;

    /** Name in the zoo; files of the first versions, which had one network, lack it. */
    @JsonProperty("network")
    String name = "eegnet";

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "Published variant (the network's first).")
    String preset;

    @Option(
            names = "--kernel-length",
            paramLabel = "N",
            description =
                    "Length of the temporal filters in samples (as many seconds as in the preset).")
    @Limits(above = 0)
    Integer kernelLength;

    @Option(
            names = "--f1",
            paramLabel = "N",
            description = "Number of temporal filters (that of the preset).")
    @Limits(above = 0, to = MOST_FILTERS)
    Integer f1;

    /** Null, once settled, if the network has no such option. */
    @Option(
            names = "--depth",
            paramLabel = "N",
            description =
                    "Spatial filters per temporal filter, if the network has this option (that of"
                            + " the preset).")
    @Limits(above = 0, to = MOST_FILTERS)
    Integer depth;

    /** Null, once settled, if the network has no such option. */
    @Option(
            names = "--f2",
            paramLabel = "N",
            description =
                    "Filters after the spatial ones, if the network has this option (f1 x depth, or"
                            + " that of the preset).")
    @Limits(above = 0, to = MOST_FILTERS)
    Integer f2;

    @Option(
            names = "--dropout",
            paramLabel = "P",
            description = "Dropout probability (that of the preset).")
    @Limits(from = 0, below = 1)
    Double dropout;

    @Option(
            names = "--bn-momentum",
            paramLabel = "M",
            description =
                    "Weight of a batch in the running statistics of batch normalization"
                            + " (${DEFAULT-VALUE}; some presets publish 0.01, with which they take"
                            + " hundreds of updates to settle).")
    @Limits(above = 0, to = 1)
    double batchNormMomentum = 0.1;

    @Option(
            names = "--fused",
            description =
                    "Compute temporal and spatial filters as one layer: the same network and"
                            + " parameters, and the more channels there are, the less work (as two"
                            + " layers).")
    boolean fused;

    /** The network in the zoo. */
    Zoo.Entry entry() {
        return Zoo.find(name)
                .filter(entry -> entry.eeg() != null)
                .orElseThrow(() -> new UsageException("'" + name + "' is no network for EEG"));
    }

    boolean complete() {
        return name != null && preset != null && kernelLength != null && f1 != null;
    }

    /**
     * Settles every default.
     *
     * @param data whose epochs the network is for, settled
     * @param samplingRate of the recordings in Hz
     */
    void settle(Zoo.Entry entry, DataSettings data, double samplingRate) {
        name = entry.name();
        EegModelBuilder<?, ?> builder = preset();
        preset = builder.presetName();
        EegVariant.Defaults defaults = builder.defaults();
        known("--depth", depth, defaults.depthMultiplier());
        known("--f2", f2, defaults.filters());
        f1 = f1 == null ? Integer.valueOf(defaults.temporalFilters()) : f1;
        depth = depth == null ? defaults.depthMultiplier() : depth;
        if (depth != null && f1 * depth > MOST_FILTERS) {
            throw new UsageException(
                    "--f1 %d times --depth %d: must be at most %d", f1, depth, MOST_FILTERS);
        }
        if (f2 == null && defaults.filters() != null) {
            f2 = depth == null ? defaults.filters() : Integer.valueOf(f1 * depth);
        }
        double rate = data.resample > 0 ? data.resample : samplingRate;
        int samples = (int) Math.rint((data.tmax - data.tmin) * rate);
        if (kernelLength == null) {
            double length = defaults.kernelLength() * rate / defaults.samplingRate();
            kernelLength = Math.max(1, Math.min((int) Math.rint(length), samples));
        }
        int fewest = builder.kernelLength(kernelLength).fewestSamples();
        if (samples < fewest) {
            throw new UsageException(
                    "--tmin %s to --tmax %s: %d samples; %s needs %d at least",
                    Texts.number(data.tmin),
                    Texts.number(data.tmax),
                    samples,
                    entry.title(),
                    fewest);
        }
    }

    private void known(String option, Integer value, Integer ofPreset) {
        if (value != null && ofPreset == null) {
            throw new UsageException(
                    option + " " + value + ": " + entry().title() + " has no such option");
        }
    }

    /** The preset's network with no other option set. */
    private EegModelBuilder<?, ?> preset() {
        EegModelBuilder<?, ?> builder = entry().eeg().get();
        return preset == null ? builder : builder.presetNamed(preset);
    }

    /** The network with all settings. */
    EegModelBuilder<?, ?> builder() {
        EegModelBuilder<?, ?> builder =
                preset().kernelLength(kernelLength)
                        .f1(f1)
                        .batchNormMomentum(batchNormMomentum)
                        .fused(fused);
        if (depth != null) {
            builder.d(depth);
        }
        if (f2 != null) {
            builder.f2(f2);
        }
        if (dropout != null) {
            builder.dropout(dropout);
        }
        return builder;
    }

    /** Whether the network has one output, for the second of two classes. */
    boolean oneOutput(int classes) {
        return preset().classes(classes).build().outputs() == 1;
    }
}
