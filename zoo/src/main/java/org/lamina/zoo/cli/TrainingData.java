package org.lamina.zoo.cli;

import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.lamina.arrays.Views;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.NameList;
import org.lamina.zoo.data.epochs.Alignment;
import org.lamina.zoo.data.epochs.EpochExtractor;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.data.epochs.EpochingOptions;
import org.lamina.zoo.data.files.RecordingFolder;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.data.recording.RecordingId;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The epochs of a training run.
 *
 * @param train to learn from
 * @param validation to choose the best epoch with; null if none
 * @param test to measure with
 * @param epoching how they were cut, with channels and labels named
 */
record TrainingData(EpochSet train, EpochSet validation, EpochSet test, EpochingOptions epoching) {
    /** Share of the epochs to test on where there is only one run. */
    static final double TEST_SHARE = 0.25;

    /** The recordings named by the settings, settled or not. */
    static List<Recording> load(EegSettings settings) {
        DataSettings data = settings.data;
        return data.simulated()
                ? simulated(settings, data.runsToRead(), data.channelsToRead())
                : RecordingFolder.open(Path.of(data.folder), data.reading.reader())
                        .load(data.runsToRead(), data.channelsToRead());
    }

    /** Simulated recordings: of these runs, or all if none is named. */
    static List<Recording> simulated(
            EegSettings settings, Collection<String> wanted, List<String> channels) {
        List<Recording> all = settings.data.simulator(settings.seed).recordings();
        List<String> known = all.stream().map(Recording::run).toList();
        List<String> runs = RecordingId.matching(wanted, known);
        for (String run : runs) {
            if (!known.contains(run)) {
                throw new DataException(
                        "No run '%s' in the simulated EEG; available: %s", run, NameList.of(known));
            }
        }
        return all.stream()
                .filter(recording -> runs.isEmpty() || runs.contains(recording.run()))
                .map(recording -> recording.pick(channels))
                .toList();
    }

    /** Cuts and splits. */
    static TrainingData of(EegSettings settings, List<Recording> recordings) {
        EpochSet all = cut(settings, recordings);
        return of(
                settings,
                settings.data.testRuns.isEmpty()
                        ? all.splitStratified(TEST_SHARE, settings.seed)
                        : all.splitByRun(settings.data.trainRuns, settings.data.testRuns));
    }

    /** The epochs of all recordings. */
    static EpochSet cut(EegSettings settings, List<Recording> recordings) {
        EpochSet all = EpochExtractor.extract(recordings, settings.data.epoching());
        if (settings.network.kernelLength > all.samples()) {
            throw new UsageException(
                    "--kernel-length %d is longer than the epoch, which has %d samples",
                    settings.network.kernelLength, all.samples());
        }
        return all;
    }

    /**
     * Aligns training and test epochs separately and takes the validation set from the training
     * epochs.
     */
    static TrainingData of(EegSettings settings, EpochSet.Split split) {
        Alignment alignment = settings.data.epoching().alignment();
        EpochSet train = alignment.apply(split.train());
        EpochSet test = alignment.apply(split.test());
        int[] counts = train.classCounts();
        for (int k = 0; k < counts.length; k++) {
            if (counts[k] == 0) {
                throw new DataException(
                        "No epoch of class '%s' to train on; it occurs in the test runs"
                                + " only (%s)",
                        train.classNames().get(k), NameList.of(new TreeSet<>(test.runs())));
            }
        }
        EpochSet validation = null;
        if (settings.validation > 0) {
            EpochSet.Split inner = train.splitStratified(settings.validation, settings.seed);
            train = inner.train();
            validation = inner.test();
        }
        return new TrainingData(train, validation, test, named(settings, train));
    }

    /** Channels and labels by name, so that a model asks the next recording for the same ones. */
    private static EpochingOptions named(EegSettings settings, EpochSet all) {
        Map<String, String> labels = new LinkedHashMap<>(settings.data.labels);
        if (labels.isEmpty()) {
            all.classNames().forEach(name -> labels.put(name, name));
        }
        return settings.data.epoching().toBuilder().channels(all.channels()).labels(labels).build();
    }

    /** What was trained on, in a sentence. */
    static String describe(EegSettings settings, EpochSet train) {
        return describe(settings, train.channels().size(), train.samplingRate(), train.samples());
    }

    static String describe(EegSettings settings, int channels, double rate, int samples) {
        return String.format(
                Locale.ROOT,
                "%s, %d channels, %s Hz, epochs of %s to %s s (%d samples)",
                settings.data.simulated()
                        ? "simulated EEG (no recording of a person)"
                        : "recordings in " + Path.of(settings.data.folder).getFileName(),
                channels,
                Texts.number(rate),
                Texts.number(settings.data.tmin),
                Texts.number(settings.data.tmax),
                samples);
    }

    /** A checksum of training, validation and test data. */
    long fingerprint() {
        return validation == null ? fingerprint(train, test) : fingerprint(train, validation, test);
    }

    /** A checksum of epochs. */
    static long fingerprint(EpochSet... sets) {
        CRC32 crc = new CRC32();
        for (EpochSet set : sets) {
            add(set, crc);
        }
        return crc.getValue();
    }

    private static void add(EpochSet set, CRC32 crc) {
        for (int label : set.classes()) {
            crc.update(label);
        }
        INDArray features = set.features();
        for (int i = 0; i < set.size(); i++) {
            for (float value : Views.at(features, i).dup('c').data().asFloat()) {
                int bits = Float.floatToIntBits(value);
                crc.update(bits);
                crc.update(bits >>> 8);
                crc.update(bits >>> 16);
                crc.update(bits >>> 24);
            }
        }
    }
}
