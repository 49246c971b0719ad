package org.lamina.zoo;

import java.io.Serializable;
import java.util.Arrays;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.zoo.ModelMetaData;
import org.deeplearning4j.zoo.PretrainedType;
import org.deeplearning4j.zoo.ZooModel;
import org.deeplearning4j.zoo.ZooType;

/**
 * Base class of the networks of the zoo, each a DL4J {@link ZooModel}.
 *
 * @param <B> builder of the network
 * @param <N> its kind: {@link MultiLayerNetwork} or {@link ComputationGraph}
 */
@SuppressWarnings("unchecked") // DL4J lets the caller choose the type that init() returns
public abstract class BaseZooModel<B extends NetworkBuilder<B>, N extends Model>
        extends ZooModel<BaseZooModel<B, N>> {

    /** Checked options; replaced as a whole, never modified. */
    B options;

    BaseZooModel(B options) {
        this.options = options.checked();
    }

    /**
     * The configuration, made without the network's arrays: a {@link MultiLayerConfiguration} or a
     * {@link ComputationGraphConfiguration}.
     */
    public abstract Serializable conf();

    @Override
    public N init() {
        Serializable conf = conf();
        Model network =
                conf instanceof MultiLayerConfiguration layers
                        ? new MultiLayerNetwork(layers)
                        : new ComputationGraph((ComputationGraphConfiguration) conf);
        network.init();
        return (N) network;
    }

    /**
     * Sets the input shape.
     *
     * @param shapes one shape: {@code {1, channels, samples}} of a network for EEG, {@code
     *     {channels, length}} of one for signals, {@code {channels, height, width}} of one for
     *     images
     */
    @Override
    public void setInputShape(int[][] shapes) {
        B changed = options.copy();
        if (shapes.length != 1 || !changed.takesInputShape(shapes[0])) {
            throw new IllegalArgumentException(
                    options.network
                            + ": input shape "
                            + Arrays.deepToString(shapes)
                            + "; expected {{"
                            + options.inputDimensions()
                            + "}}");
        }
        options = changed.checked();
    }

    @Override
    @SuppressWarnings("deprecation") // DL4J demands it
    public ModelMetaData metaData() {
        return new ModelMetaData(new int[][] {options.inputShape()}, 1, ZooType.CNN);
    }

    @Override
    public Class<? extends Model> modelType() {
        return conf() instanceof MultiLayerConfiguration
                ? MultiLayerNetwork.class
                : ComputationGraph.class;
    }

    /** There are no pretrained weights to download. */
    @Override
    public String pretrainedUrl(PretrainedType type) {
        return null;
    }

    /** There are no pretrained weights to download. */
    @Override
    public long pretrainedChecksum(PretrainedType type) {
        return 0;
    }
}
