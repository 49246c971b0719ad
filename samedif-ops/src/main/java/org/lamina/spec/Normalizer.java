package org.lamina.spec;

/** Normalization of a ConvModern layer. */
public enum Normalizer {
    /** Batch normalization with scale, shift and running statistics. */
    BATCH,
    /** Instance normalization without parameters. */
    INST,
    /** Instance normalization with a scale and a shift for each channel. */
    PINST,
    /** None: convolution with bias, then activation, in either layer order. */
    NULL
}
