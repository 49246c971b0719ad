/** Activation functions that DL4J 1.0.0-M2.1 has wrong. */
package org.lamina.layers.activations;
