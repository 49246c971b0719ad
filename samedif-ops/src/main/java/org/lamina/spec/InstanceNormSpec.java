package org.lamina.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Instance normalization: of each channel of each example over its positions, for inputs of one,
 * two or three spatial dimensions.
 *
 * <p>Parameters, each {@code [channels]}, if affine: {@code gamma}, {@code beta}.
 */
public final class InstanceNormSpec implements LayerSpec {

    /** Key of the scale. */
    public static final String GAMMA = BatchNormSpec.GAMMA;

    /** Key of the shift. */
    public static final String BETA = BatchNormSpec.BETA;

    private static final long serialVersionUID = 1L;

    private final long channels;
    private final boolean affine;
    private final double eps;

    /**
     * Creates the specification.
     *
     * @param channels number of channels, or 0 for not yet known
     * @param affine whether there are a scale and a shift for each channel
     * @param eps added to the variance, greater than 0
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    @JsonCreator
    public InstanceNormSpec(
            @JsonProperty("channels") long channels,
            @JsonProperty("affine") boolean affine,
            @JsonProperty("eps") double eps) {
        this.channels = channels;
        this.affine = affine;
        this.eps = eps;
        Checks.divisible("nIn (channels)", channels, 1, true);
        // Not 0: a masked example and a constant channel have variance 0.
        if (!(eps > 0) || Double.isInfinite(eps)) {
            throw new IllegalArgumentException(
                    "eps = " + eps + "; must be a finite number greater than 0");
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

    /** Whether there are a scale and a shift for each channel. */
    @JsonProperty("affine")
    public boolean affine() {
        return affine;
    }

    /** Added to the variance. */
    @JsonProperty("eps")
    public double eps() {
        return eps;
    }

    @Override
    public InstanceNormSpec withInChannels(long value) {
        return new InstanceNormSpec(value, affine, eps);
    }

    @Override
    public InstanceNormSpec withOutChannels(long value) {
        return withInChannels(value);
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
     * The same size.
     *
     * @throws IllegalArgumentException for a single position: its variance is 0
     */
    @Override
    public long[] outputSize(long... inputSize) {
        if (Arrays.stream(inputSize).reduce(1, (a, b) -> a * b) == 1) {
            throw new IllegalArgumentException(
                    "spatial size "
                            + Arrays.toString(inputSize)
                            + "; instance normalization needs more than one position for each"
                            + " channel");
        }
        return inputSize;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof InstanceNormSpec
                && channels == ((InstanceNormSpec) o).channels
                && affine == ((InstanceNormSpec) o).affine
                && eps == ((InstanceNormSpec) o).eps;
    }

    @Override
    public int hashCode() {
        return Objects.hash(channels, affine, eps);
    }

    @Override
    public String toString() {
        return channels + " channels, affine " + affine + ", eps " + eps;
    }
}
