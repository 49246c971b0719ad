/**
 * The mathematics of the layers: forward and backward passes on {@link
 * org.nd4j.linalg.api.ndarray.INDArray}, without DL4J's layers. Native layers call kernels
 * directly; in the graphs of SameDiff layers a {@link org.lamina.kernels.GraphKernel} runs each
 * part that computes a {@link org.lamina.kernels.FusedFunction}.
 *
 * <p>Kernels write to arrays provided by the caller. Scratch arrays are allocated in the caller's
 * current workspace; none outlives the call.
 */
package org.lamina.kernels;
