package org.lamina.spec;

import java.util.List;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Multiplication by one learnt number, for inputs of any number of spatial dimensions.
 *
 * <p>Parameter: {@code gain [1]}.
 */
public final class SkipInitGainSpec implements LayerSpec {

    /** Key of the factor. */
    public static final String GAIN = "gain";

    private static final long serialVersionUID = 1L;

    private final long channels;
    private final double initial;

    /**
     * Creates the specification.
     *
     * @param channels number of channels, or 0 for not yet known
     * @param initial initial value of the factor, a finite number
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    @JsonCreator
    public SkipInitGainSpec(
            @JsonProperty("channels") long channels, @JsonProperty("initial") double initial) {
        this.channels = channels;
        this.initial = initial;
        Checks.divisible("nIn (channels)", channels, 1, true);
        if (!Double.isFinite(initial)) {
            throw new IllegalArgumentException(
                    "initialGain = " + initial + "; must be a finite number");
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

    /** Initial value of the factor. */
    @JsonProperty("initial")
    public double initial() {
        return initial;
    }

    @Override
    public SkipInitGainSpec withInChannels(long value) {
        return new SkipInitGainSpec(value, initial);
    }

    @Override
    public SkipInitGainSpec withOutChannels(long value) {
        return withInChannels(value);
    }

    @Override
    public List<ParamSpec> params() {
        return List.of(ParamSpec.vector(GAIN, 1, ParamSpec.Role.GAIN, initial));
    }

    @Override
    public long[] outputSize(long... inputSize) {
        return inputSize;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof SkipInitGainSpec
                && channels == ((SkipInitGainSpec) o).channels
                && initial == ((SkipInitGainSpec) o).initial;
    }

    @Override
    public int hashCode() {
        return Objects.hash(channels, initial);
    }

    @Override
    public String toString() {
        return channels + " channels, initial gain " + initial;
    }
}
