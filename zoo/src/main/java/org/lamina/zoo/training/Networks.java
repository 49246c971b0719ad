package org.lamina.zoo.training;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What DL4J's two kinds of network, {@link MultiLayerNetwork} and {@link ComputationGraph} with one
 * input and one output, both can, by one name.
 */
public final class Networks {
    private Networks() {}

    /** The output for a batch, as in evaluation. */
    public static INDArray output(Model network, INDArray features) {
        return network instanceof ComputationGraph graph
                ? graph.outputSingle(features)
                : ((MultiLayerNetwork) network).output(features, false);
    }

    /** Trains on a batch. */
    public static void fit(Model network, INDArray features, INDArray labels) {
        if (network instanceof ComputationGraph graph) {
            graph.fit(new INDArray[] {features}, new INDArray[] {labels});
        } else {
            ((MultiLayerNetwork) network).fit(features, labels);
        }
    }

    /** Number of outputs of the output layer, -1 if it does not say. */
    public static long outputs(Model network) {
        Layer layer =
                network instanceof ComputationGraph graph
                        ? graph.getOutputLayer(0)
                        : ((MultiLayerNetwork) network).getOutputLayer();
        return layer.conf().getLayer() instanceof FeedForwardLayer last ? last.getNOut() : -1;
    }

    /** Counts an epoch in the network's configuration, which its schedules read. */
    public static void incrementEpochCount(Model network) {
        if (network instanceof ComputationGraph graph) {
            graph.incrementEpochCount();
        } else {
            ((MultiLayerNetwork) network).incrementEpochCount();
        }
    }
}
