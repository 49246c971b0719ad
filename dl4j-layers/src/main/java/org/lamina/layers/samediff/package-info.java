/**
 * The SameDiff form of the layers: DL4J configurations whose forward pass is a SameDiff graph built
 * from the graph functions of {@code org.lamina.samediff.ops}, and their implementations.
 * Hyperparameters, parameters and numbers are those of the native form.
 */
package org.lamina.layers.samediff;
