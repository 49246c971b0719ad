package org.lamina.spec;

import java.util.List;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Swish, for inputs of any number of spatial dimensions.
 *
 * <p>Parameter, if beta is learnt: {@code beta [channels]}.
 */
public final class SwishSpec implements LayerSpec {

    /** Key of the slope of the gate. */
    public static final String BETA = "beta";

    private static final long serialVersionUID = 1L;

    private final long channels;
    private final double beta;
    private final boolean learnableBeta;

    /**
     * Creates the specification.
     *
     * @param channels number of channels, or 0 for not yet known
     * @param beta slope of the gate, a finite number; its initial value if it is learnt
     * @param learnableBeta whether beta is learnt, one for each channel
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    @JsonCreator
    public SwishSpec(
            @JsonProperty("channels") long channels,
            @JsonProperty("beta") double beta,
            @JsonProperty("learnableBeta") boolean learnableBeta) {
        this.channels = channels;
        this.beta = beta;
        this.learnableBeta = learnableBeta;
        Checks.divisible("nIn (channels)", channels, 1, true);
        if (!Double.isFinite(beta)) {
            throw new IllegalArgumentException("beta = " + beta + "; must be a finite number");
        }
    }

    @Override
    public int spatialRank() {
        return ANY_RANK;
    }

    @Override
    @JsonProperty("channels")
    public long inChannels() {
        return channels;
    }

    @Override
    public long outChannels() {
        return channels;
    }

    /** Slope of the gate; its initial value if it is learnt. */
    @JsonProperty("beta")
    public double beta() {
        return beta;
    }

    /** Whether beta is learnt, one for each channel. */
    @JsonProperty("learnableBeta")
    public boolean learnableBeta() {
        return learnableBeta;
    }

    @Override
    public SwishSpec withInChannels(long value) {
        return new SwishSpec(value, beta, learnableBeta);
    }

    @Override
    public SwishSpec withOutChannels(long value) {
        return withInChannels(value);
    }

    @Override
    public List<ParamSpec> params() {
        return learnableBeta
                ? List.of(ParamSpec.vector(BETA, channels, ParamSpec.Role.GAIN, beta))
                : List.of();
    }

    @Override
    public long[] outputSize(long... inputSize) {
        return inputSize;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof SwishSpec
                && channels == ((SwishSpec) o).channels
                && beta == ((SwishSpec) o).beta
                && learnableBeta == ((SwishSpec) o).learnableBeta;
    }

    @Override
    public int hashCode() {
        return Objects.hash(channels, beta, learnableBeta);
    }

    @Override
    public String toString() {
        return channels + " channels, beta " + beta + (learnableBeta ? ", learnt" : "");
    }
}
