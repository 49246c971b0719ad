/**
 * Implementations of the native layers. {@link org.lamina.support.AbstractSpecLayerImpl} does what
 * DL4J expects of any layer; a layer adds the calls of its kernel.
 */
package org.lamina.layers.impl;
