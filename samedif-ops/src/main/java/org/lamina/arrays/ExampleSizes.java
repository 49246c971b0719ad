package org.lamina.arrays;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The actual sizes of the examples of a padded minibatch: along each dimension, up to the last
 * unmasked position.
 *
 * @param sizes {@code [examples][spatial dimensions]}; 0 for a fully masked example
 */
public record ExampleSizes(long[][] sizes) {

    /**
     * The sizes under a mask.
     *
     * @param mask {@code [N, 1, spatial...]}, or null
     * @return the sizes, or null if all examples are as large as the mask
     */
    public static ExampleSizes of(INDArray mask) {
        if (mask == null) {
            return null;
        }
        long[] spatial = Arrays.copyOfRange(mask.shape(), 2, mask.rank());
        float[] values = mask.castTo(DataType.FLOAT).dup('c').data().asFloat();
        ExampleSizes own = of(values, (int) mask.size(0), spatial);
        return own.areAll(spatial) ? null : own;
    }

    /** As {@link #of(INDArray)}; the mask's values in 'c' order. */
    static ExampleSizes of(float[] mask, int examples, long... spatial) {
        long[][] sizes = new long[examples][spatial.length];
        int positions = examples == 0 ? 0 : mask.length / examples;
        for (int i = 0; i < mask.length; i++) {
            if (mask[i] != 0) {
                long[] own = sizes[i / positions];
                long rest = i % positions;
                for (int d = spatial.length - 1; d >= 0; d--) {
                    own[d] = Math.max(own[d], rest % spatial[d] + 1);
                    rest /= spatial[d];
                }
            }
        }
        return new ExampleSizes(sizes);
    }

    /** Maps the size of a dimension to that of another array's. */
    @FunctionalInterface
    public interface SizeFunction {
        long of(int dimension, long size);
    }

    /** The sizes after a function has been applied; an empty example stays empty. */
    public ExampleSizes map(SizeFunction function) {
        long[][] mapped = new long[sizes.length][];
        for (int n = 0; n < sizes.length; n++) {
            long[] size = sizes[n].clone();
            boolean isEmpty = Arrays.stream(size).anyMatch(s -> s == 0);
            for (int d = 0; d < size.length; d++) {
                size[d] = isEmpty ? 0 : Math.max(0, function.of(d, size[d]));
            }
            mapped[n] = size;
        }
        return new ExampleSizes(mapped);
    }

    private boolean areAll(long[] size) {
        return Arrays.stream(sizes).allMatch(own -> Arrays.equals(own, size));
    }
}
