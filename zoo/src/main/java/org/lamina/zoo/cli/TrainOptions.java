package org.lamina.zoo.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lamina.zoo.Zoo;
import org.lamina.zoo.data.Recording;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The switches of {@code train} for a network for EEG; in parentheses what holds if they are not
 * given.
 */
final class TrainOptions {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Folder of recordings, a run a file ('runs DIR' lists them). Without it the EEG"
                            + " is simulated.")
    String data;

    @Option(
            names = "--channels",
            split = ",",
            paramLabel = "NAME",
            description = "Channels to use, in this order (all).")
    List<String> channels;

    @Mixin final RecordingOptions reading = new RecordingOptions();

    @Option(
            names = "--train-runs",
            split = ",",
            paramLabel = "RUN",
            description = "Runs to train on (all that are not tested with).")
    List<String> trainRuns;

    @Option(
            names = "--test-runs",
            split = ",",
            paramLabel = "RUN",
            description =
                    "Runs to test with (those that are not trained on; if no runs are named the"
                            + " last third, of a single run a quarter of its epochs).")
    List<String> testRuns;

    @Option(
            names = "--labels",
            split = ",",
            paramLabel = "LABEL=CLASS",
            description = "Event labels and the class each stands for (all but rest, as they are).")
    Map<String, String> labels;

    @Option(
            names = "--low",
            paramLabel = "HZ",
            description = "Lower edge of the band-pass, 0 for none (4).")
    Double low;

    @Option(
            names = "--high",
            paramLabel = "HZ",
            description = "Upper edge of the band-pass, 0 for none (38, if the rate allows).")
    Double high;

    @Option(
            names = "--tmin",
            paramLabel = "S",
            description = "Start of an epoch in seconds after its event (0).")
    Double tmin;

    @Option(
            names = "--tmax",
            paramLabel = "S",
            description =
                    "End of an epoch (the shortest event's, or the shortest time between events,"
                            + " at most 4).")
    Double tmax;

    @Option(names = "--resample", paramLabel = "HZ", description = "Sampling rate (the files').")
    double resample;

    @Option(
            names = "--reject",
            paramLabel = "UV",
            description = "Drop epochs with a larger peak-to-peak amplitude (none).")
    double reject;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "Published variant (the network's first).")
    String preset;

    @Option(
            names = "--kernel-length",
            paramLabel = "N",
            description = "Samples of the temporal filters (as long as the preset's in time).")
    Integer kernelLength;

    @Option(names = "--f1", paramLabel = "N", description = "Temporal filters (the preset's).")
    Integer f1;

    @Option(
            names = "--depth",
            paramLabel = "N",
            description = "Spatial filters for each, where the network has that (the preset's).")
    Integer depth;

    @Option(
            names = "--f2",
            paramLabel = "N",
            description =
                    "Filters after those, where the network has that (f1 x depth, or the"
                            + " preset's).")
    Integer f2;

    @Option(
            names = "--dropout",
            paramLabel = "P",
            description = "Probability of dropping (the preset's).")
    Double dropout;

    @Option(
            names = "--bn-momentum",
            paramLabel = "M",
            description =
                    "Share of a batch in the statistics that evaluation normalizes with (0.1; some"
                            + " presets publish 0.01, which takes hundreds of updates to"
                            + " settle).")
    double batchNormMomentum = 0.1;

    @Option(names = "--batch", paramLabel = "N", description = "Examples of an update (16).")
    int batch = 16;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the data at most (100).")
    Integer epochs;

    @Option(names = "--lr", paramLabel = "RATE", description = "Learning rate of Adam (1e-3).")
    double lr = 1e-3;

    @Option(names = "--seed", paramLabel = "N", description = "Of everything random (1).")
    long seed = 1;

    @Option(
            names = "--no-early-stopping",
            description =
                    "Train all epochs on all training data and keep the last epoch's network"
                            + " (keep the best epoch's, chosen with a part of the training data).")
    boolean noEarlyStopping;

    @Option(
            names = "--patience",
            paramLabel = "N",
            description = "Epochs without improvement after which training stops (30).")
    Integer patience;

    @Option(
            names = "--validation",
            paramLabel = "SHARE",
            description = "Share of the training epochs that chooses the best epoch (0.2).")
    Double validation;

    /** Whether to recompute statistics after training; no switch of training on Spark. */
    boolean recomputeBatchNorm;

    /** Runs to read: empty means all. */
    Set<String> runsToRead() {
        Set<String> runs = new LinkedHashSet<>();
        if (trainRuns != null && testRuns != null) {
            runs.addAll(trainRuns);
            runs.addAll(testRuns);
        }
        return runs;
    }

    /** Closes every default by what the recordings are like. */
    TrainSettings resolve(Zoo.Entry network, List<Recording> recordings) {
        return new TrainDefaults(network, this, recordings).settings();
    }
}
