package org.lamina.layers.samediff;

import java.util.Arrays;
import java.util.Map;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.lamina.arrays.ChannelOrder;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.samediff.ops.ActivationOps;
import org.lamina.spec.LayerSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.shade.jackson.annotation.JsonSetter;

/**
 * Base of the SameDiff layers. A subclass adds its builder; the spec determines the graph.
 *
 * <p>Parameters, their flat layout, initialization and constraints are those of the native form, so
 * that checkpoints interchange. Not a subclass of DL4J's {@code SameDiffLayer}: DL4J supports
 * learning rates, fine-tuning, weight noise, l1 and l2 in the score, and changing nIn and nOut only
 * for {@code BaseLayer} and {@code FeedForwardLayer}.
 *
 * <p>With a mask, each example of a padded minibatch gives the same output as on its own; see
 * {@link org.lamina.arrays.Masks}.
 *
 * @param <S> the layer family's spec
 */
public abstract class SpecSameDiffLayer<S extends LayerSpec> extends AbstractSpecLayer<S> {

    /** For Jackson. */
    protected SpecSameDiffLayer() {}

    /**
     * Creates the configuration.
     *
     * @throws DL4JInvalidConfigException naming the layer, the field, its value and what is allowed
     */
    protected SpecSameDiffLayer(Builder<?, S> builder) {
        super(builder);
    }

    @Override
    protected Class<SpecSameDiffLayerImpl> implementation() {
        return SpecSameDiffLayerImpl.class;
    }

    /**
     * Builds the layer's graph.
     *
     * @param x input of known rank, in the layer's data format
     * @param params parameters by name
     * @return its output, in the layer's data format; without the activation function if {@link
     *     #activatesInGraph} is false
     */
    public SDVariable defineLayer(SDVariable x, Map<String, SDVariable> params, GraphPass pass) {
        long[] shape = x.getShape();
        int rank = shape.length;
        pass.setInputShape(shape);
        if (!isChannelsLast() || rank < 3) {
            return activated(LayerGraphs.define(getSpec(), x, params, pass));
        }
        int[] toFirst = ChannelOrder.toFirst(rank);
        pass.setInputShape(Arrays.stream(toFirst).mapToLong(d -> shape[d]).toArray());
        SDVariable z = LayerGraphs.define(getSpec(), x.permute(toFirst), params, pass);
        return activated(z.permute(ChannelOrder.toLast(rank)));
    }

    private SDVariable activated(SDVariable z) {
        return activatesInGraph() ? ActivationOps.apply(activationFn, z) : z;
    }

    /** Whether the activation function is part of the graph; others are applied to its output. */
    public boolean activatesInGraph() {
        return ActivationOps.supports(activationFn);
    }

    /** Alias of {@link #setIUpdater} for files of earlier versions. */
    @JsonSetter("updater")
    public void setUpdater(IUpdater updater) {
        setIUpdater(updater);
    }
}
