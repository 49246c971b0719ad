package org.lamina.samediff.execution;

import org.lamina.layers.activations.Activations;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An activation function by DL4J's implementation. */
final class ActivationKernel implements Kernel {

    private final IActivation function;

    private ActivationKernel(IActivation function) {
        this.function = function;
    }

    static final class Provider implements KernelProvider {
        @Override
        public Kernel kernel(FusedFunction function) {
            return function instanceof FusedFunction.Activation
                    ? new ActivationKernel(((FusedFunction.Activation) function).function())
                    : null;
        }
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
