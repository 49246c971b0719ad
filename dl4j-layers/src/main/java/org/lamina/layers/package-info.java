/**
 * Native layers: each is a DL4J configuration and an implementation that runs the kernels of {@code
 * org.lamina.kernels}. Only configurations are public. {@link
 * org.lamina.layers.base.AbstractSpecLayer} derives everything it can from a layer's spec; a layer
 * adds its documentation and its builder.
 */
package org.lamina.layers;
