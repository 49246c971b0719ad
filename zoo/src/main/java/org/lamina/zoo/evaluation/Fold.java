package org.lamina.zoo.evaluation;

import java.io.Serializable;

/**
 * Test epochs and the remaining epochs, to train on.
 *
 * @param name the run, session or person tested, or a number
 * @param train positions of the epochs to train on, ascending
 * @param test positions of the epochs to test with, ascending
 */
public record Fold(String name, int[] train, int[] test) implements Serializable {}
