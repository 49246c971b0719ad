package org.lamina.zoo.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lamina.zoo.data.epochs.EpochExtractor;
import org.lamina.zoo.data.epochs.EpochingOptions;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.data.recording.RecordingFormat;
import org.lamina.zoo.data.recording.RecordingId;
import org.lamina.zoo.data.simulation.EegSimulator;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which recordings are used, and how epochs are cut from them. */
final class DataSettings {
    private static final int LOW = 4;
    private static final int HIGH = 38;

    /** Longest default length of an epoch in seconds. */
    private static final int LONGEST = 4;

    /** Null for simulated EEG. */
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Folder of recordings ("
                            + RecordingFormat.NAMES
                            + "), one run per file ('runs DIR' lists them)."
                            + " Without it, EEG is simulated.")
    @JsonProperty("data")
    String folder;

    @Option(
            names = "--simulate",
            paramLabel = "PARADIGM",
            description =
                    "Paradigm of the simulated EEG, ${COMPLETION-CANDIDATES}: imagined movements,"
                            + " or potentials evoked by rare targets (imagery).")
    EegSimulator.Paradigm simulate;

    @Option(
            names = "--channels",
            split = ",",
            paramLabel = "NAME",
            description = "Channels to use, in this order (all).")
    List<String> channels;

    @Mixin @JsonUnwrapped final RecordingOptions reading = new RecordingOptions();

    /** Empty, once settled, for a stratified split of the epochs. */
    @Option(
            names = "--train-runs",
            split = ",",
            paramLabel = "RUN",
            description = "Runs to train on (all but the test runs).")
    List<String> trainRuns;

    @Option(
            names = "--test-runs",
            split = ",",
            paramLabel = "RUN",
            description =
                    "Runs to test on (all but the training runs; if neither is named, the last"
                            + " third of the runs, or a quarter of the epochs of a single run).")
    List<String> testRuns;

    /** Empty, once settled, for all labels but rest, unchanged. */
    @Option(
            names = "--labels",
            split = ",",
            paramLabel = "LABEL=CLASS",
            description = "Event labels and the class of each (all labels but rest, unchanged).")
    Map<String, String> labels;

    @Option(
            names = "--low",
            paramLabel = "HZ",
            description = "Lower cutoff of the band-pass filter, 0 for none (" + LOW + ").")
    @Limits(from = 0)
    Double low;

    @Option(
            names = "--high",
            paramLabel = "HZ",
            description =
                    "Upper cutoff of the band-pass filter, 0 for none ("
                            + HIGH
                            + " or less, depending on the sampling rate).")
    @Limits(from = 0)
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
                    "End of an epoch in seconds after its event (length of the shortest event, or"
                            + " shortest time between events, at most "
                            + LONGEST
                            + ").")
    Double tmax;

    @Option(
            names = "--resample",
            paramLabel = "HZ",
            description = "Sampling rate to convert to (that of the files).")
    @Limits(from = 0)
    double resample;

    @Option(
            names = "--reject",
            paramLabel = "UV",
            description = "Drop epochs with a larger peak-to-peak amplitude (none).")
    @Limits(from = 0)
    double reject;

    @Mixin @JsonUnwrapped final PreprocessingSettings preprocessing = new PreprocessingSettings();

    /** Simulates the EEG if no data are named. */
    EegSimulator simulator(long seed) {
        EegSimulator.Builder simulator = EegSimulator.builder().seed(seed);
        return (simulate == null ? simulator : simulator.paradigm(simulate)).build();
    }

    boolean simulated() {
        return folder == null;
    }

    /** Runs to read: empty means all. */
    Set<String> runsToRead() {
        Set<String> runs = new LinkedHashSet<>();
        if (trainRuns != null && testRuns != null) {
            runs.addAll(trainRuns);
            runs.addAll(testRuns);
        }
        return runs;
    }

    /** Channels to read: empty means all. */
    List<String> channelsToRead() {
        return channels == null
                ? List.of()
                : preprocessing
                        .addTo(EpochingOptions.builder().channels(channels))
                        .build()
                        .channelsToRead();
    }

    EpochingOptions epoching() {
        return preprocessing
                .addTo(EpochingOptions.builder())
                .channels(channels)
                .band(low, high)
                .window(tmin, tmax)
                .resampleHz(resample)
                .rejectMicrovolt(reject)
                .labels(labels)
                .build();
    }

    boolean complete() {
        return channels != null
                && trainRuns != null
                && testRuns != null
                && labels != null
                && low != null
                && high != null
                && tmin != null
                && tmax != null;
    }

    /** Settles every default, some of which depend on the recordings. */
    void settle(List<Recording> recordings, long seed) {
        if (simulated()) {
            Switches.refuse(
                    reading, "simulated EEG is not read from files; name recordings with --data");
        } else if (simulate != null) {
            throw new UsageException(
                    "--simulate " + simulate + ": not with --data, which names recordings");
        } else if (!folder.contains("://")) {
            // So that it is found from another working folder; URLs are absolute.
            folder = Path.of(folder).toAbsolutePath().normalize().toString();
        }
        if (labels != null && Set.copyOf(labels.values()).size() < 2) {
            throw new UsageException(
                    "--labels maps all of them to '%s'; at least two classes are needed",
                    labels.values().iterator().next());
        }
        preprocessing.check(reject);
        Recording first = recordings.get(0);
        channels = channels == null ? first.channels() : channels;
        EpochingOptions simulated = simulated() ? simulator(seed).epoching() : null;
        if (low == null) {
            low = simulated() ? simulated.low() : LOW;
        }
        if (high == null) {
            double most = Math.min(HIGH, Math.floor(0.45 * first.samplingRate()));
            high = simulated() ? simulated.high() : most;
        }
        if (tmin == null) {
            tmin = simulated() ? simulated.tmin() : 0;
        }
        if (tmax == null) {
            tmax = simulated() ? simulated.tmax() : shortestEvent(recordings);
        }
        if (labels == null) {
            labels = simulated() ? simulated.labels() : Map.of();
        }
        checkWindowAndBand(first.samplingRate() / 2);
        settleRuns(recordings.stream().map(Recording::run).distinct().toList());
    }

    private void checkWindowAndBand(double half) {
        below("--tmin", tmin, "--tmax", tmax);
        if (high > 0) {
            below("--low", low, "--high", high);
        }
        if (Math.max(low, high) >= half) {
            throw new UsageException(
                    "%s %s must be below half the sampling rate, %s Hz",
                    high > 0 ? "--high" : "--low",
                    Texts.number(Math.max(low, high)),
                    Texts.number(half));
        }
    }

    private static void below(String low, double from, String high, double to) {
        if (!(from < to)) {
            throw new UsageException(
                    "%s %s must be below %s %s", low, Texts.number(from), high, Texts.number(to));
        }
    }

    /** Settles training and test runs: none where the epochs of one run are split. */
    private void settleRuns(List<String> all) {
        trainRuns = trainRuns == null ? null : RecordingId.matching(trainRuns, all);
        testRuns = testRuns == null ? null : RecordingId.matching(testRuns, all);
        if (trainRuns == null && testRuns == null) {
            int tested = all.size() < 2 ? 0 : Math.max(1, Math.round(all.size() / 3f));
            testRuns = all.subList(all.size() - tested, all.size());
            trainRuns = tested == 0 ? List.of() : without(all, testRuns);
        } else if (testRuns == null) {
            testRuns = without(all, trainRuns);
            if (testRuns.isEmpty()) {
                throw new UsageException("--train-runs names every run; none is left to test with");
            }
        } else if (trainRuns == null) {
            trainRuns = without(all, testRuns);
            if (trainRuns.isEmpty()) {
                throw new UsageException("--test-runs names every run; none is left to train on");
            }
        }
    }

    private static List<String> without(List<String> all, List<String> some) {
        List<String> rest = new ArrayList<>(all);
        rest.removeAll(some);
        return rest;
    }

    /**
     * The shortest event whose label is used; an event without a length lasts until the next one.
     */
    private double shortestEvent(List<Recording> recordings) {
        double shortest = LONGEST;
        for (Recording recording : recordings) {
            List<Event> events = recording.events();
            for (int i = 0; i < events.size(); i++) {
                Event event = events.get(i);
                double length = event.duration();
                if (!(length > 0)) {
                    length =
                            i + 1 < events.size()
                                    ? events.get(i + 1).onset() - event.onset()
                                    : LONGEST;
                }
                boolean used =
                        labels == null
                                ? EpochExtractor.isClass(event.label())
                                : labels.containsKey(event.label());
                if (used && length > 0) {
                    shortest = Math.min(shortest, length);
                }
            }
        }
        return Math.max(0.1, Math.floor(shortest * 10) / 10);
    }
}
