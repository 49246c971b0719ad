package org.lamina.kernels;

import org.lamina.activations.Activations;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An activation function computed by DL4J's implementation. */
final class ActivationKernel implements GraphKernel {

    private final IActivation function;

    ActivationKernel(IActivation function) {
        this.function = function;
    }

    @Override
    public long[][] outputShapes(INDArray[] inputs) {
        return new long[][] {inputs[0].shape()};
    }

    @Override
    public void forward(INDArray[] inputs, INDArray[] outputs) {
        Activations.apply(function, inputs[0], outputs[0], false);
    }

    @Override
    public void backward(
            INDArray[] inputs, INDArray[] kept, INDArray gradient, INDArray[] gradients) {
        if (gradients[0] != null) {
            Activations.gradient(function, inputs[0], gradient, gradients[0]);
        }
    }
}
