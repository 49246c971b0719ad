package org.lamina.spec;

import java.util.List;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A rectifier with a learned slope for negative values, one for each channel, for inputs of any
 * number of spatial dimensions.
 *
 * <p>Parameter: {@code slope [channels]}.
 */
public final class PReLUSpec implements LayerSpec {

    /** Key of the slope. */
    public static final String SLOPE = "slope";

    /** Initial slope of the source. */
    public static final double DEFAULT_SLOPE = 0.25;

    private static final long serialVersionUID = 1L;

    private final long channels;
    private final double initialSlope;

    /**
     * Creates the specification.
     *
     * @param channels number of channels, or 0 for not yet known
     * @param initialSlope initial slope of all channels, finite
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    @JsonCreator
    public PReLUSpec(
            @JsonProperty("channels") long channels,
            @JsonProperty("initialSlope") double initialSlope) {
        this.channels = channels;
        this.initialSlope = initialSlope;
        Checks.divisible("nIn (channels)", channels, 1, true);
        if (!Double.isFinite(initialSlope)) {
            throw new IllegalArgumentException(
                    "initialSlope = " + initialSlope + "; must be a finite number");
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

    /** Initial slope of all channels. */
    @JsonProperty("initialSlope")
    public double initialSlope() {
        return initialSlope;
    }

    @Override
    public PReLUSpec withInChannels(long value) {
        return new PReLUSpec(value, initialSlope);
    }

    @Override
    public PReLUSpec withOutChannels(long value) {
        return withInChannels(value);
    }

    @Override
    public List<ParamSpec> params() {
        return List.of(ParamSpec.vector(SLOPE, channels, ParamSpec.Role.GAIN, initialSlope));
    }

    @Override
    public long[] outputSize(long... inputSize) {
        return inputSize;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof PReLUSpec
                && channels == ((PReLUSpec) o).channels
                && initialSlope == ((PReLUSpec) o).initialSlope;
    }

    @Override
    public int hashCode() {
        return Objects.hash(channels, initialSlope);
    }

    @Override
    public String toString() {
        return channels + " channels, initial slope " + initialSlope;
    }
}
