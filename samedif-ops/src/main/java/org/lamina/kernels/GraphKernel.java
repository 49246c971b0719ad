package org.lamina.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Computes a {@link FusedFunction} and the gradients of its inputs. Belongs to one graph and is
 * used by one thread at a time. Inputs are not modified.
 */
public interface GraphKernel {

    /**
     * Shapes of what {@link #forward} computes.
     *
     * @param inputs the function's inputs, null for absent ones
     * @return the function's outputs, then what the backward pass needs in addition to the inputs
     */
    long[][] outputShapes(INDArray[] inputs);

    /** Number of arrays after the function's outputs that the backward pass needs. */
    default int kept() {
        return 0;
    }

    /** Whether {@link #backward} can write gradients in any order, not only contiguous 'c'. */
    default boolean writesAnyOrder() {
        return false;
    }

    /**
     * Forward pass.
     *
     * @param inputs the function's inputs
     * @param outputs receive the results; contiguous in 'c' order
     */
    void forward(INDArray[] inputs, INDArray[] outputs);

    /**
     * Gradients of the inputs.
     *
     * @param inputs the function's inputs
     * @param kept values kept by the forward pass for the backward pass
     * @param gradient gradient of the function's first output
     * @param gradients receive the gradients of the inputs; null where not needed
     */
    void backward(INDArray[] inputs, INDArray[] kept, INDArray gradient, INDArray[] gradients);
}
