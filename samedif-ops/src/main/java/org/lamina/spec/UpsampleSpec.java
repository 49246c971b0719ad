package org.lamina.spec;

import java.util.List;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Linear, bilinear or trilinear upsampling with aligned corners ({@link LinearInterpolation} along
 * each dimension). No parameters.
 */
public final class UpsampleSpec extends SameChannelsSpec {

    private static final long serialVersionUID = 1L;

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
        super(channels);
        this.geometry = Objects.requireNonNull(geometry, "geometry");
    }

    @Override
    public int spatialRank() {
        return geometry.rank();
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
        return super.equals(o) && geometry.equals(((UpsampleSpec) o).geometry);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), geometry);
    }

    @Override
    public String toString() {
        return super.toString() + ", " + geometry;
    }
}
