/**
 * The mathematics of the native layers: forward and backward passes on {@link
 * org.nd4j.linalg.api.ndarray.INDArray}, without DL4J types.
 *
 * <p>Kernels write into arrays that they are given. Scratch arrays go to the workspace that is
 * current when a kernel is called; none outlives the call.
 */
package org.lamina.kernels;
