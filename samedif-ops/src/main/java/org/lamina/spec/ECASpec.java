package org.lamina.spec;

import java.util.List;
import java.util.Objects;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Efficient channel attention: each channel is multiplied by a factor that a convolution along the
 * channels computes from the means of the channel and its neighbours.
 *
 * <p>Parameter: {@code W [1, 1, kernel]}, without bias (PyTorch's layout).
 */
public final class ECASpec extends ChannelGateSpec {

    private static final long serialVersionUID = 1L;

    private static final int SMALLEST_ADAPTIVE_KERNEL = 3;

    private final Integer kernelSize;

    private ECASpec(Builder builder, long channels) {
        super(builder, channels);
        this.kernelSize = builder.kernelSize;
        if (kernelSize != null && (kernelSize < 1 || kernelSize % 2 == 0)) {
            throw new IllegalArgumentException(
                    "kernelSize = " + kernelSize + "; must be an odd number, 1 or greater");
        }
    }

    @JsonCreator
    static ECASpec fromJson(
            @JsonProperty("channels") long channels,
            @JsonProperty("kernelSize") Integer kernelSize,
            @JsonProperty("gate") IActivation gate,
            @JsonProperty("scale") double scale) {
        Builder builder = builder().gate(gate).scale(scale);
        builder.kernelSize = kernelSize;
        return builder.build(channels);
    }

    /** A builder: a kernel size that follows from the channels, sigmoid, scale 1 unless set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the hyperparameters. */
    public static final class Builder extends ChannelGateSpec.Builder<Builder> {

        private Integer kernelSize;

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** Number of channels that a factor depends on, an odd number. */
        public Builder kernelSize(int value) {
            this.kernelSize = value;
            return this;
        }

        /**
         * The specification.
         *
         * @param channels number of channels, or 0 for not yet known
         * @throws IllegalArgumentException naming the field, its value and what is allowed
         */
        public ECASpec build(long channels) {
            return new ECASpec(this, channels);
        }
    }

    @JsonProperty("kernelSize")
    private Integer givenKernelSize() {
        return kernelSize;
    }

    /**
     * Number of channels that a factor depends on: as given, or {@code (log2(channels) + 1) / 2}
     * rounded down, the next odd number if that is even, at least 3; 0 while that is not known.
     */
    public int kernelSize() {
        if (kernelSize != null) {
            return kernelSize;
        }
        if (inChannels() == 0) {
            return 0;
        }
        int size = (int) ((Math.log(inChannels()) / Math.log(2) + 1) / 2);
        return Math.max(size % 2 == 0 ? size + 1 : size, SMALLEST_ADAPTIVE_KERNEL);
    }

    /** The convolution of {@code [N, 1, channels]} along the channels. */
    public ConvSpec convolution() {
        ConvGeometry geometry = ConvGeometry.ofKernel(kernelSize()).withPadding(Padding.same());
        return new ConvSpec(1, 1, geometry, false, NormSpec.none());
    }

    @Override
    public ECASpec withInChannels(long value) {
        return fromJson(value, kernelSize, gate(), scale());
    }

    @Override
    public List<ParamSpec> params() {
        int size = kernelSize();
        return List.of(
                ParamSpec.weight(
                        ParamSpec.WEIGHT,
                        new long[] {1, 1, size},
                        'c',
                        new int[] {0},
                        size,
                        size,
                        NormSpec.none()));
    }

    /** Once for each channel. */
    @Override
    public long uses(long... inputSize) {
        return inChannels();
    }

    @Override
    public boolean equals(Object o) {
        return super.equals(o) && Objects.equals(kernelSize, ((ECASpec) o).kernelSize);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), kernelSize);
    }

    @Override
    public String toString() {
        return super.toString()
                + ", kernel size "
                + (kernelSize() == 0 ? "from the channels" : kernelSize());
    }
}
