package org.lamina.spec;

import java.util.List;

/**
 * Swish, for inputs of any number of spatial dimensions.
 *
 * <p>Parameter, if beta is learned: {@code beta [channels]}.
 *
 * @param channels number of channels, or 0 if not yet known
 * @param beta slope of the gate, a finite number; its initial value if it is learned
 * @param learnableBeta whether beta is learned, one for each channel
 */
public record SwishSpec(long channels, double beta, boolean learnableBeta)
        implements SameChannelsSpec {

    /** Key of the slope of the gate. */
    public static final String BETA = "beta";

    public SwishSpec {
        Checks.channels(channels);
        Checks.finite("beta", beta);
    }

    @Override
    public SwishSpec withInChannels(long value) {
        return new SwishSpec(value, beta, learnableBeta);
    }

    @Override
    public List<ParamSpec> params() {
        return learnableBeta
                ? List.of(ParamSpec.vector(BETA, channels, ParamSpec.Role.GAIN, beta))
                : List.of();
    }
}
