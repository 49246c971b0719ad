package org.lamina.zoo.summary;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.lamina.spec.Window;

/**
 * Which positions of a network's input each position of an array within it depends on, one spatial
 * dimension at a time, through convolutions, poolings and upsampling. Dependence through statistics
 * over all positions (instance normalization, squeeze and excitation) does not count.
 *
 * @param first by dimension and position, the first position of the input
 * @param last by dimension and position, the last position of the input
 */
public record ReceptiveField(long[][] first, long[][] last) {

    /** The receptive field of the input itself. */
    public static ReceptiveField ofInput(long... size) {
        long[][] positions =
                Arrays.stream(size)
                        .mapToObj(n -> LongStream.range(0, n).toArray())
                        .toArray(long[][]::new);
        return new ReceptiveField(positions, positions);
    }

    /** Number of spatial dimensions. */
    public int rank() {
        return first.length;
    }

    /** Largest number of input positions that one position depends on, by dimension. */
    public long[] size() {
        return IntStream.range(0, rank())
                .mapToLong(
                        d ->
                                IntStream.range(0, first[d].length)
                                        .mapToLong(p -> last[d][p] - first[d][p] + 1)
                                        .max()
                                        .orElse(0))
                .toArray();
    }

    /** After a layer that sees its input through a window. */
    ReceptiveField through(Window window) {
        long[][] from = new long[rank()][];
        long[][] to = new long[rank()][];
        for (int d = 0; d < rank(); d++) {
            int inputs = first[d].length;
            int outputs = (int) window.outputLength(d, inputs);
            from[d] = new long[outputs];
            to[d] = new long[outputs];
            for (int p = 0; p < outputs; p++) {
                long[] seen = window.seen(d, inputs, p);
                from[d][p] = Long.MAX_VALUE;
                to[d][p] = -1;
                for (long position : seen) {
                    from[d][p] = Math.min(from[d][p], first[d][(int) position]);
                    to[d][p] = Math.max(to[d][p], last[d][(int) position]);
                }
                if (seen.length == 0) { // padding only
                    from[d][p] = 0;
                }
            }
        }
        return new ReceptiveField(from, to);
    }

    /** The union, of arrays that are concatenated or added. */
    ReceptiveField with(ReceptiveField other) {
        long[][] from = new long[rank()][];
        long[][] to = new long[rank()][];
        for (int d = 0; d < rank(); d++) {
            int dimension = d;
            from[d] = new long[first[d].length];
            to[d] = new long[first[d].length];
            Arrays.setAll(from[d], p -> Math.min(first[dimension][p], other.first[dimension][p]));
            Arrays.setAll(to[d], p -> Math.max(last[dimension][p], other.last[dimension][p]));
        }
        return new ReceptiveField(from, to);
    }

    /** Windows of a DL4J pooling or cropping layer, separate for each dimension. */
    record Pool(int[] kernel, int[] stride, int[] padding, long[] output) implements Window {
        @Override
        public int rank() {
            return kernel.length;
        }

        @Override
        public long outputLength(int dimension, long inputSize) {
            return output[dimension];
        }

        @Override
        public long[] seen(int dimension, long inputSize, long position) {
            long start = position * stride[dimension] - padding[dimension];
            return LongStream.range(
                            Math.max(0, start), Math.min(inputSize, start + kernel[dimension]))
                    .toArray();
        }
    }
}
