package org.lamina.zoo.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lamina.zoo.EEGNet;
import org.lamina.zoo.data.Event;
import org.lamina.zoo.data.Recording;
import picocli.CommandLine.Option;

/** The switches of {@code train eegnet}, and what they are when they are not given. */
final class TrainOptions {
    private static final int SIMULATED_EPOCHS = 60;
    private static final double LONGEST_EPOCH = 4;
    private static final int DEFAULT_PATIENCE = 30;
    private static final double DEFAULT_VALIDATION = 0.2;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Folder of recordings (.edf, .bdf, .csv, .csv.gz), a run a file. Without it the"
                            + " EEG is simulated.")
    Path data;

    @Option(
            names = "--channels",
            split = ",",
            paramLabel = "NAME",
            description = "Channels to use, in this order (all).")
    List<String> channels;

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

    @Option(names = "--preset", description = "Variant: ${COMPLETION-CANDIDATES} (KERAS).")
    EEGNet.Preset preset = EEGNet.Preset.KERAS;

    @Option(
            names = "--kernel-length",
            paramLabel = "N",
            description = "Samples of the temporal filters (half a second).")
    Integer kernelLength;

    @Option(names = "--f1", paramLabel = "N", description = "Temporal filters (8).")
    int f1 = 8;

    @Option(names = "--depth", paramLabel = "N", description = "Spatial filters for each (2).")
    int depth = 2;

    @Option(names = "--f2", paramLabel = "N", description = "Separable filters (f1 x depth).")
    Integer f2;

    @Option(
            names = "--dropout",
            paramLabel = "P",
            description = "Probability of dropping (the preset's).")
    Double dropout;

    @Option(names = "--batch", paramLabel = "N", description = "Examples of an update (16).")
    int batch = 16;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the data at most.")
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
    TrainSettings resolve(List<Recording> recordings) {
        check();
        double rate = resample > 0 ? resample : recordings.get(0).samplingRate();
        double start = tmin == null ? defaultStart() : tmin;
        double end = tmax == null ? defaultEnd(recordings) : tmax;
        int samples = (int) Math.rint((end - start) * rate);
        List<List<String>> runs = runs(recordings);
        boolean stopsEarly = !noEarlyStopping;
        double share = stopsEarly ? DEFAULT_VALIDATION : 0;
        return new TrainSettings(
                data == null ? null : data.toAbsolutePath().normalize().toString(),
                channels == null ? recordings.get(0).channels() : List.copyOf(channels),
                runs.get(0),
                runs.get(1),
                low == null ? 4 : low,
                high == null
                        ? Math.min(38, Math.floor(0.45 * recordings.get(0).samplingRate()))
                        : high,
                start,
                end,
                resample,
                reject,
                labels == null ? defaultLabels() : new LinkedHashMap<>(labels),
                preset.name(),
                kernelLength == null
                        ? Math.max(1, Math.min((int) Math.rint(rate / 2), samples))
                        : kernelLength,
                f1,
                depth,
                f2 == null ? f1 * depth : f2,
                dropout,
                batch,
                epochs == null ? (data == null ? SIMULATED_EPOCHS : 100) : epochs,
                lr,
                stopsEarly ? (patience == null ? DEFAULT_PATIENCE : patience) : 0,
                validation == null ? share : validation,
                seed);
    }

    private void check() {
        positive("--batch", batch);
        positive("--epochs", epochs == null ? 1 : epochs);
        positive("--lr", lr);
        positive("--kernel-length", kernelLength == null ? 1 : kernelLength);
        positive("--f1", f1);
        positive("--depth", depth);
        positive("--f2", f2 == null ? 1 : f2);
        positive("--patience", patience == null ? 1 : patience);
        share("--dropout", dropout == null ? 0 : dropout);
        share("--validation", validation == null ? 0 : validation);
        if (noEarlyStopping && patience != null) {
            throw new UsageException("--patience makes no sense with --no-early-stopping");
        }
        if (!noEarlyStopping && validation != null && validation == 0) {
            throw new UsageException(
                    "--validation 0 leaves nothing to choose the best epoch with; add"
                            + " --no-early-stopping");
        }
    }

    private static void positive(String option, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new UsageException(option + " " + value + ": must be above 0");
        }
    }

    private static void share(String option, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new UsageException(option + " " + value + ": must be 0 or more and below 1");
        }
    }

    /** Runs to train on and runs to test with; both empty where epochs of one run are split. */
    private List<List<String>> runs(List<Recording> recordings) {
        List<String> all = recordings.stream().map(Recording::run).distinct().toList();
        List<String> train = trainRuns == null ? List.of() : List.copyOf(trainRuns);
        List<String> test = testRuns == null ? List.of() : List.copyOf(testRuns);
        if (trainRuns == null && testRuns == null) {
            int tested = all.size() < 2 ? 0 : Math.max(1, Math.round(all.size() / 3f));
            test = all.subList(all.size() - tested, all.size());
            train = tested == 0 ? List.of() : all.subList(0, all.size() - tested);
        } else if (testRuns == null) {
            test = without(all, train);
            if (test.isEmpty()) {
                throw new UsageException("--train-runs names every run; none is left to test with");
            }
        } else if (trainRuns == null) {
            train = without(all, test);
            if (train.isEmpty()) {
                throw new UsageException("--test-runs names every run; none is left to train on");
            }
        }
        return List.of(train, test);
    }

    private static List<String> without(List<String> all, List<String> some) {
        List<String> rest = new ArrayList<>(all);
        rest.removeAll(some);
        return rest;
    }

    /** Of simulated EEG its classes in their order; of files all events that are not rest. */
    private Map<String, String> defaultLabels() {
        return data == null ? TrainingData.simulator(seed).epoching().labels() : Map.of();
    }

    private double defaultStart() {
        return data == null ? TrainingData.simulator(seed).epoching().tmin() : 0;
    }

    private double defaultEnd(List<Recording> recordings) {
        if (data == null) {
            return TrainingData.simulator(seed).epoching().tmax();
        }
        double shortest = LONGEST_EPOCH;
        for (Recording recording : recordings) {
            List<Event> events = recording.events();
            for (int i = 0; i < events.size(); i++) {
                Event event = events.get(i);
                double length = event.duration();
                if (!(length > 0)) {
                    length =
                            i + 1 < events.size()
                                    ? events.get(i + 1).onset() - event.onset()
                                    : LONGEST_EPOCH;
                }
                boolean used = labels == null || labels.containsKey(event.label());
                if (used && length > 0) {
                    shortest = Math.min(shortest, length);
                }
            }
        }
        return Math.max(0.1, Math.floor(shortest * 10) / 10);
    }
}
