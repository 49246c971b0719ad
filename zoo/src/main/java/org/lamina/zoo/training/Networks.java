package org.lamina.zoo.training;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.ILossFunction;

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
        return outputLayer(network).conf().getLayer() instanceof FeedForwardLayer last
                ? last.getNOut()
                : -1;
    }

    /** Loss function of the output layer; null if it has none. */
    public static ILossFunction loss(Model network) {
        return outputLayer(network).conf().getLayer() instanceof BaseOutputLayer last
                ? last.getLossFn()
                : null;
    }

    private static Layer outputLayer(Model network) {
        return network instanceof ComputationGraph graph
                ? graph.getOutputLayer(0)
                : ((MultiLayerNetwork) network).getOutputLayer();
    }

    /**
     * The learning rate of the update that comes next, NaN if there is none. Layers may have
     * several; it is the largest.
     */
    public static double learningRate(Model network) {
        double largest = Double.NaN;
        Layer[] layers =
                network instanceof ComputationGraph graph
                        ? graph.getLayers()
                        : ((MultiLayerNetwork) network).getLayers();
        for (Layer layer : layers) {
            for (String parameter : layer.conf().variables()) {
                IUpdater updater = layer.conf().getLayer().getUpdaterByParam(parameter);
                if (updater != null && updater.hasLearningRate()) {
                    double rate =
                            updater.getLearningRate(
                                    layer.conf().getIterationCount(), layer.conf().getEpochCount());
                    largest = largest >= rate ? largest : rate;
                }
            }
        }
        return largest;
    }

    /** Whether all parameters are finite. */
    public static boolean isFinite(Model network) {
        INDArray parameters = network.params();
        return parameters == null || !(parameters.isNaN().any() || parameters.isInfinite().any());
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
