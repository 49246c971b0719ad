package org.lamina.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A kernel with one output whose backward pass needs only the inputs.
 *
 * @param shape shape of the output
 * @param forward forward pass
 * @param backward backward pass
 * @param writesAnyOrder whether gradients may have an order other than contiguous 'c'
 */
record FunctionKernel(OutputShape shape, Forward forward, Backward backward, boolean writesAnyOrder)
        implements GraphKernel {

    FunctionKernel(OutputShape shape, Forward forward, Backward backward) {
        this(shape, forward, backward, false);
    }

    /** A kernel whose output has the shape of its first input. */
    static FunctionKernel sameShape(Forward forward, Backward backward) {
        return new FunctionKernel(in -> in[0].shape(), forward, backward);
    }

    /** The array for the gradient of an input; scratch memory if only the kernel needs it. */
    static INDArray required(INDArray[] gradients, INDArray[] inputs, int index) {
        if (gradients[index] == null) {
            INDArray input = inputs[index];
            gradients[index] = Nd4jOps.scratch(input.dataType(), input.shape());
        }
        return gradients[index];
    }

    /** Shape of the output for these inputs. */
    @FunctionalInterface
    interface OutputShape {
        long[] of(INDArray[] inputs);
    }

    /** Forward pass into y. */
    @FunctionalInterface
    interface Forward {
        void run(INDArray[] inputs, INDArray y);
    }

    /** Backward pass into the gradients, null where not needed. */
    @FunctionalInterface
    interface Backward {
        void run(INDArray[] inputs, INDArray dy, INDArray[] gradients);
    }

    @Override
    public long[][] outputShapes(INDArray[] inputs) {
        return new long[][] {shape.of(inputs)};
    }

    @Override
    public void forward(INDArray[] inputs, INDArray[] outputs) {
        forward.run(inputs, outputs[0]);
    }

    @Override
    public void backward(
            INDArray[] inputs, INDArray[] kept, INDArray gradient, INDArray[] gradients) {
        backward.run(inputs, gradient, gradients);
    }
}
