package org.lamina.spec;

import java.util.List;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Linear, bilinear or trilinear upsampling with aligned corners ({@link LinearInterpolation} along
 * each dimension). No parameters.
 */
public final class UpsampleSpec implements LayerSpec {

    private static final long serialVersionUID = 1L;

    private final long channels;
    private final UpsampleGeometry geometry;

    /**
     * Creates the specification.
     *
     * @param channels number of channels, or 0 for not yet known
     * @param geometry factor or output size
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    @JsonCreator
    public UpsampleSpec(
            @JsonProperty("channels") long channels,
            @JsonProperty("geometry") UpsampleGeometry geometry) {
        this.channels = channels;
        this.geometry = Objects.requireNonNull(geometry, "geometry");
        Checks.divisible("nIn (channels)", channels, 1, true);
    }

    @Override
    public int spatialRank() {
        return geometry.rank();
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

    /** Factor or output size. */
    @JsonProperty("geometry")
    public UpsampleGeometry geometry() {
        return geometry;
    }

    @Override
    public UpsampleSpec withInChannels(long value) {
        return new UpsampleSpec(value, geometry);
    }

    @Override
    public UpsampleSpec withOutChannels(long value) {
        return withInChannels(value);
    }

    @Override
    public List<ParamSpec> params() {
        return List.of();
    }

    @Override
    public long[] outputSize(long... inputSize) {
        return geometry.outputSize(inputSize);
    }

    @Override
    public List<Window> windows() {
        return List.of(geometry);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof UpsampleSpec
                && channels == ((UpsampleSpec) o).channels
                && geometry.equals(((UpsampleSpec) o).geometry);
    }

    @Override
    public int hashCode() {
        return Objects.hash(channels, geometry);
    }

    @Override
    public String toString() {
        return channels + " channels, " + geometry;
    }
}
