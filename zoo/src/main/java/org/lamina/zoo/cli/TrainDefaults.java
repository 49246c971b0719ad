package org.lamina.zoo.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lamina.zoo.EegNetworkBuilder;
import org.lamina.zoo.EegVariant;
import org.lamina.zoo.Zoo;
import org.lamina.zoo.data.EpochExtractor;
import org.lamina.zoo.data.Event;
import org.lamina.zoo.data.Recording;

/**
 * What holds where a switch of {@code train} is not given.
 *
 * @param network that is trained
 * @param given the switches
 * @param recordings that they are about
 */
record TrainDefaults(Zoo.Entry network, TrainOptions given, List<Recording> recordings) {
    private static final int DEFAULT_EPOCHS = 100;

    /** More filters are no use and fill the memory. */
    private static final int MOST_FILTERS = 4096;

    private static final double LONGEST_EPOCH = 4;
    private static final int DEFAULT_PATIENCE = 30;
    private static final double DEFAULT_VALIDATION = 0.2;

    /** Settings with no default left open. */
    TrainSettings settings() {
        check();
        double rate = given.resample > 0 ? given.resample : recordings.get(0).samplingRate();
        double start = given.tmin == null ? defaultStart() : given.tmin;
        double end = given.tmax == null ? defaultEnd() : given.tmax;
        below("--tmin", start, "--tmax", end);
        double low = given.low == null ? 4 : given.low;
        double high =
                given.high == null
                        ? Math.min(38, Math.floor(0.45 * recordings.get(0).samplingRate()))
                        : given.high;
        if (high > 0) {
            below("--low", low, "--high", high);
        }
        double half = recordings.get(0).samplingRate() / 2;
        if (Math.max(low, high) >= half) {
            throw new UsageException(
                    String.format(
                            "%s %s must be below half the sampling rate, %s Hz",
                            high > 0 ? "--high" : "--low",
                            Texts.number(Math.max(low, high)),
                            Texts.number(half)));
        }
        int samples = (int) Math.rint((end - start) * rate);
        EegNetworkBuilder<?, ?> builder = builder();
        EegVariant.Defaults defaults = builder.defaults();
        double kernel = defaults.kernelLength() * rate / defaults.samplingRate();
        int kernelLength =
                given.kernelLength == null
                        ? Math.max(1, Math.min((int) Math.rint(kernel), samples))
                        : given.kernelLength;
        int fewest = builder.kernelLength(kernelLength).fewestSamples();
        if (samples < fewest) {
            throw new UsageException(
                    String.format(
                            "--tmin %s to --tmax %s: %d samples; %s needs %d at least",
                            Texts.number(start),
                            Texts.number(end),
                            samples,
                            network.title(),
                            fewest));
        }
        int f1 = given.f1 == null ? defaults.temporalFilters() : given.f1;
        Integer depth = given.depth == null ? defaults.depthMultiplier() : given.depth;
        List<List<String>> runs = runs();
        boolean stopsEarly = !given.noEarlyStopping;
        double share = stopsEarly ? DEFAULT_VALIDATION : 0;
        return new TrainSettings(
                network.name(),
                folder(),
                given.channels == null ? recordings.get(0).channels() : List.copyOf(given.channels),
                runs.get(0),
                runs.get(1),
                low,
                high,
                start,
                end,
                given.resample,
                given.reject,
                given.labels == null ? defaultLabels() : new LinkedHashMap<>(given.labels),
                builder.presetName(),
                kernelLength,
                f1,
                depth,
                filters(defaults, f1, depth),
                given.dropout,
                given.batchNormMomentum,
                given.recomputeBatchNorm,
                given.batch,
                given.epochs == null ? DEFAULT_EPOCHS : given.epochs,
                given.lr,
                stopsEarly ? (given.patience == null ? DEFAULT_PATIENCE : given.patience) : 0,
                given.validation == null ? share : given.validation,
                given.seed,
                given.reading.strict,
                given.reading.rate == null ? 0 : given.reading.rate,
                given.reading.timeColumn,
                given.reading.markerColumn);
    }

    /** The preset's network, nothing else set. */
    private EegNetworkBuilder<?, ?> builder() {
        EegNetworkBuilder<?, ?> builder = network.eeg().get();
        return given.preset == null ? builder : builder.presetNamed(given.preset);
    }

    /** F2; a network that multiplies the temporal filters keeps the product. */
    private Integer filters(EegVariant.Defaults defaults, int f1, Integer depth) {
        if (given.f2 != null || defaults.filters() == null) {
            return given.f2;
        }
        return depth == null ? defaults.filters() : Integer.valueOf(f1 * depth);
    }

    /** As another working folder finds it; hdfs://... and the like are that already. */
    private String folder() {
        return given.data == null || given.data.contains("://")
                ? given.data
                : Path.of(given.data).toAbsolutePath().normalize().toString();
    }

    private void check() {
        positive("--batch", given.batch);
        positive("--epochs", given.epochs == null ? 1 : given.epochs);
        positive("--lr", given.lr);
        positive("--kernel-length", given.kernelLength == null ? 1 : given.kernelLength);
        filterNumbers(builder().defaults());
        positive("--patience", given.patience == null ? 1 : given.patience);
        notNegative("--low", given.low == null ? 0 : given.low);
        notNegative("--high", given.high == null ? 0 : given.high);
        notNegative("--resample", given.resample);
        notNegative("--reject", given.reject);
        if (given.data == null) {
            given.reading.refuse("simulated EEG is not read; --data names recordings");
        }
        if (given.labels != null && Set.copyOf(given.labels.values()).size() < 2) {
            throw new UsageException(
                    String.format(
                            "--labels maps all of them to '%s'; at least two classes are needed",
                            given.labels.values().iterator().next()));
        }
        share("--dropout", given.dropout == null ? 0 : given.dropout);
        if (!(given.batchNormMomentum > 0 && given.batchNormMomentum <= 1)) {
            throw new UsageException(
                    "--bn-momentum "
                            + Texts.number(given.batchNormMomentum)
                            + ": must be in (0, 1]");
        }
        share("--validation", given.validation == null ? 0 : given.validation);
        if (given.noEarlyStopping && given.patience != null) {
            throw new UsageException("--patience makes no sense with --no-early-stopping");
        }
        if (!given.noEarlyStopping && given.validation != null && given.validation == 0) {
            throw new UsageException(
                    "--validation 0 leaves nothing to choose the best epoch with; add"
                            + " --no-early-stopping");
        }
    }

    private void filterNumbers(EegVariant.Defaults defaults) {
        known("--depth", given.depth, defaults.depthMultiplier());
        known("--f2", given.f2, defaults.filters());
        int f1 = given.f1 == null ? defaults.temporalFilters() : given.f1;
        Integer depth = given.depth == null ? defaults.depthMultiplier() : given.depth;
        positive("--f1", f1);
        positive("--depth", depth == null ? 1 : depth);
        positive("--f2", given.f2 == null ? 1 : given.f2);
        if (depth != null && (long) f1 * depth > MOST_FILTERS) {
            throw new UsageException(
                    String.format(
                            "--f1 %d times --depth %d: must be at most %d",
                            f1, depth, MOST_FILTERS));
        }
        most("--f1", f1);
        most("--f2", given.f2 == null ? 1 : given.f2);
    }

    private void known(String option, Integer value, Integer preset) {
        if (value != null && preset == null) {
            throw new UsageException(
                    option + " " + value + ": " + network.title() + " has no such option");
        }
    }

    private static void most(String option, int value) {
        if (value > MOST_FILTERS) {
            throw new UsageException(option + " " + value + ": must be at most " + MOST_FILTERS);
        }
    }

    private static void positive(String option, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new UsageException(option + " " + Texts.number(value) + ": must be above 0");
        }
    }

    private static void notNegative(String option, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new UsageException(
                    option + " " + Texts.number(value) + ": must be 0 (off) or above");
        }
    }

    private static void below(String low, double from, String high, double to) {
        if (!(from < to)) {
            throw new UsageException(
                    String.format(
                            "%s %s must be below %s %s",
                            low, Texts.number(from), high, Texts.number(to)));
        }
    }

    private static void share(String option, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new UsageException(
                    option + " " + Texts.number(value) + ": must be 0 or more and below 1");
        }
    }

    /** Runs to train on and runs to test with; both empty where epochs of one run are split. */
    private List<List<String>> runs() {
        List<String> all = recordings.stream().map(Recording::run).distinct().toList();
        List<String> train = given.trainRuns == null ? List.of() : List.copyOf(given.trainRuns);
        List<String> test = given.testRuns == null ? List.of() : List.copyOf(given.testRuns);
        if (given.trainRuns == null && given.testRuns == null) {
            int tested = all.size() < 2 ? 0 : Math.max(1, Math.round(all.size() / 3f));
            test = all.subList(all.size() - tested, all.size());
            train = tested == 0 ? List.of() : all.subList(0, all.size() - tested);
        } else if (given.testRuns == null) {
            test = without(all, train);
            if (test.isEmpty()) {
                throw new UsageException("--train-runs names every run; none is left to test with");
            }
        } else if (given.trainRuns == null) {
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
        return given.data == null
                ? TrainingData.simulator(given.seed).epoching().labels()
                : Map.of();
    }

    private double defaultStart() {
        return given.data == null ? TrainingData.simulator(given.seed).epoching().tmin() : 0;
    }

    private double defaultEnd() {
        if (given.data == null) {
            return TrainingData.simulator(given.seed).epoching().tmax();
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
                boolean used =
                        given.labels == null
                                ? !EpochExtractor.isRest(event.label())
                                : given.labels.containsKey(event.label());
                if (used && length > 0) {
                    shortest = Math.min(shortest, length);
                }
            }
        }
        return Math.max(0.1, Math.floor(shortest * 10) / 10);
    }
}
