package org.lamina.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A fully connected layer with a norm constraint.
 *
 * <p>Parameters: {@code W [in, out]} in 'f' order and {@code b [out]}, the flat layout of DL4J's
 * dense layer (the transpose of PyTorch's).
 */
public final class DenseSpec implements LayerSpec {

    private static final long serialVersionUID = 1L;

    private final long inChannels;
    private final long outChannels;
    private final boolean bias;
    private final NormSpec norm;

    /**
     * Creates the specification.
     *
     * @param inChannels number of input features, or 0 for not yet known
     * @param outChannels number of output features
     * @param bias whether an output has a bias
     * @param norm constraint on the weights
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    @JsonCreator
    public DenseSpec(
            @JsonProperty("inChannels") long inChannels,
            @JsonProperty("outChannels") long outChannels,
            @JsonProperty("bias") boolean bias,
            @JsonProperty("norm") NormSpec norm) {
        this.inChannels = inChannels;
        this.outChannels = outChannels;
        this.bias = bias;
        this.norm = Objects.requireNonNull(norm, "norm");
        Checks.divisible("nIn (input features)", inChannels, 1, true);
        Checks.divisible("nOut (output features)", outChannels, 1, false);
        Checks.axesBelow(norm, 2);
    }

    @Override
    public int spatialRank() {
        return 0;
    }

    @Override
    @JsonProperty("inChannels")
    public long inChannels() {
        return inChannels;
    }

    @Override
    @JsonProperty("outChannels")
    public long outChannels() {
        return outChannels;
    }

    /** Whether an output has a bias. */
    @JsonProperty("bias")
    public boolean bias() {
        return bias;
    }

    /** Constraint on the weights. */
    @JsonProperty("norm")
    public NormSpec norm() {
        return norm;
    }

    @Override
    public DenseSpec withInChannels(long channels) {
        return new DenseSpec(channels, outChannels, bias, norm);
    }

    @Override
    public DenseSpec withOutChannels(long channels) {
        return new DenseSpec(inChannels, channels, bias, norm);
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> params = new ArrayList<>();
        params.add(
                ParamSpec.weight(
                        ParamSpec.WEIGHT,
                        new long[] {inChannels, outChannels},
                        'f',
                        new int[] {1},
                        inChannels,
                        outChannels,
                        norm));
        if (bias) {
            params.add(ParamSpec.vector(ParamSpec.BIAS, outChannels, ParamSpec.Role.BIAS));
        }
        return params;
    }

    @Override
    public long[] outputSize(long... inputSize) {
        return new long[0];
    }

    @Override
    public boolean equals(Object o) {
        if (!(o instanceof DenseSpec)) {
            return false;
        }
        DenseSpec other = (DenseSpec) o;
        return inChannels == other.inChannels
                && outChannels == other.outChannels
                && bias == other.bias
                && norm.equals(other.norm);
    }

    @Override
    public int hashCode() {
        return Objects.hash(inChannels, outChannels, bias, norm);
    }

    @Override
    public String toString() {
        return inChannels + " -> " + outChannels + ", bias " + bias + ", constraint " + norm;
    }
}
