package org.lamina.spec;

/** What the stride of a ConvModern layer does. */
public enum Scaler {
    /** The convolution strides: a smaller output. */
    DOWN,
    /** The input is upsampled by it before a convolution with stride 1: a larger output. */
    UP
}
