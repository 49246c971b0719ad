package org.lamina.zoo.data.epochs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.NameList;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;

/**
 * Filters recordings and cuts an epoch around each event of a class. An epoch starts at the sample
 * nearest to onset + tmin and has the number of samples nearest to (tmax - tmin) times the sampling
 * rate. Epochs that extend beyond their recording, overlap a bad interval (see {@link Event#isBad})
 * or exceed the amplitude limit are dropped, and their numbers are logged.
 */
public final class EpochExtractor {
    private static final Set<String> REST = Set.of("t0", "rest");

    /** With more labels than this, they are comments, not classes. */
    private static final int MOST_CLASSES = 1000;

    private EpochExtractor() {}

    /**
     * Selects channels, re-references, filters, resamples and standardizes.
     *
     * @param recording as read
     * @param options of which those for the continuous recording apply
     * @return the recording from which epochs are cut
     * @throws DataException if a channel is unknown or the band exceeds half the sampling rate
     */
    public static Recording preprocess(Recording recording, EpochingOptions options) {
        return new Preprocessor(recording, options).result();
    }

    /**
     * Cuts labelled epochs.
     *
     * @param recordings with the same channels (after selection) and, unless resampled, the same
     *     rate
     * @param options how to filter and cut
     * @return the epochs of all recordings, in their order
     * @throws DataException if the recordings are incompatible, there are no events, fewer than two
     *     classes, or no epoch is left
     */
    public static EpochSet extract(List<Recording> recordings, EpochingOptions options) {
        return extract(recordings, options, true);
    }

    /**
     * Cuts labelled epochs for the evaluation of a model: like {@link #extract}, but some of the
     * labels may be missing, so that a class has no epochs.
     *
     * @param recordings with the same channels (after selection) and, unless resampled, the same
     *     rate
     * @param options how the epochs of the model are cut, with labels
     * @return the epochs of all recordings, in their order, with the names of all classes
     * @throws DataException as {@link #extract}, and if none of the labels exists
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
        EpochCollector collector = new EpochCollector(options, classOf, classNames);
        for (Recording recording : recordings) {
            collector.add(recording);
        }
        return collector.finish(nameOf(recordings));
    }

    /**
     * Fixes channels and labels, so that {@link #extractFile} can process the files of a large set
     * one at a time, on several machines.
     *
     * @param recordings the whole set; samples are not needed, only rate, channels and events
     * @param options how to filter and cut
     * @return the same options with all channels and labels named
     * @throws DataException as {@link #extract}, as far as it can be determined without samples
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
     * @return its epochs, with the classes of the whole set; empty if there are none
     */
    public static Optional<EpochSet> extractFile(List<Recording> pieces, EpochingOptions options) {
        Map<String, String> classOf = options.labels();
        EpochCollector collector =
                new EpochCollector(
                        options, classOf, new ArrayList<>(new LinkedHashSet<>(classOf.values())));
        for (Recording piece : pieces) {
            collector.add(piece);
        }
        return collector.isEmpty()
                ? Optional.empty()
                : Optional.of(collector.finish(nameOf(pieces)));
    }

    static boolean isTooShort(Recording recording, EpochingOptions options) {
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
                    "%s: no events: no annotations, no stimulus channel, and no marker column (in"
                            + " CSV files, --marker-column)",
                    nameOf(recordings));
        }
        Map<String, String> classOf = new LinkedHashMap<>();
        if (options.labels().isEmpty()) {
            if (found.size() > MOST_CLASSES) {
                throw new DataException(
                        "%s: %d different events are too many to be classes; select some"
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
                        "%s: only rest, rejected events and bad intervals (%s), which are classes"
                                + " only if --labels names them",
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
     * @return whether it is a class by default: all except rest ({@code T0}, {@code rest}),
     *     rejected events and bad intervals are
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
        return NameList.first(recordings.stream().map(Recording::name).toList());
    }

    static void checkFits(Recording first, Recording other) {
        if (!Recording.sameRate(first.samplingRate(), other.samplingRate())) {
            throw new DataException(
                    "Sampling rates differ: %s has %s Hz, %s has %s Hz; resample (--resample)",
                    first.name(), first.samplingRate(), other.name(), other.samplingRate());
        }
        if (!canonical(first).equals(canonical(other))) {
            throw new DataException(
                    "Channels differ: %s has %s; %s has %s; select common ones (--channels)",
                    first.name(),
                    NameList.of(first.channels()),
                    other.name(),
                    NameList.of(other.channels()));
        }
    }

    private static List<String> canonical(Recording recording) {
        return recording.channels().stream().map(Recording::canonical).toList();
    }
}
