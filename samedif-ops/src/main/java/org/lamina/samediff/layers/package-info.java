/**
 * The SameDiff form of the layers: DL4J layer configurations whose forward pass is a SameDiff graph
 * built from {@link org.lamina.samediff.ops}. Same hyperparameters, same parameters, same numbers
 * as the native form.
 */
package org.lamina.samediff.layers;
