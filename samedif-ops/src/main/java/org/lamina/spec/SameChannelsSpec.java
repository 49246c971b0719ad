package org.lamina.spec;

import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Base of the specifications of layers that have as many outputs as inputs. Unless one says
 * otherwise, the layer takes any number of spatial dimensions and keeps their sizes.
 */
abstract class SameChannelsSpec implements LayerSpec {

    private static final long serialVersionUID = 1L;

    private final long channels;

    /**
     * Checks the number of channels.
     *
     * @param channels number of channels, or 0 for not yet known
     * @throws IllegalArgumentException if it is negative
     */
    SameChannelsSpec(long channels) {
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
    public LayerSpec withOutChannels(long value) {
        return withInChannels(value);
    }

    @Override
    public long[] outputSize(long... inputSize) {
        return inputSize;
    }

    @Override
    public boolean equals(Object o) {
        return o != null
                && getClass() == o.getClass()
                && channels == ((SameChannelsSpec) o).channels;
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
