/**
 * Activation functions that DL4J 1.0.0-M2.1 lacks or gets wrong. Each works in any DL4J
 * configuration and, through {@link org.lamina.samediff.ops.ActivationOps}, in a graph.
 *
 * <p>As DL4J requires, {@code getActivation} overwrites its argument: some of DL4J's layers, LSTM
 * among them, use that array and ignore the return value.
 */
package org.lamina.activations;
