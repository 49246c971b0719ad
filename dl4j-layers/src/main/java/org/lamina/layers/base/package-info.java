/**
 * What the native and the SameDiff form of a layer have in common: bases of configurations and
 * implementations, and the initialization of parameters.
 */
package org.lamina.layers.base;
