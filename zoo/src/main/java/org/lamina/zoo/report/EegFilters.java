package org.lamina.zoo.report;

import java.util.Collection;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.arrays.Views;
import org.lamina.layers.TemporalSpatialFusion;
import org.lamina.zoo.data.epochs.EpochIterator;
import org.lamina.zoo.data.epochs.EpochSet;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The first two layers of a network like EEGNet as filters: temporal filters for all channels, and
 * for each of them spatial filters that weight the channels.
 *
 * <p>The weights of a spatial filter do not show where its signal originates, because they also
 * suppress other signals. The pattern does: {@code a = C w}, with {@code C} the covariance of the
 * channels after the temporal filter (Haufe et al., NeuroImage 87, 2014, for one component at a
 * time).
 *
 * @param temporal weights {@code [temporal filters][samples]}
 * @param spatial weights {@code [temporal filters][spatial filters of each][channels]}
 * @param patterns of the same shape
 */
record EegFilters(double[][] temporal, double[][][] spatial, double[][][] patterns) {
    private static final int BATCH = 16;

    /** More epochs would only cost time: covariances settle long before. */
    private static final int MOST_EPOCHS = 240;

    /**
     * Finds the filters by the shapes of the weights: {@code [f, 1, 1, k]} in one layer and {@code
     * [f x d, 1, channels, 1]} in a later one, or both in a fused one ({@link
     * TemporalSpatialFusion}).
     *
     * @param model to look into
     * @param normalizer of its input
     * @param epochs to compute the covariance from
     * @return the filters, empty if the network has no such layers
     */
    static Optional<EegFilters> of(Model model, DataNormalization normalizer, EpochSet epochs) {
        if (!(model instanceof MultiLayerNetwork any)) {
            return Optional.empty(); // in a graph, no branch is the first
        }
        MultiLayerNetwork network = split(any);
        int channels = epochs.channels().size();
        int first = -1;
        INDArray time = null;
        for (int i = 0; i < network.getnLayers(); i++) {
            for (INDArray weights : weights(network.getLayer(i))) {
                if (weights.rank() != 4 || weights.size(1) != 1) {
                    continue;
                }
                if (time == null && weights.size(2) == 1) {
                    time = weights;
                    first = i;
                } else if (time != null
                        && weights.size(2) == channels
                        && weights.size(3) == 1
                        && weights.size(0) % time.size(0) == 0) {
                    return Optional.of(
                            of(time, weights, covariances(network, first, normalizer, epochs)));
                }
            }
        }
        return Optional.empty();
    }

    /** With temporal and spatial filters in layers of their own. */
    private static MultiLayerNetwork split(MultiLayerNetwork network) {
        MultiLayerNetwork parts =
                new MultiLayerNetwork(
                        TemporalSpatialFusion.split(network.getLayerWiseConfigurations()));
        parts.init(network.params(), true);
        return parts;
    }

    private static Collection<INDArray> weights(Layer layer) {
        return layer.paramTable().values();
    }

    private static EegFilters of(INDArray time, INDArray space, INDArray[] covariances) {
        int filters = (int) time.size(0);
        int depth = (int) (space.size(0) / filters);
        int channels = (int) space.size(2);
        double[][] temporal = new double[filters][];
        double[][][] spatial = new double[filters][depth][];
        double[][][] patterns = new double[filters][depth][];
        for (int f = 0; f < filters; f++) {
            temporal[f] = row(Views.at(time, f));
            for (int d = 0; d < depth; d++) {
                INDArray weights = Views.at(space, f * depth + d).dup('c').reshape(channels, 1);
                spatial[f][d] = row(weights);
                patterns[f][d] = row(covariances[f].mmul(weights));
            }
        }
        return new EegFilters(temporal, spatial, patterns);
    }

    private static double[] row(INDArray array) {
        return array.dup('c').data().asDouble();
    }

    /** Covariance of the channels after each temporal filter, {@code [channels, channels]} each. */
    private static INDArray[] covariances(
            MultiLayerNetwork network, int layer, DataNormalization normalizer, EpochSet epochs) {
        EpochIterator iterator = EpochIterator.inOrder(epochs, BATCH);
        iterator.setPreProcessor(normalizer);
        INDArray[] products = null;
        INDArray[] sums = null;
        long count = 0;
        for (int seen = 0; iterator.hasNext() && seen < MOST_EPOCHS; seen += BATCH) {
            INDArray filtered =
                    network.feedForwardToLayer(layer, iterator.next().getFeatures(), false)
                            .get(layer + 1);
            int filters = (int) filtered.size(1);
            int channels = (int) filtered.size(2);
            long points = filtered.size(0) * filtered.size(3);
            if (products == null) {
                products = new INDArray[filters];
                sums = new INDArray[filters];
                for (int f = 0; f < filters; f++) {
                    products[f] = Nd4j.zeros(filtered.dataType(), channels, channels);
                    sums[f] = Nd4j.zeros(filtered.dataType(), channels, 1);
                }
            }
            for (int f = 0; f < filters; f++) {
                INDArray rows =
                        Views.at(filtered.permute(1, 2, 0, 3), f)
                                .dup('c')
                                .reshape(channels, points);
                products[f].addi(rows.mmul(rows.transpose()));
                sums[f].addi(rows.sum(true, 1));
            }
            count += points;
        }
        for (int f = 0; f < products.length; f++) {
            INDArray mean = sums[f].div(count);
            products[f].divi(count).subi(mean.mmul(mean.transpose()));
        }
        return products;
    }
}
