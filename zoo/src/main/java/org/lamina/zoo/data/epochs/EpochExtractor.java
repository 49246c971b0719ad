package org.lamina.zoo.data.epochs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.NameList;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.data.recording.RecordingId;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Filters recordings and cuts an epoch around each event that belongs to a class. An epoch starts
 * at the sample nearest to onset + tmin and has the number of samples nearest to (tmax - tmin)
 * times the sampling rate. Epochs that reach beyond their recording, overlap a bad interval (see
 * {@link Event#isBad}) or exceed the amplitude limit are dropped; the log says how many.
 */
public final class EpochExtractor {
    private static final Logger log = LoggerFactory.getLogger(EpochExtractor.class);
    private static final Set<String> REST = Set.of("t0", "rest");

    /** More labels than this are comments, not classes. */
    private static final int MOST_CLASSES = 1000;

    private EpochExtractor() {}

    /**
     * Selects channels, re-references, filters, resamples and standardizes.
     *
     * @param recording as read
     * @param options of which those about the continuous recording apply
     * @return what epochs are cut from
     * @throws DataException if a channel is unknown or the sampling rate does not allow the band
     */
    public static Recording preprocess(Recording recording, EpochingOptions options) {
        return new Preprocessor(recording, options).result();
    }

    /**
     * Cuts labelled epochs.
     *
     * @param recordings with the same channels (after picking) and, unless resampled, the same rate
     * @param options how to filter and cut
     * @return the epochs of all recordings, in their order
     * @throws DataException if the recordings are incompatible, there are no events, fewer than two
     *     classes, or no epoch is left
     */
    public static EpochSet extract(List<Recording> recordings, EpochingOptions options) {
        return extract(recordings, options, true);
    }

    /**
     * Cuts labelled epochs to evaluate a model on: as {@link #extract}, but some of the labels may
     * be missing, so that a class has no epoch.
     *
     * @param recordings with the same channels (after picking) and, unless resampled, the same rate
     * @param options how the model's epochs are cut, with labels
     * @return the epochs of all recordings, in their order; all classes are named
     * @throws DataException as {@link #extract}, and if none of the labels is there
     */
    public static EpochSet extractAvailable(List<Recording> recordings, EpochingOptions options) {
        return extract(recordings, options, false);
    }

    private static EpochSet extract(
            List<Recording> recordings, EpochingOptions options, boolean all) {
        if (recordings.isEmpty()) {
            throw new DataException("No recordings to cut epochs from");
        }
        Map<String, String> classOf = classOf(recordings, options, all);
        List<String> classNames = classNames(recordings, classOf);
        checkLength(recordings, options);
        Collector collector = new Collector(options, classOf, classNames);
        for (Recording recording : recordings) {
            collector.add(recording);
        }
        return collector.finish(nameOf(recordings));
    }

    /**
     * Fixes channels and labels, so that {@link #extractFile} can process the files of a large set
     * one at a time, on several machines.
     *
     * @param recordings all of the set; no samples are needed, only rate, channels and events
     * @param options how to filter and cut
     * @return the same options with all channels and labels named
     * @throws DataException as {@link #extract}, as far as that can be known without samples
     */
    public static EpochingOptions named(List<Recording> recordings, EpochingOptions options) {
        Map<String, String> classOf = classOf(recordings, options, true);
        classNames(recordings, classOf);
        Recording first = options.referenced(recordings.get(0));
        for (Recording recording : recordings) {
            Recording other = options.referenced(recording);
            checkFits(
                    first,
                    options.resampleHz() > 0
                            ? other.withSamples(
                                    new float[other.channels().size()][0], first.samplingRate())
                            : other);
        }
        return options.toBuilder().channels(first.channels()).labels(classOf).build();
    }

    /**
     * Cuts the epochs of one file of a set.
     *
     * @param pieces the file's recordings
     * @param options for the whole set, from {@link #named}
     * @return its epochs, with the classes of the whole set; empty if none is there
     */
    public static Optional<EpochSet> extractFile(List<Recording> pieces, EpochingOptions options) {
        Map<String, String> classOf = options.labels();
        Collector collector =
                new Collector(
                        options, classOf, new ArrayList<>(new LinkedHashSet<>(classOf.values())));
        for (Recording piece : pieces) {
            collector.add(piece);
        }
        return collector.epochs.isEmpty()
                ? Optional.empty()
                : Optional.of(collector.finish(nameOf(pieces)));
    }

    /** The epochs so far. */
    private static final class Collector {
        private final EpochingOptions options;
        private final Map<String, String> classOf;
        private final List<String> classNames;
        private final List<float[]> epochs = new ArrayList<>();
        private final List<Integer> classes = new ArrayList<>();
        private final List<RecordingId> ids = new ArrayList<>();
        private Recording first;
        private int samples;
        private int outside;
        private int bad;
        private int rejected;

        Collector(EpochingOptions options, Map<String, String> classOf, List<String> classNames) {
            this.options = options;
            this.classOf = classOf;
            this.classNames = classNames;
        }

        void add(Recording raw) {
            List<Event> events =
                    raw.events().stream().filter(e -> classOf.containsKey(e.label())).toList();
            if (isTooShort(raw, options)) {
                // A piece between two gaps may be too short even for the filter
                outside += events.size();
                return;
            }
            Preprocessor preprocessor = new Preprocessor(raw, options);
            Recording recording = preprocessor.summary();
            double rate = recording.samplingRate();
            if (first == null) {
                first = recording;
                samples = samplesOf(rate, options);
            }
            checkFits(first, recording);
            NavigableMap<Double, Double> badUntil = badUntil(raw);
            List<Event> whole = new ArrayList<>();
            List<Integer> starts = new ArrayList<>();
            for (Event event : events) {
                double start = Math.rint((event.onset() + options.tmin()) * rate);
                if (start < 0 || start + samples > preprocessor.length()) {
                    outside++;
                } else if (isBad(badUntil, start / rate, (start + samples) / rate)) {
                    bad++;
                } else {
                    whole.add(event);
                    starts.add((int) start);
                }
            }
            checkSize(epochs.size() + whole.size(), raw);
            float[][] cut =
                    preprocessor.epochs(
                            starts.stream().mapToInt(Integer::intValue).toArray(), samples);
            for (int i = 0; i < cut.length; i++) {
                if (options.rejectMicrovolt() > 0
                        && peakToPeak(cut[i], samples) > options.rejectMicrovolt()) {
                    rejected++;
                    continue;
                }
                epochs.add(cut[i]);
                classes.add(classNames.indexOf(classOf.get(whole.get(i).label())));
                ids.add(recording.id());
            }
        }

        /** By onset of a bad interval, the end of that and all earlier ones. */
        private NavigableMap<Double, Double> badUntil(Recording raw) {
            NavigableMap<Double, Double> badUntil = new TreeMap<>();
            double end = Double.NEGATIVE_INFINITY;
            for (Event event : raw.events()) {
                if (Event.isBad(event.label())
                        && !classOf.containsKey(event.label())
                        && !options.badIntervals()) {
                    end = Math.max(end, event.end());
                    badUntil.put(event.onset(), end);
                }
            }
            return badUntil;
        }

        private static boolean isBad(
                NavigableMap<Double, Double> badUntil, double from, double to) {
            Map.Entry<Double, Double> last = badUntil.lowerEntry(to);
            return last != null && last.getValue() > from;
        }

        /** Before memory is filled with them. */
        private void checkSize(int count, Recording raw) {
            int channels = first.channels().size();
            if ((long) count * channels * samples > Integer.MAX_VALUE - 8) {
                throw new DataException(
                        "%s: %d epochs of %d channels and %d samples so far are too many; fewer"
                                + " channels, a shorter epoch or a lower sampling rate (--channels,"
                                + " --tmax, --resample) need less",
                        raw.name(), count, channels, samples);
            }
        }

        EpochSet finish(String source) {
            String dropped =
                    String.format(
                            Locale.ROOT,
                            "%d reach beyond their recording, %d exceed %s uV, %d overlap a bad"
                                    + " interval",
                            outside,
                            rejected,
                            options.rejectMicrovolt(),
                            bad);
            if (epochs.isEmpty()) {
                throw new DataException("%s: no epoch left: %s", source, dropped);
            }
            if (outside + bad + rejected > 0) {
                log.info("{}: {} epochs kept, {}", source, epochs.size(), dropped);
            }
            int channels = first.channels().size();
            INDArray features =
                    Nd4j.createUninitialized(DataType.FLOAT, epochs.size(), 1, channels, samples);
            for (int i = 0; i < epochs.size(); i++) {
                features.slice(i).assign(Nd4j.create(epochs.get(i), 1, channels, samples));
                // Free the memory of each as it is copied
                epochs.set(i, null);
            }
            return new EpochSet(
                    features,
                    classes.stream().mapToInt(Integer::intValue).toArray(),
                    classNames,
                    ids,
                    first.channels(),
                    first.samplingRate(),
                    first.description());
        }
    }

    private static int samplesOf(double rate, EpochingOptions options) {
        double samples = Math.rint((options.tmax() - options.tmin()) * rate);
        if (samples < 1) {
            throw new DataException(
                    "Epoch from %s to %s s has no sample at %s Hz; it must have at least one",
                    options.tmin(), options.tmax(), rate);
        }
        return (int) samples;
    }

    private static boolean isTooShort(Recording recording, EpochingOptions options) {
        double sample = 1 / recording.samplingRate();
        return recording.seconds() + sample < options.tmax() - options.tmin();
    }

    private static void checkLength(List<Recording> recordings, EpochingOptions options) {
        Recording longest = recordings.get(0);
        for (Recording recording : recordings) {
            longest = recording.seconds() > longest.seconds() ? recording : longest;
        }
        if (isTooShort(longest, options)) {
            throw new DataException(
                    "%s: an epoch from %s to %s s is longer than the recording (%.3f s)",
                    longest.name(), options.tmin(), options.tmax(), longest.seconds());
        }
    }

    private static List<String> classNames(
            List<Recording> recordings, Map<String, String> classOf) {
        List<String> classNames = new ArrayList<>(new LinkedHashSet<>(classOf.values()));
        if (classNames.size() < 2) {
            throw new DataException(
                    "Only one class ('%s'), at least two are needed; event labels in %s: %s",
                    classNames.get(0), nameOf(recordings), NameList.of(labelsIn(recordings)));
        }
        return classNames;
    }

    /** The class of each event label that has one, in class order. */
    private static Map<String, String> classOf(
            List<Recording> recordings, EpochingOptions options, boolean all) {
        Set<String> found = labelsIn(recordings);
        if (found.isEmpty()) {
            throw new DataException(
                    "%s: no events: neither annotations, nor a stimulus channel, nor a marker"
                            + " column (of CSV files, --marker-column)",
                    nameOf(recordings));
        }
        Map<String, String> classOf = new LinkedHashMap<>();
        if (options.labels().isEmpty()) {
            if (found.size() > MOST_CLASSES) {
                throw new DataException(
                        "%s: %d different events are too many to be classes; name those to use"
                                + " (--labels)",
                        nameOf(recordings), found.size());
            }
            for (String label : found) {
                if (isClass(label)) {
                    classOf.put(label, label);
                }
            }
            if (classOf.isEmpty()) {
                throw new DataException(
                        "%s: no events but rest, rejected ones and bad intervals (%s), which are"
                                + " classes if --labels names them",
                        nameOf(recordings), NameList.of(found));
            }
        } else {
            Set<String> missing = new LinkedHashSet<>(options.labels().keySet());
            missing.removeAll(found);
            if (missing.size() == options.labels().size() || (all && !missing.isEmpty())) {
                throw new DataException(
                        "%s: no event '%s'; available: %s",
                        nameOf(recordings),
                        NameList.of(missing, "' or '", "more"),
                        NameList.of(found));
            }
            classOf.putAll(options.labels());
        }
        return classOf;
    }

    /**
     * @param label of an event
     * @return whether it is a class without being named: all are but rest ({@code T0}, {@code
     *     rest}), rejected events and bad intervals
     */
    public static boolean isClass(String label) {
        return !REST.contains(label.strip().toLowerCase(Locale.ROOT))
                && !Event.isRejected(label)
                && !Event.isBad(label);
    }

    private static Set<String> labelsIn(List<Recording> recordings) {
        Set<String> labels = new TreeSet<>();
        for (Recording recording : recordings) {
            for (Event event : recording.events()) {
                labels.add(event.label());
            }
        }
        return labels;
    }

    private static String nameOf(List<Recording> recordings) {
        String first = recordings.get(0).name();
        return recordings.size() == 1 ? first : first + " and " + (recordings.size() - 1) + " more";
    }

    private static void checkFits(Recording first, Recording other) {
        if (!Recording.sameRate(first.samplingRate(), other.samplingRate())) {
            throw new DataException(
                    "Sampling rates differ: %s has %s Hz, %s has %s Hz; resample (--resample)",
                    first.name(), first.samplingRate(), other.name(), other.samplingRate());
        }
        if (!canonical(first).equals(canonical(other))) {
            throw new DataException(
                    "Channels differ: %s has %s; %s has %s; name those to use (--channels)",
                    first.name(),
                    NameList.of(first.channels()),
                    other.name(),
                    NameList.of(other.channels()));
        }
    }

    private static List<String> canonical(Recording recording) {
        return recording.channels().stream().map(Recording::canonical).toList();
    }

    /** Largest range of any channel. */
    private static float peakToPeak(float[] epoch, int samples) {
        float largest = 0;
        for (int c = 0; c < epoch.length; c += samples) {
            float min = epoch[c];
            float max = epoch[c];
            for (int t = c + 1; t < c + samples; t++) {
                min = Math.min(min, epoch[t]);
                max = Math.max(max, epoch[t]);
            }
            largest = Math.max(largest, max - min);
        }
        return largest;
    }
}
