/**
 * The mathematics of the layers: forward and backward passes on {@link
 * org.nd4j.linalg.api.ndarray.INDArray}, without DL4J's layers. Native layers call kernels
 * directly; in the graphs of SameDiff layers a {@link org.lamina.kernels.GraphKernel} runs the part
 * that computes a {@link org.lamina.kernels.FusedFunction}.
 *
 * <p>Kernels write into arrays that they are given. Scratch arrays go to the workspace that is
 * current when a kernel is called; none outlives the call.
 */
package org.lamina.kernels;
