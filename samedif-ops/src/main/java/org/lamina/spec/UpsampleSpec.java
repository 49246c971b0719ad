package org.lamina.spec;

import java.util.List;
import java.util.Objects;

/**
 * Linear, bilinear or trilinear upsampling with aligned corners ({@link LinearInterpolation} along
 * each dimension). No parameters.
 *
 * @param channels number of channels, or 0 if not yet known
 * @param geometry factor or output size
 */
public record UpsampleSpec(long channels, UpsampleGeometry geometry) implements SameChannelsSpec {

    public UpsampleSpec {
        Checks.channels(channels);
        Objects.requireNonNull(geometry, "geometry");
    }

    @Override
    public int spatialRank() {
        return geometry.rank();
    }

    @Override
    public UpsampleSpec withInChannels(long value) {
        return new UpsampleSpec(value, geometry);
    }

    @Override
    public List<Window> windows() {
        return List.of(geometry);
    }
}
