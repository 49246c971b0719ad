/**
 * The command line: {@link org.lamina.zoo.cli.Main} runs one command a class. Options become a
 * {@link org.lamina.zoo.cli.Settings}, data a {@link org.lamina.zoo.cli.TrainingData}; the work is
 * done by {@code org.lamina.zoo.training} and {@code org.lamina.zoo.report}.
 */
package org.lamina.zoo.cli;
