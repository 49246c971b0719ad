/**
 * Native layers as DL4J configurations: what users put into a network. {@link
 * org.lamina.support.AbstractSpecLayer} has all that follows from a layer's spec; a layer adds its
 * documentation and its builder.
 */
package org.lamina.layers.conf;
