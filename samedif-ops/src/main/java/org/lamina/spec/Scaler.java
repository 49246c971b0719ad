package org.lamina.spec;

/** What the stride of a ConvModern layer does. */
public enum Scaler {
    /** It is the stride of the convolution: the output is smaller. */
    DOWN,
    /** It is an upsampling factor before a convolution with stride 1: the output is larger. */
    UP
}
