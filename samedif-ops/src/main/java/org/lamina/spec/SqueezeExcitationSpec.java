package org.lamina.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Squeeze and excitation: each channel is multiplied by a factor that two fully connected layers
 * compute from the means of all channels.
 *
 * <p>Parameters: {@code W1 [channels, hidden]} and {@code W2 [hidden, channels]} in 'f' order, as
 * {@link DenseSpec} has them (the transposes of PyTorch's), and, with biases, {@code b1 [hidden]},
 * {@code b2 [channels]}.
 */
public final class SqueezeExcitationSpec extends ChannelGateSpec {

    /** Key of the weight from the channels' means to the hidden units. */
    public static final String SQUEEZE_WEIGHT = "W1";

    /** Key of the weight from the hidden units to the channels' factors. */
    public static final String EXCITE_WEIGHT = "W2";

    /** Key of the bias of the hidden units. */
    public static final String SQUEEZE_BIAS = "b1";

    /** Key of the bias of the factors. */
    public static final String EXCITE_BIAS = "b2";

    private static final long serialVersionUID = 1L;

    private static final int DEFAULT_REDUCTION = 16;

    private final Integer reduction;
    private final Long hidden;
    private final boolean bias;
    private final IActivation innerActivation;

    private SqueezeExcitationSpec(Builder builder, long channels) {
        super(builder, channels);
        this.reduction = builder.reduction;
        this.hidden = builder.hidden;
        this.bias = builder.bias;
        this.innerActivation = present("innerActivation", builder.innerActivation);
        if (reduction != null && hidden != null) {
            throw new IllegalArgumentException(
                    "reduction = " + reduction + " with hidden = " + hidden + "; give one of them");
        }
        positive("reduction", reduction);
        positive("hidden", hidden);
    }

    private static void positive(String field, Number value) {
        if (value != null && value.longValue() < 1) {
            throw new IllegalArgumentException(field + " = " + value + "; must be 1 or greater");
        }
    }

    @JsonCreator
    static SqueezeExcitationSpec fromJson(
            @JsonProperty("channels") long channels,
            @JsonProperty("reduction") Integer reduction,
            @JsonProperty("hidden") Long hidden,
            @JsonProperty("bias") boolean bias,
            @JsonProperty("innerActivation") IActivation innerActivation,
            @JsonProperty("gate") IActivation gate,
            @JsonProperty("scale") double scale) {
        Builder builder = builder().gate(gate).scale(scale);
        builder.reduction = reduction;
        builder.hidden = hidden;
        builder.bias = bias;
        builder.innerActivation = innerActivation;
        return builder.build(channels);
    }

    /** A builder: reduction 16, biases, ReLU, sigmoid, scale 1 unless set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the hyperparameters. */
    public static final class Builder extends ChannelGateSpec.Builder<Builder> {

        private Integer reduction;
        private Long hidden;
        private boolean bias = true;
        private IActivation innerActivation = new ActivationReLU();

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** Channels per hidden unit; see {@link SqueezeExcitationSpec#hidden()}. */
        public Builder reduction(int value) {
            this.reduction = value;
            return this;
        }

        /** Number of hidden units. */
        public Builder hidden(long value) {
            this.hidden = value;
            return this;
        }

        /** Whether both fully connected layers have biases. */
        public Builder bias(boolean value) {
            this.bias = value;
            return this;
        }

        /** Activation function of the hidden units. */
        public Builder innerActivation(IActivation value) {
            this.innerActivation = value;
            return this;
        }

        /**
         * The specification.
         *
         * @param channels number of channels, or 0 for not yet known
         * @throws IllegalArgumentException naming the field, its value and what is allowed
         */
        public SqueezeExcitationSpec build(long channels) {
            return new SqueezeExcitationSpec(this, channels);
        }
    }

    /** Channels per hidden unit as given, or null. */
    @JsonProperty("reduction")
    public Integer reduction() {
        return reduction;
    }

    @JsonProperty("hidden")
    private Long givenHidden() {
        return hidden;
    }

    /**
     * Number of hidden units: as given, or the channels divided by the reduction, rounded down, at
     * least 1; 0 while that is not known.
     */
    public long hidden() {
        if (hidden != null) {
            return hidden;
        }
        int divisor = reduction == null ? DEFAULT_REDUCTION : reduction;
        return inChannels() == 0 ? 0 : Math.max(1, inChannels() / divisor);
    }

    /** Whether both fully connected layers have biases. */
    @JsonProperty("bias")
    public boolean bias() {
        return bias;
    }

    /** Activation function of the hidden units. */
    @JsonProperty("innerActivation")
    public IActivation innerActivation() {
        return innerActivation;
    }

    @Override
    public SqueezeExcitationSpec withInChannels(long value) {
        return fromJson(value, reduction, hidden, bias, innerActivation, gate(), scale());
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> params = new ArrayList<>();
        params.add(weight(SQUEEZE_WEIGHT, inChannels(), hidden()));
        params.add(weight(EXCITE_WEIGHT, hidden(), inChannels()));
        if (bias) {
            params.add(ParamSpec.vector(SQUEEZE_BIAS, hidden(), ParamSpec.Role.BIAS));
            params.add(ParamSpec.vector(EXCITE_BIAS, inChannels(), ParamSpec.Role.BIAS));
        }
        return params;
    }

    private static ParamSpec weight(String name, long in, long out) {
        return ParamSpec.weight(
                name, new long[] {in, out}, 'f', new int[] {1}, in, out, NormSpec.none());
    }

    @Override
    public long uses(long... inputSize) {
        return 1;
    }

    @Override
    public boolean equals(Object o) {
        if (!super.equals(o)) {
            return false;
        }
        SqueezeExcitationSpec other = (SqueezeExcitationSpec) o;
        return Objects.equals(reduction, other.reduction)
                && Objects.equals(hidden, other.hidden)
                && bias == other.bias
                && innerActivation.equals(other.innerActivation);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), reduction, hidden, bias);
    }

    @Override
    public String toString() {
        return super.toString()
                + ", "
                + (hidden() == 0 ? "reduction " + reduction : hidden() + " hidden")
                + ", bias "
                + bias
                + ", "
                + innerActivation;
    }
}
