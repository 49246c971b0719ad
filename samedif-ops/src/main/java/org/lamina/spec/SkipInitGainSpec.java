package org.lamina.spec;

import java.util.List;

/**
 * Multiplication by one learned number, for inputs of any number of spatial dimensions.
 *
 * <p>Parameter: {@code gain [1]}.
 *
 * @param channels number of channels, or 0 if not yet known
 * @param initial initial value of the factor, a finite number
 */
public record SkipInitGainSpec(long channels, double initial) implements SameChannelsSpec {

    /** Key of the factor. */
    public static final String GAIN = "gain";

    public SkipInitGainSpec {
        Checks.channels(channels);
        Checks.finite("initialGain", initial);
    }

    @Override
    public SkipInitGainSpec withInChannels(long value) {
        return new SkipInitGainSpec(value, initial);
    }

    @Override
    public List<ParamSpec> params() {
        return List.of(ParamSpec.vector(GAIN, 1, ParamSpec.Role.GAIN, initial));
    }
}
