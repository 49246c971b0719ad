package org.lamina.zoo.data.reader;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoublePredicate;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.data.recording.SampleSource;

/** Discontinuities of a recording: missing samples, and starts of new runs or segments. */
public final class Gaps {
    private static final int BLOCK = 1 << 16;
    private static final int MOST_PIECES = 10_000;

    private final int length;
    private final BitSet missing = new BitSet();
    private final BitSet borders = new BitSet();

    /**
     * @param length samples of the recording
     */
    public Gaps(int length) {
        this.length = length;
    }

    /**
     * Marks samples as missing where all channels are beyond the range of their converters.
     *
     * @param samples of at least one channel
     * @param overflows for each channel, whether a stored value is beyond the range
     */
    public void addOverflows(FileSamples samples, List<DoublePredicate> overflows) {
        BitSet all = new BitSet();
        all.set(0, length);
        for (int row = 0; row < overflows.size(); row++) {
            DoublePredicate overflow = overflows.get(row);
            for (int from = all.nextSetBit(0); from >= 0; ) {
                int first = from;
                int count = Math.min(BLOCK, length - first);
                samples.eachStored(
                        row,
                        first,
                        count,
                        (i, stored) -> {
                            if (!overflow.test(stored)) {
                                all.clear(first + i);
                            }
                        });
                from = all.nextSetBit(first + count);
            }
        }
        missing.or(all);
    }

    /**
     * Marks samples as missing where a channel is not a finite float.
     *
     * @param samples of the channels that are read
     */
    public void addNotNumbers(FileSamples samples) {
        for (int row = 0; row < samples.rows().size(); row++) {
            if (!samples.rows().get(row).type().isInteger()) {
                addNotNumbers(samples, row);
            }
        }
    }

    /**
     * Marks samples as missing where a channel is not a finite float.
     *
     * @param samples of the recording
     * @param row index of the channel
     */
    public void addNotNumbers(SampleSource samples, int row) {
        float[] block = new float[Math.min(BLOCK, length)];
        for (int from = 0; from < length; ) {
            int count = Math.min(BLOCK, length - from);
            samples.copy(row, from, block, 0, count);
            for (int i = 0; i < count; i++) {
                if (!Float.isFinite(block[i])) {
                    missing.set(from + i);
                }
            }
            from += count;
        }
    }

    /**
     * Marks a discontinuity without missing samples.
     *
     * @param sample the first one after it
     */
    public void addBorder(double sample) {
        if (sample > 0 && sample < length) {
            borders.set((int) sample);
        }
    }

    /**
     * @param whole the recording with its gaps
     * @param notes receives sentences about gaps and breaks
     * @return the pieces between them
     * @throws DataException if there are none or too many
     */
    public List<Recording> cut(Recording whole, Consumer<String> notes) {
        if (missing.cardinality() == length) {
            throw new DataException(
                    "%s: all samples are missing (not a number, or at the digital limits in all"
                            + " channels)",
                    whole.name());
        }
        List<int[]> pieces = new ArrayList<>();
        for (int from = missing.nextClearBit(0); from < length; ) {
            int to = Math.min(next(missing, from), next(borders, from + 1));
            pieces.add(new int[] {from, to});
            from = missing.nextClearBit(to);
            if (pieces.size() > MOST_PIECES) {
                throw new DataException(
                        "%s: more than %s gaps or breaks", whole.name(), MOST_PIECES);
            }
        }
        if (!missing.isEmpty()) {
            notes.accept(
                    String.format(
                            "%d samples are missing (not a number, or at the digital limits in all"
                                    + " channels); no epoch is cut across a gap",
                            missing.cardinality()));
        }
        if (!borders.isEmpty()) {
            notes.accept(
                    String.format(
                            "breaks (new runs or segments) in %d places; no epoch is cut across"
                                    + " one",
                            borders.cardinality()));
        }
        return pieces.size() == 1 && missing.isEmpty()
                ? List.of(whole)
                : pieces.stream().map(piece -> whole.slice(piece[0], piece[1])).toList();
    }

    private int next(BitSet set, int from) {
        int next = set.nextSetBit(from);
        return next < 0 ? length : next;
    }
}
