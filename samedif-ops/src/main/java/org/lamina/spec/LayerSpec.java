package org.lamina.spec;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.nd4j.shade.jackson.annotation.JsonTypeInfo;

/**
 * The hyperparameters of one layer, shared by its SameDiff form and its native form. Immutable.
 * Constructors throw IllegalArgumentException for values that are not allowed; it names the field,
 * its value and what is allowed.
 *
 * <p>The number of input channels may be 0 until the network's input type is known.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS, include = JsonTypeInfo.As.PROPERTY, property = "@class")
public interface LayerSpec extends Serializable {

    /** Value of {@link #spatialRank()} for a layer that takes any number of spatial dimensions. */
    int ANY_RANK = -1;

    /**
     * Number of spatial dimensions of the input: 0 for a dense layer, otherwise 1, 2 or 3, or
     * {@link #ANY_RANK}.
     */
    int spatialRank();

    /** Number of input channels (features), 0 while unknown. */
    long inChannels();

    /**
     * Number of output channels (features), 0 while it depends on an unknown number of input
     * channels.
     */
    long outChannels();

    /**
     * Copy for this number of input channels.
     *
     * @throws IllegalArgumentException if the layer cannot take that number
     */
    LayerSpec withInChannels(long channels);

    /**
     * Copy for this number of output channels.
     *
     * @throws IllegalArgumentException if the layer cannot have that number
     */
    LayerSpec withOutChannels(long channels);

    /**
     * Copy for this spatial size of the input; this specification if it does not depend on the
     * size.
     *
     * @param size one number for each spatial dimension
     * @throws IllegalArgumentException if the layer cannot take that size
     */
    default LayerSpec withInputSize(long... size) {
        return this;
    }

    /**
     * What has to be set before the parameters can be created, and how to set it; null if nothing
     * is missing.
     */
    default String missing() {
        return inChannels() > 0
                ? null
                : "nIn (input channels) is not known; set nIn on the layer or the input type on the"
                        + " network";
    }

    /**
     * The parameters in the order in which they are flattened: for each part of the layer, weights
     * first, then the rest. Sizes that depend on something {@link #missing} are 0.
     */
    List<ParamSpec> params();

    /**
     * Weight of a batch's statistics in the update of the running statistics, in (0, 1]; for layers
     * that keep running statistics.
     */
    default double momentum() {
        throw new UnsupportedOperationException(getClass() + " has no running statistics");
    }

    /**
     * Spatial size of the output for a spatial size of the input; empty for a dense layer. It
     * follows from the {@link #windows} unless a layer says otherwise.
     *
     * @throws IllegalArgumentException if the layer cannot take that size
     */
    default long[] outputSize(long... inputSize) {
        long[] size = inputSize;
        for (Window window : windows()) {
            size = window.outputSize(size);
        }
        return size;
    }

    /**
     * How often each weight is used for one example: the number of positions that a filter is
     * applied to, 1 for a dense layer.
     *
     * @param inputSize spatial size of the input
     */
    default long uses(long... inputSize) {
        return Arrays.stream(outputSize(inputSize)).reduce(1, (a, b) -> a * b);
    }

    /**
     * Multiplications by weights for one example, in the order in which they are computed.
     *
     * @param inputSize spatial size of the input
     */
    default long multiplications(long... inputSize) {
        long weights =
                params().stream().filter(ParamSpec::weight).mapToLong(ParamSpec::length).sum();
        return weights * uses(inputSize);
    }

    /**
     * Checks that the layer can be trained on a minibatch of this size.
     *
     * @param examples number of examples
     * @param inputSize spatial size of the input
     * @throws IllegalArgumentException if it cannot
     */
    default void checkTraining(long examples, long... inputSize) {}

    /**
     * Random factors by which the layer multiplies its examples in a training pass; null if it has
     * none.
     *
     * @param examples number of examples
     * @param iteration number of updates before the pass
     * @param generator used by a layer that has no seed
     */
    default double[] exampleFactors(long examples, int iteration, LongSupplier generator) {
        return null;
    }

    /**
     * The windows that map output positions to input positions, one per part of the layer, in
     * order; empty if each output depends only on its own position.
     */
    default List<Window> windows() {
        return List.of();
    }
}
