/**
 * The command line: {@link org.lamina.zoo.cli.Main} runs the commands, each of which is a class.
 * Switches become {@link org.lamina.zoo.cli.Settings}, data {@link
 * org.lamina.zoo.cli.TrainingData}; {@code org.lamina.zoo.training} and {@code
 * org.lamina.zoo.report} do the work.
 */
package org.lamina.zoo.cli;
