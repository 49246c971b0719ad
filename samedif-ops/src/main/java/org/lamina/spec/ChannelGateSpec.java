package org.lamina.spec;

import java.util.Objects;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Base of the specifications of layers that multiply each channel by a factor, {@code y = x * scale
 * * gate(z)}, where the z of all channels follow from the channels' means.
 */
public abstract class ChannelGateSpec extends SameChannelsSpec {

    private static final long serialVersionUID = 1L;

    private final IActivation gate;
    private final double scale;

    ChannelGateSpec(Builder<?> builder, long channels) {
        super(channels);
        this.gate = present("gate", builder.gate);
        this.scale = builder.scale;
        if (!Double.isFinite(scale) || scale == 0) {
            throw new IllegalArgumentException(
                    "scale = " + scale + "; must be a finite number other than 0");
        }
    }

    static IActivation present(String field, IActivation value) {
        if (value == null) {
            throw new IllegalArgumentException(field + " = null; must be an activation function");
        }
        return value;
    }

    /**
     * Collects the gate and its scale: sigmoid and 1 unless set.
     *
     * @param <B> the builder's own type
     */
    public abstract static class Builder<B extends Builder<B>> {

        private IActivation gate = new ActivationSigmoid();
        private double scale = 1;

        Builder() {}

        abstract B self();

        /** Activation function of the factors. */
        public B gate(IActivation value) {
            this.gate = value;
            return self();
        }

        /** Multiplies the factors. */
        public B scale(double value) {
            this.scale = value;
            return self();
        }
    }

    /** Activation function of the factors. */
    @JsonProperty("gate")
    public IActivation gate() {
        return gate;
    }

    /** Multiplies the factors. */
    @JsonProperty("scale")
    public double scale() {
        return scale;
    }

    @Override
    public boolean equals(Object o) {
        return super.equals(o)
                && gate.equals(((ChannelGateSpec) o).gate)
                && scale == ((ChannelGateSpec) o).scale;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), scale);
    }

    /** The gate with its scale. */
    @Override
    public String toString() {
        return super.toString() + ", gate " + (scale == 1 ? "" : scale + " * ") + gate;
    }
}
