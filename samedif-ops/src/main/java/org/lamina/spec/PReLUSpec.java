package org.lamina.spec;

import java.util.List;

/**
 * ReLU with a learned slope for negative values, one per channel, for inputs of any number of
 * spatial dimensions.
 *
 * <p>Parameter: {@code slope [channels]}.
 *
 * @param channels number of channels, or 0 if not yet known
 * @param initialSlope initial slope of all channels, finite
 */
public record PReLUSpec(long channels, double initialSlope) implements SameChannelsSpec {

    /** Key of the slope. */
    public static final String SLOPE = "slope";

    /** Initial slope of the source. */
    public static final double DEFAULT_SLOPE = 0.25;

    public PReLUSpec {
        Checks.channels(channels);
        Checks.finite("initialSlope", initialSlope);
    }

    @Override
    public PReLUSpec withInChannels(long value) {
        return new PReLUSpec(value, initialSlope);
    }

    @Override
    public List<ParamSpec> params() {
        return List.of(ParamSpec.vector(SLOPE, channels, ParamSpec.Role.GAIN, initialSlope));
    }
}
