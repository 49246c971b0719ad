package org.lamina.zoo.network;

import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * Operations on both of DL4J's kinds of network, {@link MultiLayerNetwork} and {@link
 * ComputationGraph} with one input and one output.
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

    /** Number of outputs of the output layer, -1 if unknown. */
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

    /** All layers, in their order. */
    public static Layer[] layers(Model network) {
        return network instanceof ComputationGraph graph
                ? graph.getLayers()
                : ((MultiLayerNetwork) network).getLayers();
    }

    private static Layer outputLayer(Model network) {
        return network instanceof ComputationGraph graph
                ? graph.getOutputLayer(0)
                : ((MultiLayerNetwork) network).getOutputLayer();
    }

    /** The learning rate of the next update, the largest of all layers; NaN if there is none. */
    public static double learningRate(Model network) {
        double largest = Double.NaN;
        for (Layer layer : layers(network)) {
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

    /** Increments the epoch count in the network's configuration, which schedules read. */
    public static void incrementEpochCount(Model network) {
        if (network instanceof ComputationGraph graph) {
            graph.incrementEpochCount();
        } else {
            ((MultiLayerNetwork) network).incrementEpochCount();
        }
    }

    /** Number of updates so far, in the network's configuration. */
    public static int iterationCount(Model network) {
        return network instanceof ComputationGraph graph
                ? graph.getConfiguration().getIterationCount()
                : ((MultiLayerNetwork) network).getLayerWiseConfigurations().getIterationCount();
    }

    /**
     * Checks that a model is one of DL4J's two kinds of network.
     *
     * @param user prefix of the error
     * @throws IllegalArgumentException if it is not
     */
    public static void checkKind(String user, Model model) {
        if (!(model instanceof MultiLayerNetwork || model instanceof ComputationGraph)) {
            throw new IllegalArgumentException(
                    user
                            + (model == null ? "null" : model.getClass().getName())
                            + " is neither a MultiLayerNetwork nor a ComputationGraph");
        }
    }

    /** The layer inside of what only matters to training. */
    public static org.deeplearning4j.nn.conf.layers.Layer thawed(
            org.deeplearning4j.nn.conf.layers.Layer layer) {
        if (layer instanceof FrozenLayer frozen) {
            return thawed(frozen.getLayer());
        } else if (layer instanceof FrozenLayerWithBackprop frozen) {
            return thawed(frozen.getUnderlying());
        }
        return layer;
    }

    /** Whether a dense layer has only weights and biases, so no layer normalization. */
    public static boolean isAffine(Map<String, INDArray> params) {
        return Set.of("W", "b").containsAll(params.keySet());
    }
}
