package org.lamina.zoo.data.gdf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.reader.FileSamples;

/**
 * The event table, which follows the data records: a mode (1; 3 with channels and durations),
 * number and sampling rate, then the columns.
 *
 * @param rate sampling rate of the positions in Hz; 0 if the table gives none
 * @param list sorted by position
 */
record GdfEvents(double rate, List<GdfEvent> list) {
    /**
     * @param position of its first sample, counted from 0
     * @param code of the event
     * @param duration samples, -1 if unknown
     */
    record GdfEvent(long position, int code, long duration) {}

    private static final int MOST = 1_000_000;
    private static final int WITH_DURATION = 3;

    /** Bit of a code that marks the end of an event in tables without durations. */
    private static final int END = 0x8000;

    /** The "event" is a sample of a sparse channel. */
    private static final int SPARSE_SAMPLE = 0x7FFF;

    /** Before this version, number and rate are swapped. */
    private static final double NUMBER_FIRST = 1.94;

    /** The table is invalid, but the samples can be read. */
    static final class DamagedException extends Exception {
        private static final long serialVersionUID = 1L;

        DamagedException(String problem) {
            super(problem);
        }
    }

    /**
     * @param file of that version
     * @param start position of the table
     * @param name of the file, for errors
     */
    static GdfEvents read(FileChannel file, long start, double version, String name)
            throws IOException, DamagedException {
        long rest = file.size() - start;
        if (rest <= 0) {
            return new GdfEvents(0, List.of());
        }
        if (rest < 8) {
            throw new DamagedException("the event table is truncated");
        }
        ByteBuffer head = FileSamples.bytes(file, start, 8);
        int mode = head.get(0);
        int first = head.getInt(0) >>> 8;
        double rate = version < NUMBER_FIRST ? first : head.getFloat(4);
        long count = version < NUMBER_FIRST ? Integer.toUnsignedLong(head.getInt(4)) : first;
        if (mode != 1 && mode != WITH_DURATION) {
            throw new DamagedException("the event table has mode " + mode + "; it must be 1 or 3");
        }
        if (!(rate >= 0) || Double.isInfinite(rate)) {
            throw new DamagedException("the sampling rate of the event table is " + rate + " Hz");
        }
        long needed = count * (mode == WITH_DURATION ? 12 : 6);
        if (rest - 8 < needed) {
            throw new DamagedException(
                    String.format(
                            "the event table is truncated: %d bytes for %d events, which need %d",
                            rest - 8, count, needed));
        }
        if (count > MOST) {
            throw new DataException("%s: %d events; at most %d can be read", name, count, MOST);
        }
        return new GdfEvents(
                rate, columns(FileSamples.bytes(file, start + 8, (int) needed), (int) count, mode));
    }

    private static List<GdfEvent> columns(ByteBuffer table, int count, int mode) {
        List<GdfEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            // Stored positions count from 1
            long position = Math.max(0, Integer.toUnsignedLong(table.getInt(4 * i)) - 1);
            int code = Short.toUnsignedInt(table.getShort(4 * count + 2 * i));
            long duration =
                    mode == WITH_DURATION
                            ? Integer.toUnsignedLong(table.getInt(8 * count + 4 * i))
                            : -1;
            if (code != SPARSE_SAMPLE) {
                events.add(new GdfEvent(position, code, duration));
            }
        }
        events.sort(Comparator.comparingLong(GdfEvent::position));
        return mode == WITH_DURATION ? events : paired(events);
    }

    /** Turns end marks into durations of the last event with that code. */
    private static List<GdfEvent> paired(List<GdfEvent> events) {
        Map<Integer, Integer> begun = new HashMap<>();
        List<GdfEvent> paired = new ArrayList<>();
        for (GdfEvent event : events) {
            Integer start = begun.remove(event.code() & ~END);
            if ((event.code() & END) != 0 && start != null) {
                GdfEvent before = paired.get(start);
                paired.set(
                        start,
                        new GdfEvent(
                                before.position(),
                                before.code(),
                                event.position() - before.position()));
            } else {
                begun.put(event.code(), paired.size());
                paired.add(event);
            }
        }
        return paired;
    }
}
