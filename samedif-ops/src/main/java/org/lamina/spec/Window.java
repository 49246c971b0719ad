package org.lamina.spec;

/**
 * Which positions of its input a layer sees from a position of its output, one spatial dimension at
 * a time.
 */
public interface Window {

    /** Number of spatial dimensions. */
    int rank();

    /**
     * Size of the output along one dimension.
     *
     * @param inputSize size of the input along it
     */
    long outputLength(int dimension, long inputSize);

    /**
     * The positions of the input that are seen from a position of the output; positions outside the
     * input (padding) are left out.
     *
     * @param inputSize size of the input along the dimension
     * @param position position of the output, below {@link #outputLength(int, long)}
     */
    long[] seen(int dimension, long inputSize, long position);
}
