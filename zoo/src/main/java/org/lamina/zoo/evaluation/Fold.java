package org.lamina.zoo.evaluation;

import java.io.Serializable;

/**
 * One part of the epochs, to test with, and the others, to train on.
 *
 * @param name for people: the run, session or person that is tested with, or a number
 * @param train positions of the epochs to train on, ascending
 * @param test positions of the epochs to test with, ascending
 */
public record Fold(String name, int[] train, int[] test) implements Serializable {}
