package org.lamina.zoo.data.epochs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.data.recording.RecordingId;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cuts epochs from recordings and collects them. */
final class EpochCollector {
    private static final Logger log = LoggerFactory.getLogger(EpochExtractor.class);

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

    EpochCollector(EpochingOptions options, Map<String, String> classOf, List<String> classNames) {
        this.options = options;
        this.classOf = classOf;
        this.classNames = classNames;
    }

    void add(Recording raw) {
        List<Event> events =
                raw.events().stream().filter(e -> classOf.containsKey(e.label())).toList();
        if (EpochExtractor.isTooShort(raw, options)) {
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
        EpochExtractor.checkFits(first, recording);
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
                preprocessor.epochs(starts.stream().mapToInt(Integer::intValue).toArray(), samples);
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

    /** The latest end of a bad interval and all earlier ones, by onset. */
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

    private static boolean isBad(NavigableMap<Double, Double> badUntil, double from, double to) {
        Map.Entry<Double, Double> last = badUntil.lowerEntry(to);
        return last != null && last.getValue() > from;
    }

    /** Fails before memory is exhausted. */
    private void checkSize(int count, Recording raw) {
        int channels = first.channels().size();
        if ((long) count * channels * samples > Integer.MAX_VALUE - 8) {
            throw new DataException(
                    "%s: %d epochs of %d channels and %d samples so far are too many; use fewer"
                        + " channels, shorter epochs or a lower sampling rate (--channels, --tmax,"
                        + " --resample)",
                    raw.name(), count, channels, samples);
        }
    }

    boolean isEmpty() {
        return epochs.isEmpty();
    }

    EpochSet finish(String source) {
        String dropped =
                String.format(
                        Locale.ROOT,
                        "%d extend beyond their recording, %d exceed %s uV, %d overlap a bad"
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
            // Free the memory of each copied epoch
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

    private static int samplesOf(double rate, EpochingOptions options) {
        double samples = Math.rint((options.tmax() - options.tmin()) * rate);
        if (samples < 1) {
            throw new DataException(
                    "Epoch from %s to %s s has no sample at %s Hz",
                    options.tmin(), options.tmax(), rate);
        }
        return (int) samples;
    }

    /** Largest peak-to-peak amplitude of a channel. */
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
