/**
 * Weights in and out: files of named arrays, maps from the names of other implementations to the
 * parameters of networks here, and networks of DL4J's own layers for where Lamina is not installed.
 */
package org.lamina.zoo.weights;
