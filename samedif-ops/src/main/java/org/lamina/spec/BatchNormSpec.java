package org.lamina.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Batch normalization of each channel, for inputs of any number of spatial dimensions.
 *
 * <p>Parameters, each {@code [channels]}: {@code gamma}, {@code beta} (trained), {@code mean},
 * {@code var} (running statistics).
 */
public final class BatchNormSpec implements LayerSpec {

    /** Key of the scale. */
    public static final String GAMMA = "gamma";

    /** Key of the shift. */
    public static final String BETA = "beta";

    /** Key of the running mean. */
    public static final String MEAN = "mean";

    /** Key of the running variance. */
    public static final String VARIANCE = "var";

    private static final long serialVersionUID = 1L;

    private final long channels;
    private final double eps;
    private final double momentum;

    /**
     * Creates the specification.
     *
     * @param channels number of channels, or 0 for not yet known
     * @param eps added to the variance, 0 or greater
     * @param momentum share of a batch's statistics in the running ones, in (0, 1]: PyTorch's
     *     momentum, 1 minus DL4J's decay and Keras' momentum
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    @JsonCreator
    public BatchNormSpec(
            @JsonProperty("channels") long channels,
            @JsonProperty("eps") double eps,
            @JsonProperty("momentum") double momentum) {
        this.channels = channels;
        this.eps = eps;
        this.momentum = momentum;
        Checks.divisible("nIn (channels)", channels, 1, true);
        if (!(eps >= 0) || Double.isInfinite(eps)) {
            throw new IllegalArgumentException(
                    "eps = " + eps + "; must be a finite number, 0 or greater");
        }
        if (!(momentum > 0 && momentum <= 1)) {
            throw new IllegalArgumentException("momentum = " + momentum + "; must be in (0, 1]");
        }
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

    /** Added to the variance. */
    @JsonProperty("eps")
    public double eps() {
        return eps;
    }

    @Override
    @JsonProperty("momentum")
    public double momentum() {
        return momentum;
    }

    @Override
    public BatchNormSpec withInChannels(long value) {
        return new BatchNormSpec(value, eps, momentum);
    }

    @Override
    public BatchNormSpec withOutChannels(long value) {
        return withInChannels(value);
    }

    @Override
    public List<ParamSpec> params() {
        return List.of(
                ParamSpec.vector(GAMMA, channels, ParamSpec.Role.GAIN),
                ParamSpec.vector(BETA, channels, ParamSpec.Role.SHIFT),
                ParamSpec.vector(MEAN, channels, ParamSpec.Role.RUNNING_MEAN),
                ParamSpec.vector(VARIANCE, channels, ParamSpec.Role.RUNNING_VARIANCE));
    }

    @Override
    public long[] outputSize(long... inputSize) {
        return inputSize;
    }

    /** One value has no variance: its output would be beta whatever the input. */
    @Override
    public void checkTraining(long examples, long... inputSize) {
        if (Arrays.stream(inputSize).reduce(examples, (a, b) -> a * b) == 1) {
            throw new IllegalArgumentException(
                    "there is one value for each channel; training needs at least two, give a"
                            + " larger minibatch");
        }
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof BatchNormSpec
                && channels == ((BatchNormSpec) o).channels
                && eps == ((BatchNormSpec) o).eps
                && momentum == ((BatchNormSpec) o).momentum;
    }

    @Override
    public int hashCode() {
        return Objects.hash(channels, eps, momentum);
    }

    @Override
    public String toString() {
        return channels + " channels, eps " + eps + ", momentum " + momentum;
    }
}
