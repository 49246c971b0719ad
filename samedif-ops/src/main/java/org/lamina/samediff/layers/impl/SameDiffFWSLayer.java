package org.lamina.samediff.layers.impl;

import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.lamina.samediff.ops.WeightStandardizationOps;
import org.lamina.wrapper.StandardizedWeightsLayer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Standardizes the weights of the layer it wraps, by a graph of its own. */
public class SameDiffFWSLayer extends StandardizedWeightsLayer {

    private static final String WEIGHT = "w";
    private static final String GAIN = "gain";
    private static final String RESULT = "result";
    private static final String GRADIENT = "gradient";

    private transient SameDiff graph;

    /** A wrapper; the wrapped layer's parameters are the first part of the view. */
    public SameDiffFWSLayer(Layer wrapped, NeuralNetConfiguration conf, INDArray paramsView) {
        super(wrapped, conf, paramsView);
    }

    @Override
    protected void standardize(INDArray w, INDArray gain, INDArray result) {
        try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            result.assign(graph(w, gain).outputSingle(inputs(w, gain), RESULT));
        }
    }

    @Override
    protected void backprop(
            INDArray w, INDArray gain, INDArray dResult, INDArray dw, INDArray dGain) {
        try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            Map<String, INDArray> inputs = inputs(w, gain);
            inputs.put(GRADIENT, dResult);
            Map<String, INDArray> gradients =
                    graph(w, gain).calculateGradients(inputs, WEIGHT, GAIN);
            dw.assign(gradients.get(WEIGHT));
            dGain.assign(gradients.get(GAIN));
        }
    }

    private static Map<String, INDArray> inputs(INDArray w, INDArray gain) {
        return new HashMap<>(Map.of(WEIGHT, w, GAIN, gain));
    }

    private SameDiff graph(INDArray w, INDArray gain) {
        if (graph == null) {
            SameDiff sd = SameDiff.create();
            SDVariable weight = sd.placeHolder(WEIGHT, w.dataType(), w.shape());
            SDVariable factor = sd.placeHolder(GAIN, gain.dataType(), gain.shape());
            SDVariable gradient = sd.placeHolder(GRADIENT, w.dataType(), w.shape());
            SDVariable result =
                    WeightStandardizationOps.standardize(
                                    weight, factor, spec().standardization(), w.shape())
                            .rename(RESULT);
            result.mul(gradient).sum().markAsLoss();
            QuietGradients.create(sd, WEIGHT, GAIN);
            graph = sd;
        }
        return graph;
    }
}
