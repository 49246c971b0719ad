package org.lamina.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Computes a {@link FusedFunction} and the gradients of its inputs. Belongs to one graph and runs
 * in one thread at a time. Inputs are not changed.
 */
public interface GraphKernel {

    /**
     * Shapes of what {@link #forward} computes.
     *
     * @param inputs the function's inputs, null for one that it lacks
     * @return the function's outputs, then what the backward pass needs beside the inputs
     */
    long[][] outputShapes(INDArray[] inputs);

    /** Number of arrays after the function's outputs that the backward pass needs. */
    default int kept() {
        return 0;
    }

    /** Whether {@link #backward} can write gradients in any order, rather than 'c' without gaps. */
    default boolean writesAnyOrder() {
        return false;
    }

    /**
     * Forward pass.
     *
     * @param inputs the function's inputs
     * @param outputs receive the results; 'c' order without gaps
     */
    void forward(INDArray[] inputs, INDArray[] outputs);

    /**
     * Gradients of the inputs.
     *
     * @param inputs the function's inputs
     * @param kept what the forward pass computed for the backward pass
     * @param gradient gradient of the function's first output
     * @param gradients receive those of the inputs; null where nobody needs one
     */
    void backward(INDArray[] inputs, INDArray[] kept, INDArray gradient, INDArray[] gradients);
}
