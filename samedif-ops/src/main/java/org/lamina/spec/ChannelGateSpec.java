package org.lamina.spec;

import org.nd4j.linalg.activations.IActivation;

/**
 * A layer that multiplies each channel by a factor, {@code y = x * scale * gate(z)}, where z is
 * computed from the means of all channels.
 */
public interface ChannelGateSpec extends SameChannelsSpec {

    /** Activation function of the factors. */
    IActivation gate();

    /** Multiplies the factors. */
    double scale();
}
