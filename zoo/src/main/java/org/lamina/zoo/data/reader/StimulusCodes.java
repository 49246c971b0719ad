package org.lamina.zoo.data.reader;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;
import org.lamina.zoo.data.recording.Event;

/**
 * Codes of a stimulus channel as runs of equal values, which may span data records. Each run of a
 * code other than the resting value is an event, except a run at the beginning of the file, whose
 * onset is unknown.
 *
 * <p>The resting value is the one that the channel returns to between codes: 0 if it occurs. With
 * pins that are always high it is a different one: the value of more than half of the samples and
 * at least a third of the runs; bits that it shares with all codes are removed from them. If codes
 * are held until the next one, there is no resting value, and every change is an event.
 */
public final class StimulusCodes {
    private static final int CODE = 0xFFFF;
    private static final int LOW_BYTE = 0xFF;
    private static final int MOST_CODES = 1000;
    private static final int MOST_RUNS = 1_000_000;

    private long[] starts = new long[1024];
    private int[] values = new int[1024];
    private int runs;
    private long samples;
    private final Map<Integer, long[]> samplesAndRuns = new HashMap<>();
    private long[] current;

    /**
     * Adds the next sample.
     *
     * @param value stored value
     * @return false if these are not codes because there are too many different values or too many
     *     changes
     */
    public boolean add(int value) {
        if (runs == 0 || value != values[runs - 1]) {
            if (runs == MOST_RUNS
                    || (samplesAndRuns.size() == MOST_CODES
                            && !samplesAndRuns.containsKey(value))) {
                return false;
            }
            if (runs == starts.length) {
                starts = Arrays.copyOf(starts, 2 * runs);
                values = Arrays.copyOf(values, 2 * runs);
            }
            starts[runs] = samples;
            values[runs++] = value;
            current = samplesAndRuns.computeIfAbsent(value, v -> new long[2]);
            current[1]++;
        }
        current[0]++;
        samples++;
        return true;
    }

    /**
     * Replaces stored values by the physical ones if those are whole numbers, and keeps the lower
     * 16 bits.
     *
     * @param toPhysical the scale
     */
    public void scale(IntToDoubleFunction toPhysical) {
        boolean whole =
                samplesAndRuns.keySet().stream()
                        .mapToDouble(toPhysical::applyAsDouble)
                        .allMatch(v -> Math.abs(v - Math.rint(v)) < 1e-3);
        IntUnaryOperator code =
                whole
                        ? stored -> (int) Math.rint(toPhysical.applyAsDouble(stored)) & CODE
                        : stored -> stored & CODE;
        for (int i = 0; i < runs; i++) {
            values[i] = code.applyAsInt(values[i]);
        }
        Map<Integer, long[]> scaled = new HashMap<>();
        samplesAndRuns.forEach(
                (stored, counts) ->
                        scaled.merge(
                                code.applyAsInt(stored),
                                counts,
                                (a, b) -> new long[] {a[0] + b[0], a[1] + b[1]}));
        samplesAndRuns.clear();
        samplesAndRuns.putAll(scaled);
    }

    /** No codes yet. */
    public StimulusCodes() {}

    /**
     * @return the resting value, -1 if there is none
     */
    public int rest() {
        int most = -1;
        for (int code : samplesAndRuns.keySet()) {
            if (code != 0 && (most < 0 || samplesOf(code) > samplesOf(most))) {
                most = code;
            }
        }
        boolean shared = most >= 0 && isShared(most);
        if (samplesAndRuns.containsKey(0)) {
            return shared && (most & LOW_BYTE) == 0 && 2 * samplesOf(most) > samples ? most : 0;
        }
        return most >= 0
                        && 2 * samplesOf(most) > samples
                        && 3 * samplesAndRuns.get(most)[1] >= runs
                        && (samplesAndRuns.size() > 2 || shared)
                ? most
                : -1;
    }

    private long samplesOf(int code) {
        return samplesAndRuns.get(code)[0];
    }

    /** Whether all bits of a code are set in every other code except 0. */
    private boolean isShared(int bits) {
        return samplesAndRuns.keySet().stream().allMatch(c -> c == 0 || (c & bits) == bits);
    }

    /**
     * @param from first sample of a continuous piece
     * @param to sample after the last
     * @param rate in Hz
     * @return events of that piece, with onsets relative to its beginning
     */
    public List<Event> events(long from, long to, double rate) {
        int rest = rest();
        int strip = rest > 0 && isShared(rest) ? rest : 0;
        List<Event> events = new ArrayList<>();
        for (int i = 1; i < runs; i++) {
            int code = values[i];
            if (starts[i] > from && starts[i] < to && code != rest && code != 0) {
                events.add(
                        new Event(
                                (starts[i] - from) / rate,
                                Double.NaN,
                                Integer.toString(code & ~strip)));
            }
        }
        return events;
    }
}
