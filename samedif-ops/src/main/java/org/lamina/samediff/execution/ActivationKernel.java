package org.lamina.samediff.execution;

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
        INDArray y = outputs[0].assign(inputs[0]);
        assign(outputs[0], function.getActivation(y, false));
    }

    /** DL4J's functions may overwrite what they are given. */
    @Override
    public void backward(
            INDArray[] inputs, INDArray[] kept, INDArray gradient, INDArray[] gradients) {
        if (gradients[0] != null) {
            INDArray x = inputs[0].ulike().assign(inputs[0]);
            INDArray dy = gradients[0].assign(gradient);
            assign(gradients[0], function.backprop(x, dy).getFirst());
        }
    }

    private static void assign(INDArray target, INDArray result) {
        if (result != target) {
            target.assign(result);
        }
    }
}
