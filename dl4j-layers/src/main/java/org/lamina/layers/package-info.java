/**
 * Native layers: each a DL4J configuration, which users put into a network, and its implementation,
 * which runs the kernels of {@code org.lamina.kernels}. Only configurations are public. {@link
 * org.lamina.layers.base.AbstractSpecLayer} has all that follows from a layer's spec; a layer adds
 * its documentation and its builder.
 */
package org.lamina.layers;
