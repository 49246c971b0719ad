package org.lamina.spec;

/** How a ConvModern layer activates. */
public enum Activator {
    /** A rectifier with a learned slope for each channel. */
    PRELU,
    /** A rectifier. */
    RELU,
    /** Not at all. */
    NULL
}
