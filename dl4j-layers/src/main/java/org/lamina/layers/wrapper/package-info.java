/** Standardization of the weights of a wrapped convolution layer, for both forms of FWS. */
package org.lamina.layers.wrapper;
