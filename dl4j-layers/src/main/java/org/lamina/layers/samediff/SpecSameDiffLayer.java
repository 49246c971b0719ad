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
 * Base of the SameDiff layers. A layer adds its builder and its graph.
 *
 * <p>Parameters, their flat layout, initialization and constraints are those of the native form, so
 * that checkpoints interchange. Not a subclass of DL4J's {@code SameDiffLayer}: learning rates,
 * fine-tuning, weight noise, l1 and l2 in the score and changes of nIn and nOut are for subclasses
 * of {@code BaseLayer} and {@code FeedForwardLayer} in DL4J.
 *
 * <p>With a mask, each example of a padded minibatch gives what it gives alone; see {@link
 * org.lamina.arrays.Masks}.
 *
 * @param <S> the layer family's spec
 */
public abstract class SpecSameDiffLayer<S extends LayerSpec> extends AbstractSpecLayer<S> {

    private static final long serialVersionUID = 1L;

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

    /**
     * The layer before its activation function.
     *
     * @param x input, channels first
     * @param params parameters by name; null for one that the layer does not have
     * @param pass training or evaluation, masks
     */
    protected abstract SDVariable define(
            SDVariable x, Map<String, SDVariable> params, GraphPass pass);

    /** One of its own if the layer's graph needs more than the layer's input. */
    @Override
    protected Class<? extends SpecSameDiffLayerImpl> implementation() {
        return SpecSameDiffLayerImpl.class;
    }

    /**
     * The layer.
     *
     * @param x input of known rank, in the layer's data format
     * @param params parameters by name
     * @return its output, in the layer's data format; without the activation function where {@link
     *     #activatesInGraph} says no
     */
    public SDVariable defineLayer(SDVariable x, Map<String, SDVariable> params, GraphPass pass) {
        long[] shape = x.getShape();
        int rank = shape.length;
        pass.setInputShape(shape);
        if (!isChannelsLast() || rank < 3) {
            return activated(define(x, params, pass));
        }
        int[] toFirst = ChannelOrder.toFirst(rank);
        pass.setInputShape(Arrays.stream(toFirst).mapToLong(d -> shape[d]).toArray());
        SDVariable z = define(x.permute(toFirst), params, pass);
        return activated(z.permute(ChannelOrder.toLast(rank)));
    }

    private SDVariable activated(SDVariable z) {
        return activatesInGraph() ? ActivationOps.apply(activationFn, z) : z;
    }

    /** Whether the graph has the activation function; others are applied to what it gives. */
    public boolean activatesInGraph() {
        return ActivationOps.supports(activationFn);
    }

    /** The same as {@link #setIUpdater}: files of earlier versions name the updater so. */
    @JsonSetter("updater")
    public void setUpdater(IUpdater updater) {
        setIUpdater(updater);
    }
}
