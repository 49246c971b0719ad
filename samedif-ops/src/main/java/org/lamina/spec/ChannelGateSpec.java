package org.lamina.spec;

import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;

/**
 * A layer that multiplies each channel by a factor, {@code y = x * scale * gate(z)}, where z is
 * computed from the means of all channels.
 */
public interface ChannelGateSpec extends SameChannelsSpec {

    /** Activation function of the factors. */
    IActivation gate();

    /** Multiplies the factors. */
    double scale();

    /**
     * Collects the gate and its scale; defaults: sigmoid and 1.
     *
     * @param <B> the builder's own type
     */
    abstract class Builder<B extends Builder<B>> {

        IActivation gate = new ActivationSigmoid();
        double scale = 1;

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
}
