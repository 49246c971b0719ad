/**
 * Import and export of weights: files of named arrays, and maps from the names of other
 * implementations to the parameters of networks here.
 */
package org.lamina.zoo.weights;
