package org.lamina.spec;

import java.util.List;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * An activation function alone, for inputs of any number of spatial dimensions. The function is the
 * layer's; there are no parameters.
 */
public final class NonlinearitySpec implements LayerSpec {

    private static final long serialVersionUID = 1L;

    private final long channels;

    /**
     * Creates the specification.
     *
     * @param channels number of channels, or 0 for not yet known
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    @JsonCreator
    public NonlinearitySpec(@JsonProperty("channels") long channels) {
        this.channels = channels;
        Checks.divisible("nIn (channels)", channels, 1, true);
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

    @Override
    public NonlinearitySpec withInChannels(long value) {
        return new NonlinearitySpec(value);
    }

    @Override
    public NonlinearitySpec withOutChannels(long value) {
        return withInChannels(value);
    }

    @Override
    public List<ParamSpec> params() {
        return List.of();
    }

    @Override
    public long[] outputSize(long... inputSize) {
        return inputSize;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof NonlinearitySpec && channels == ((NonlinearitySpec) o).channels;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(channels);
    }

    @Override
    public String toString() {
        return channels + " channels";
    }
}
