/**
 * Code shared by the native and the SameDiff form of a layer: bases of configurations and
 * implementations, and the initialization of parameters.
 */
package org.lamina.layers.base;
