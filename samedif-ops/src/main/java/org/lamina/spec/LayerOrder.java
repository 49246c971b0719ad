package org.lamina.spec;

/** The order of a ConvModern layer's parts. */
public enum LayerOrder {
    /** Normalization, activation, convolution (pre-activation). */
    NEW,
    /** Convolution, normalization, activation. */
    OLD
}
