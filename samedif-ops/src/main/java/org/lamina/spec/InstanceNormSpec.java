package org.lamina.spec;

import java.util.Arrays;
import java.util.List;

/**
 * Instance normalization: of each channel of each example over its positions, for inputs of one,
 * two or three spatial dimensions.
 *
 * <p>Parameters, each {@code [channels]}, if affine: {@code gamma}, {@code beta}.
 *
 * @param channels number of channels, or 0 if not yet known
 * @param affine whether each channel has a scale and a shift
 * @param eps added to the variance, greater than 0
 */
public record InstanceNormSpec(long channels, boolean affine, double eps)
        implements SameChannelsSpec {

    /** Key of the scale. */
    public static final String GAMMA = BatchNormSpec.GAMMA;

    /** Key of the shift. */
    public static final String BETA = BatchNormSpec.BETA;

    public InstanceNormSpec {
        Checks.channels(channels);
        // Not 0: a masked example and a constant channel have variance 0.
        boolean fits = eps > 0 && Double.isFinite(eps);
        Checks.require(fits, "eps", eps, "must be a finite number greater than 0");
    }

    @Override
    public InstanceNormSpec withInChannels(long value) {
        return new InstanceNormSpec(value, affine, eps);
    }

    @Override
    public List<ParamSpec> params() {
        return affine
                ? List.of(
                        ParamSpec.vector(GAMMA, channels, ParamSpec.Role.GAIN),
                        ParamSpec.vector(BETA, channels, ParamSpec.Role.SHIFT))
                : List.of();
    }

    /**
     * Returns the same size.
     *
     * @throws IllegalArgumentException for a single position: its variance is 0
     */
    @Override
    public long[] outputSize(long... inputSize) {
        if (Arrays.stream(inputSize).reduce(1, (a, b) -> a * b) == 1) {
            throw new IllegalArgumentException(
                    String.format(
                            "spatial size %s; instance normalization needs more than one position"
                                    + " for each channel",
                            Arrays.toString(inputSize)));
        }
        return inputSize;
    }
}
