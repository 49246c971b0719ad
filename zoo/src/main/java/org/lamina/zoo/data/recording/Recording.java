package org.lamina.zoo.data.recording;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.NameList;

/**
 * A continuous multichannel recording with one sampling rate and its events. Immutable; samples are
 * returned as copies. A file with gaps becomes several recordings; channels of a file with several
 * sampling rates must be selected so that one rate remains.
 *
 * @param name what errors refer to, usually the file name
 * @param id person, session and run
 * @param description where the samples come from, in words (simulated data says so here)
 * @param start seconds from the first sample of the file to that of this recording; above 0 only
 *     after a gap
 * @param samplingRate in Hz, the same for all channels
 * @param channels one name per row of the samples, unique after {@link #canonical}
 * @param unit of the samples, e.g. {@code uV}
 * @param source of the samples, in memory or in a file
 * @param events sorted by onset
 */
public record Recording(
        String name,
        RecordingId id,
        String description,
        double start,
        double samplingRate,
        List<String> channels,
        String unit,
        SampleSource source,
        List<Event> events)
        implements Serializable {

    /**
     * Copies the lists and sorts the events.
     *
     * @throws DataException if the sampling rate is not a number above 0, or a channel's name is
     *     not unique
     */
    public Recording {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(unit, "unit");
        channels = List.copyOf(channels);
        events = events.stream().sorted(Comparator.comparingDouble(Event::onset)).toList();
        if (!(samplingRate > 0) || Double.isInfinite(samplingRate)) {
            throw new DataException(
                    "%s: sampling rate %s Hz must be above 0 and finite", name, samplingRate);
        }
        Set<String> seen = new LinkedHashSet<>();
        for (String channel : channels) {
            if (!seen.add(canonical(channel))) {
                throw new DataException("%s: two channels are named '%s'", name, channel);
            }
        }
    }

    /**
     * A recording with the identity that its name gives, starting with the file.
     *
     * @param name what errors refer to, usually the file name; gives the {@link RecordingId}
     * @param description where the samples come from, in words
     * @param samplingRate in Hz
     * @param channels one name per row of the samples, unique after {@link #canonical}
     * @param unit of the samples, e.g. {@code uV}
     * @param source of the samples, which stay where they are and are read on demand
     * @param events in any order
     * @throws DataException if these are inconsistent
     */
    public Recording(
            String name,
            String description,
            double samplingRate,
            List<String> channels,
            String unit,
            SampleSource source,
            List<Event> events) {
        this(
                name,
                RecordingId.of(name),
                description,
                0,
                samplingRate,
                channels,
                unit,
                source,
                events);
    }

    /**
     * Like the other constructor, with samples in memory. They are not copied, and the caller must
     * not change them.
     *
     * @param name what errors refer to, usually the file name; gives the {@link RecordingId}
     * @param description where the samples come from, in words
     * @param samplingRate in Hz
     * @param channels one name per row of {@code samples}, unique after {@link #canonical}
     * @param unit of the samples, e.g. {@code uV}
     * @param samples {@code [channels][samples]}, rows of equal length
     * @param events in any order
     * @throws DataException if these are inconsistent
     */
    public Recording(
            String name,
            String description,
            double samplingRate,
            List<String> channels,
            String unit,
            float[][] samples,
            List<Event> events) {
        this(
                name,
                description,
                samplingRate,
                channels,
                unit,
                SampleSource.of(checked(name, channels, samples)),
                events);
    }

    private static float[][] checked(String name, List<String> channels, float[][] samples) {
        if (channels.isEmpty() || channels.size() != samples.length) {
            throw new DataException(
                    "%s: %d channel names for %d rows of samples; the numbers must be equal and at"
                            + " least one",
                    name, channels.size(), samples.length);
        }
        for (int c = 0; c < samples.length; c++) {
            if (samples[c].length != samples[0].length) {
                throw new DataException(
                        "%s: channel %s has %d samples, channel %s has %d; lengths must be equal",
                        name,
                        channels.get(c),
                        samples[c].length,
                        channels.get(0),
                        samples[0].length);
            }
        }
        return samples.clone();
    }

    /**
     * The form in which channel names are compared: lower case, without surrounding spaces and
     * trailing dots (PhysioNet writes {@code Fc5.} and {@code Cz..}).
     *
     * @param channel a channel name
     * @return its canonical form
     */
    public static String canonical(String channel) {
        String trimmed = channel.strip().toLowerCase(Locale.ROOT);
        int end = trimmed.length();
        while (end > 0 && (trimmed.charAt(end - 1) == '.' || trimmed.charAt(end - 1) == ' ')) {
            end--;
        }
        return trimmed.substring(0, end);
    }

    /**
     * Finds channels by name.
     *
     * @param source what errors refer to
     * @param available existing names
     * @param wanted requested names, compared in their {@link #canonical} form
     * @return the index of each requested name in {@code available}
     * @throws DataException if a name is unknown (the message lists those available), or is
     *     requested or exists twice
     */
    public static int[] indicesOf(String source, List<String> available, List<String> wanted) {
        int[] indices = new int[wanted.size()];
        Arrays.fill(indices, -1);
        for (int w = 0; w < indices.length; w++) {
            String key = canonical(wanted.get(w));
            for (int earlier = 0; earlier < w; earlier++) {
                if (canonical(wanted.get(earlier)).equals(key)) {
                    throw new DataException(
                            "%s: channel '%s' is requested twice", source, wanted.get(w));
                }
            }
            for (int a = 0; a < available.size(); a++) {
                if (canonical(available.get(a)).equals(key)) {
                    if (indices[w] >= 0) {
                        throw new DataException(
                                "%s: there are two channels '%s'", source, wanted.get(w));
                    }
                    indices[w] = a;
                }
            }
            if (indices[w] < 0) {
                throw new DataException(
                        "%s: no channel '%s'; available: %s",
                        source, wanted.get(w), NameList.of(available));
            }
        }
        return indices;
    }

    /**
     * Whether two sampling rates are equal up to rounding: rates computed from time stamps or
     * rounded durations may differ in the last digits.
     *
     * @param a in Hz
     * @param b in Hz
     * @return whether their relative difference is below 1e-6
     */
    public static boolean sameRate(double a, double b) {
        return Math.abs(a - b) < 1e-6 * Math.max(a, b);
    }

    /**
     * @return the run within the session, see {@link RecordingId}
     */
    public String run() {
        return id.run();
    }

    /**
     * @param other person, session and run
     * @return this recording with that identity
     */
    public Recording withId(RecordingId other) {
        return new Recording(
                name, other, description, start, samplingRate, channels, unit, source, events);
    }

    /**
     * @param seconds from the first sample of the file to that of this recording
     * @return this recording with that start
     */
    public Recording withStart(double seconds) {
        return new Recording(
                name, id, description, seconds, samplingRate, channels, unit, source, events);
    }

    /**
     * @param others with onsets in seconds after the first sample of this recording
     * @return this recording with those events in place of its own
     */
    public Recording withEvents(List<Event> others) {
        return new Recording(
                name, id, description, start, samplingRate, channels, unit, source, others);
    }

    /**
     * @param newSamples {@code [channels][samples]}, not copied
     * @param newRate sampling rate of {@code newSamples} in Hz
     * @return this recording with other samples, e.g. filtered or resampled ones
     */
    public Recording withSamples(float[][] newSamples, double newRate) {
        return new Recording(
                name,
                id,
                description,
                start,
                newRate,
                channels,
                unit,
                SampleSource.of(checked(name, channels, newSamples)),
                events);
    }

    private Recording withChannels(int[] rows, SampleSource newSource) {
        List<String> names = Arrays.stream(rows).mapToObj(channels::get).toList();
        return new Recording(
                name, id, description, start, samplingRate, names, unit, newSource, events);
    }

    /**
     * @return number of samples of each channel
     */
    public int length() {
        return source.length();
    }

    /**
     * @return length in seconds
     */
    public double seconds() {
        return length() / samplingRate;
    }

    /**
     * @param channel row index
     * @return a copy of that channel's samples
     */
    public float[] samples(int channel) {
        float[] copy = new float[length()];
        source.copy(channel, 0, copy, 0, copy.length);
        return copy;
    }

    /**
     * @param wanted channel names, see {@link #canonical}; an empty list means all
     * @return this recording with only those channels, in that order
     * @throws DataException if one is unknown; the message lists those available
     */
    public Recording pick(List<String> wanted) {
        if (wanted.isEmpty()) {
            return this;
        }
        int[] rows = indicesOf(name, channels, wanted);
        return withChannels(rows, new SampleViews.Rows(source, rows));
    }

    /**
     * @param from first sample
     * @param to sample after the last
     * @return that range with the events in it and its own {@link #start}
     */
    public Recording slice(int from, int to) {
        double offset = from / samplingRate;
        List<Event> within = new ArrayList<>();
        for (Event event : events) {
            double sample = Math.rint(event.onset() * samplingRate);
            if (sample >= from && sample < to || event.spoils(offset, to / samplingRate)) {
                within.add(event.shifted(-offset));
            }
        }
        return new Recording(
                name,
                id,
                description,
                start + offset,
                samplingRate,
                channels,
                unit,
                new SampleViews.Slice(source, from, to - from),
                within);
    }

    /**
     * Re-references channels to the mean of some of them.
     *
     * @param reference channel names, see {@link #canonical}
     * @param leaveOut whether to remove the reference channels
     * @return this recording, with that mean subtracted from every channel
     * @throws DataException if a channel is unknown or none is left
     */
    public Recording rereference(List<String> reference, boolean leaveOut) {
        int[] subtracted = indicesOf(name, channels, reference);
        int[] rows =
                IntStream.range(0, channels.size())
                        .filter(c -> !leaveOut || Arrays.stream(subtracted).noneMatch(r -> r == c))
                        .toArray();
        if (rows.length == 0) {
            throw new DataException(
                    "%s: all channels are part of the reference, so none is left", name);
        }
        return withChannels(rows, new SampleViews.Rereferenced(source, rows, subtracted));
    }

    private Object writeReplace() {
        float[][] rows = new float[channels.size()][];
        for (int c = 0; c < rows.length; c++) {
            rows[c] = samples(c);
        }
        return new Sent(name, id, description, start, samplingRate, channels, unit, rows, events);
    }

    /** The serialized form, which holds the samples themselves. */
    private record Sent(
            String name,
            RecordingId id,
            String description,
            double start,
            double samplingRate,
            List<String> channels,
            String unit,
            float[][] samples,
            List<Event> events)
            implements Serializable {
        private Object readResolve() {
            return new Recording(
                    name,
                    id,
                    description,
                    start,
                    samplingRate,
                    channels,
                    unit,
                    SampleSource.of(samples),
                    events);
        }
    }
}
