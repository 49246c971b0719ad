package org.lamina.golden;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Gradients in evaluation mode, which DL4J's networks do not compute themselves. */
final class EvaluationGradients {

    private EvaluationGradients() {}

    /** Gradients of all parameters ("0_W") and of the input. */
    static Pair<Gradient, INDArray> of(MultiLayerNetwork net, INDArray input, INDArray labels) {
        LayerWorkspaceMgr memory = LayerWorkspaceMgr.noWorkspaces();
        net.initGradientsView();
        net.setInput(input);
        ((IOutputLayer) net.getOutputLayer()).setLabels(labels);
        net.feedForward(false, false);
        Gradient all = new DefaultGradient();
        INDArray epsilon = null;
        for (int i = net.getnLayers() - 1; i >= 0; i--) {
            Layer layer = net.getLayer(i);
            Pair<Gradient, INDArray> back = layer.backpropGradient(epsilon, memory);
            String prefix = i + "_";
            back.getFirst()
                    .gradientForVariable()
                    .forEach((key, value) -> all.setGradientFor(prefix + key, value));
            epsilon = back.getSecond();
            InputPreProcessor before = net.getLayerWiseConfigurations().getInputPreProcess(i);
            if (before != null) {
                epsilon = before.backprop(epsilon, (int) input.size(0), memory);
            }
        }
        return Pair.of(all, epsilon);
    }
}
