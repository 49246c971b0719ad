package org.lamina.zoo.data.reader;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.Event;

/**
 * The data records of an EDF, BDF or GDF file: blocks of equal size and duration, each of which
 * holds a number of consecutive samples of every signal, one signal after the other.
 */
public final class DataRecords {
    private final Path path;
    private final long fileBytes;
    private final Layout layout;
    private final long recordBytes;
    private final long[] offsets;
    private final long count;

    /**
     * What a header says about the data records.
     *
     * @param start position of the first record in the file
     * @param declared number of records, -1 if the header leaves it open
     * @param seconds duration of a record
     * @param signals in the order of their samples in a record
     */
    public record Layout(
            long start, long declared, BigDecimal seconds, List<RecordedSignal> signals) {
        /** Copies the list. */
        public Layout {
            signals = List.copyOf(signals);
        }

        /**
         * @return size of a record in bytes
         */
        public long recordBytes() {
            return signals.stream()
                    .mapToLong(s -> (long) s.samplesPerRecord() * s.type().bytes())
                    .sum();
        }

        /**
         * @param signal one of the signals
         * @return its sampling rate in Hz
         */
        public double rate(RecordedSignal signal) {
            // Decimal, like the header: 1100 samples in 1.1 s are 1000 Hz, not 999.9999999999999
            return BigDecimal.valueOf(signal.samplesPerRecord())
                    .divide(seconds, MathContext.DECIMAL64)
                    .doubleValue();
        }
    }

    /** Trigger codes of a signal. */
    public static final class Triggers {
        private final StimulusCodes codes;
        private final int perRecord;
        private final double rate;

        private Triggers(StimulusCodes codes, int perRecord, double rate) {
            this.codes = codes;
            this.perRecord = perRecord;
            this.rate = rate;
        }

        /**
         * @param from first record of a continuous piece
         * @param to record after its last
         * @return events of that piece, with onsets relative to its beginning
         */
        public List<Event> events(long from, long to) {
            return codes.events(from * perRecord, to * perRecord, rate);
        }
    }

    /**
     * @param path of the file, which must not change while it is used
     * @param fileBytes size of the file
     * @param layout of its records
     * @param tolerance for a file that is truncated or leaves the number of records open
     * @param remedy how such a file is read
     */
    public DataRecords(
            Path path, long fileBytes, Layout layout, Tolerance tolerance, String remedy) {
        this.path = path;
        this.fileBytes = fileBytes;
        this.layout = layout;
        this.recordBytes = layout.recordBytes();
        this.offsets = new long[layout.signals().size()];
        for (int i = 1; i < offsets.length; i++) {
            RecordedSignal before = layout.signals().get(i - 1);
            offsets[i] = offsets[i - 1] + (long) before.samplesPerRecord() * before.type().bytes();
        }
        this.count = count(tolerance, remedy);
    }

    private long count(Tolerance tolerance, String remedy) {
        long bytes = Math.max(0, fileBytes - layout.start());
        long complete = bytes / recordBytes;
        if (layout.declared() >= 0 && complete >= layout.declared()) {
            return layout.declared();
        }
        String problem =
                layout.declared() < 0
                        ? "number of data records left open"
                        : "truncated: " + layout.declared() + " data records declared";
        problem += ", the file has " + complete;
        if (bytes % recordBytes != 0) {
            problem +=
                    " and "
                            + bytes % recordBytes
                            + " more bytes (a record has "
                            + recordBytes
                            + ")";
        }
        tolerance.tolerate(problem, remedy);
        return complete;
    }

    /**
     * @return number of records that can be read
     */
    public long count() {
        return count;
    }

    /**
     * @return number of bytes after the records
     */
    public long bytesAfter() {
        return fileBytes - position(count, 0);
    }

    /**
     * @param record index of a record
     * @param signal index of a signal
     * @return position of that signal's samples in the file
     */
    public long position(long record, int signal) {
        return layout.start() + record * recordBytes + offsets[signal];
    }

    /**
     * @param tolerance for signals without a valid scale
     * @param wanted labels of signals, see {@link ChannelSelection}
     * @param unscaled whether those may be selected, with their stored values
     * @param hasSamples which signals can be selected
     * @return the selected signals
     * @throws DataException as {@link ChannelSelection#of}, or if there are no records
     */
    public ChannelSelection select(
            Tolerance tolerance,
            List<String> wanted,
            boolean unscaled,
            Predicate<RecordedSignal> hasSamples) {
        List<ChannelInfo> channels = new ArrayList<>();
        for (RecordedSignal s : layout.signals()) {
            channels.add(
                    hasSamples.test(s)
                            ? new ChannelInfo(
                                    s.label(),
                                    s.unit(),
                                    layout.rate(s),
                                    s.isStimulus(),
                                    unscaled ? null : s.fault())
                            : null);
        }
        ChannelSelection selection = ChannelSelection.of(tolerance, channels, wanted);
        if (count == 0) {
            throw new DataException("%s: no data records", tolerance.file());
        }
        return selection;
    }

    /**
     * Samples that stay in the file.
     *
     * @param signals indices of signals with equally many samples per record
     * @param scales factors of their physical values
     * @param from first record
     * @param to record after the last
     * @return the samples of these signals
     * @throws DataException if there are more of a signal than a recording can hold
     */
    public FileSamples samples(int[] signals, double[] scales, long from, long to) {
        List<FileSamples.Row> rows = new ArrayList<>();
        for (int i = 0; i < signals.length; i++) {
            RecordedSignal signal = layout.signals().get(signals[i]);
            rows.add(
                    new FileSamples.Row(
                            offsets[signals[i]],
                            signal.samplesPerRecord(),
                            signal.type(),
                            signal.gain(),
                            signal.physicalMin() - signal.digitalMin() * signal.gain(),
                            scales[i]));
        }
        long perRecord = rows.get(0).perRecord();
        long length = (to - from) * perRecord;
        if (length > Integer.MAX_VALUE - 8) {
            throw new DataException(
                    "%s: %d samples per channel; at most %d can be read",
                    path.getFileName(), length, Integer.MAX_VALUE - 8);
        }
        return new FileSamples(
                path, fileBytes, layout.start(), recordBytes, rows, from * perRecord, (int) length);
    }

    /**
     * Trigger codes of the first stimulus channel that has any: the lower 16 bits of the physical
     * values if these are whole numbers, otherwise of the stored ones.
     *
     * @param mask bits of the stored values that are the code, without a scale; 0 to apply the rule
     *     above
     * @param tolerance receives notes on channels without codes
     * @return the codes; empty if no channel has any
     */
    public Optional<Triggers> triggers(int mask, Tolerance tolerance) {
        for (int i = 0; i < offsets.length; i++) {
            RecordedSignal signal = layout.signals().get(i);
            if (!signal.isStimulus() || signal.samplesPerRecord() == 0) {
                continue;
            }
            FileSamples samples = samples(new int[] {i}, new double[] {1}, 0, count);
            StimulusCodes codes = new StimulusCodes();
            boolean[] valid = {true};
            samples.eachStored(
                    0,
                    0,
                    samples.length(),
                    (sample, stored) ->
                            valid[0] =
                                    valid[0]
                                            && codes.add(
                                                    mask == 0
                                                            ? (int) stored
                                                            : (int) stored & mask));
            if (!valid[0]) {
                tolerance.note("values of " + signal.label() + " are too many to be trigger codes");
                continue;
            }
            if (mask == 0) {
                codes.scale(signal::toPhysical);
            }
            Triggers triggers = new Triggers(codes, signal.samplesPerRecord(), layout.rate(signal));
            if (!triggers.events(0, count).isEmpty()) {
                return Optional.of(triggers);
            }
        }
        return Optional.empty();
    }
}
