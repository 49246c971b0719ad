/**
 * Activation functions that DL4J 1.0.0-M2.1 lacks or has wrong. Each works in any DL4J
 * configuration and, through {@link org.lamina.samediff.ops.ActivationOps}, in a graph.
 *
 * <p>As DL4J demands, {@code getActivation} writes its result over the array it is given: some of
 * DL4J's layers, LSTM among them, use that array and drop what is returned.
 */
package org.lamina.activations;
