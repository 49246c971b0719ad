package org.lamina.layers;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.lamina.kernels.WeightStandardizationKernel;
import org.lamina.layers.wrapper.StandardizedWeightsLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Standardizes the weights of the wrapped layer with a native kernel. */
class FWSLayer extends StandardizedWeightsLayer {

    private final WeightStandardizationKernel kernel;

    /** A wrapper; the wrapped layer's parameters are the first part of the view. */
    public FWSLayer(Layer wrapped, NeuralNetConfiguration conf, INDArray paramsView) {
        super(wrapped, conf, paramsView);
        this.kernel = new WeightStandardizationKernel(spec().standardization());
    }

    @Override
    protected void standardize(INDArray w, INDArray gain, INDArray result) {
        kernel.forward(w, gain, result);
    }

    @Override
    protected void backprop(
            INDArray w, INDArray gain, INDArray dResult, INDArray dw, INDArray dGain) {
        kernel.backward(w, gain, dResult, dw, dGain);
    }
}
