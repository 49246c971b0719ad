package org.lamina.spec;

/** Activation of a ConvModern layer. */
public enum Activator {
    /** PReLU with a learned slope per channel. */
    PRELU,
    /** ReLU. */
    RELU,
    /** None. */
    NULL
}
