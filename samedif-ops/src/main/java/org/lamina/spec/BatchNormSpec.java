package org.lamina.spec;

import java.util.Arrays;
import java.util.List;

/**
 * Batch normalization of each channel, for inputs of any number of spatial dimensions.
 *
 * <p>Parameters, each {@code [channels]}: {@code gamma}, {@code beta} (trained), {@code mean},
 * {@code var} (running statistics).
 *
 * @param channels number of channels, or 0 if not yet known
 * @param eps added to the variance, 0 or greater
 * @param momentum weight of the batch statistics in the update of the running statistics, in (0,
 *     1]: PyTorch's momentum, 1 minus DL4J's decay and Keras' momentum
 */
public record BatchNormSpec(long channels, double eps, double momentum)
        implements SameChannelsSpec {

    /** Key of the scale. */
    public static final String GAMMA = "gamma";

    /** Key of the shift. */
    public static final String BETA = "beta";

    /** Key of the running mean. */
    public static final String MEAN = "mean";

    /** Key of the running variance. */
    public static final String VARIANCE = "var";

    public BatchNormSpec {
        Checks.channels(channels);
        boolean epsFits = eps >= 0 && Double.isFinite(eps);
        Checks.require(epsFits, "eps", eps, "must be a finite number, 0 or greater");
        Checks.require(momentum > 0 && momentum <= 1, "momentum", momentum, "must be in (0, 1]");
    }

    @Override
    public BatchNormSpec withInChannels(long value) {
        return new BatchNormSpec(value, eps, momentum);
    }

    @Override
    public List<ParamSpec> params() {
        return List.of(
                ParamSpec.vector(GAMMA, channels, ParamSpec.Role.GAIN),
                ParamSpec.vector(BETA, channels, ParamSpec.Role.SHIFT),
                ParamSpec.vector(MEAN, channels, ParamSpec.Role.RUNNING_MEAN),
                ParamSpec.vector(VARIANCE, channels, ParamSpec.Role.RUNNING_VARIANCE));
    }

    /** The variance of a single value is 0: the output would be beta for every input. */
    @Override
    public void checkTraining(long examples, long... inputSize) {
        if (Arrays.stream(inputSize).reduce(examples, (a, b) -> a * b) == 1) {
            throw new IllegalArgumentException(
                    "there is one value for each channel; training needs at least two, give a"
                            + " larger minibatch");
        }
    }
}
