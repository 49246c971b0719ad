package org.lamina.zoo.training;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.spec.BatchNormSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Recomputes the statistics of batch normalization as they are in evaluation: without dropout, with
 * the final parameters.
 *
 * <p>Running statistics are those of training. Dropout in front of a normalized layer makes
 * variances larger than they are in evaluation (Li et al., https://arxiv.org/abs/1801.05134); after
 * few updates, or large ones, they still contain the statistics of earlier parameters. A network
 * with both, such as DeepConvNet on some dozens of examples, can have learned to separate the
 * classes and yet assign all examples to one of them.
 */
public final class BatchNormStatistics {

    private BatchNormStatistics() {}

    /**
     * Sets the mean and the variance of every batch normalization, native or SameDiff, to those of
     * its input for the given examples, in the order of the layers, each with the ones before it
     * already set. Frozen layers keep theirs.
     *
     * @param network with one input
     * @param data the training examples, normalized as for training; without masks
     * @throws IllegalArgumentException if there are no examples, if they have masks, or if the
     *     network has DL4J's own batch normalization or one inside another layer
     */
    public static void recompute(Model network, DataSetIterator data) {
        for (Layer layer : layers(network)) {
            if (layer.conf().getLayer() instanceof BatchNormalization) {
                throw new IllegalArgumentException(
                        "Layer \""
                                + layer.conf().getLayer().getLayerName()
                                + "\": statistics can be recomputed of Lamina's BatchNorm only");
            }
            if (!(layer.conf().getLayer() instanceof AbstractSpecLayer<?> norm)) {
                continue;
            }
            if (norm.getSpec() instanceof BatchNormSpec) {
                Moments moments = new Moments(norm.isChannelsLast());
                data.reset();
                while (data.hasNext()) {
                    DataSet batch = data.next();
                    if (batch.getFeaturesMaskArray() != null) {
                        throw new IllegalArgumentException("Examples with masks are not allowed");
                    }
                    moments.add(input(network, layer, batch.getFeatures()));
                }
                moments.assignTo(layer);
            } else if (norm.getSpec().params().stream().anyMatch(p -> !p.role().trained())) {
                throw new IllegalArgumentException(
                        norm.describe()
                                + ": statistics inside a layer cannot be recomputed; use"
                                + " normalizer \"null\" and a BatchNorm layer of its own");
            }
        }
    }

    private static List<Layer> layers(Model network) {
        if (network instanceof MultiLayerNetwork net) {
            return List.of(net.getLayers());
        }
        ComputationGraph graph = (ComputationGraph) network;
        List<Layer> layers = new ArrayList<>();
        for (int index : graph.topologicalSortOrder()) {
            if (graph.getVertices()[index].hasLayer()) {
                layers.add(graph.getVertices()[index].getLayer());
            }
        }
        return layers;
    }

    /** The input of a layer in evaluation. */
    private static INDArray input(Model network, Layer layer, INDArray features) {
        if (network instanceof MultiLayerNetwork net) {
            return net.feedForward(features, false).get(layer.getIndex());
        }
        ComputationGraph graph = (ComputationGraph) network;
        String name = layer.conf().getLayer().getLayerName();
        String from = graph.getConfiguration().getVertexInputs().get(name).get(0);
        return graph.getConfiguration().getNetworkInputs().contains(from)
                ? features
                : graph.feedForward(features, false).get(from);
    }

    /** Sums over all dimensions but that of the channels. */
    private static final class Moments {
        private final boolean channelsLast;
        private INDArray sum;
        private INDArray squares;
        private long count;

        Moments(boolean channelsLast) {
            this.channelsLast = channelsLast;
        }

        void add(INDArray values) {
            int channels = channelsLast ? values.rank() - 1 : 1;
            int[] others =
                    IntStream.range(0, values.rank()).filter(axis -> axis != channels).toArray();
            INDArray wide = values.castTo(DataType.DOUBLE);
            INDArray batchSum = wide.sum(others);
            INDArray batchSquares = wide.mul(wide).sum(others);
            sum = sum == null ? batchSum : sum.addi(batchSum);
            squares = squares == null ? batchSquares : squares.addi(batchSquares);
            count += values.length() / values.size(channels);
        }

        void assignTo(Layer layer) {
            if (count < 2) {
                throw new IllegalArgumentException(
                        "There are no examples to recompute the statistics from");
            }
            INDArray mean = sum.div(count);
            // Rounding must not make the variance of a constant channel negative.
            INDArray variance = Transforms.max(squares.sub(mean.mul(sum)), 0).divi(count - 1);
            INDArray ownMean = layer.getParam(BatchNormSpec.MEAN);
            INDArray ownVariance = layer.getParam(BatchNormSpec.VARIANCE);
            ownMean.assign(mean.castTo(ownMean.dataType()).reshape(ownMean.shape()));
            ownVariance.assign(variance.castTo(ownMean.dataType()).reshape(ownMean.shape()));
        }
    }
}
