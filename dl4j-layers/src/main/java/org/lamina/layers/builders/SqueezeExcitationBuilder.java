package org.lamina.layers.builders;

import org.lamina.spec.SqueezeExcitationSpec;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;

/**
 * Squeeze and excitation: multiplies each channel by a factor computed from the means of all
 * channels.
 *
 * <pre>
 * y = x * scale * gate(inner(mean(x) W1 + b1) W2 + b2)
 * </pre>
 *
 * <p>The mean is taken over all spatial dimensions; with a mask, over the unmasked positions. Input
 * and output {@code [N, C, T]}, {@code [N, C, H, W]}, {@code [N, C, D, H, W]} or {@code [N, C]}
 * (where the mean is x itself), or with channels last. Parameters: {@code W1 [C, hidden]}, {@code
 * W2 [hidden, C]} and, with biases, {@code b1 [hidden]}, {@code b2 [C]}; the weights are flattened
 * as those of DL4J's dense layer are.
 *
 * <p>Defaults: C / 16 hidden units, rounded down, at least 1; biases, inner activation ReLU, gate
 * sigmoid, scale 1 (normalizer-free networks use 2); no activation function (the network's global
 * one is not applied).
 *
 * <p>Source: Hu, Shen and Sun, https://arxiv.org/abs/1709.01507.
 *
 * <p>Differs from the source in: biases, the scale, the activation functions and the number of
 * hidden units can be chosen; W1 and W2 are the transposes of PyTorch's.
 *
 * @param <T> the builder's own type
 */
public abstract class SqueezeExcitationBuilder<T extends SqueezeExcitationBuilder<T>>
        extends ChannelGateBuilder<T, SqueezeExcitationSpec> {

    private Integer reduction;
    private Long hidden;
    private boolean hasBias = true;
    private IActivation innerActivation = new ActivationReLU();

    /**
     * Channels per hidden unit, 1 or greater: nIn / reduction hidden units, rounded down, at least
     * 1. Default 16.
     */
    public T reduction(int value) {
        this.reduction = value;
        return self();
    }

    /** Number of hidden units, 1 or greater, instead of a reduction. */
    public T hidden(long value) {
        this.hidden = value;
        return self();
    }

    /** Whether both fully connected layers have biases. Default true. */
    public T hasBias(boolean value) {
        this.hasBias = value;
        return self();
    }

    /** Activation function of the hidden units. Default ReLU. */
    public T innerActivation(IActivation value) {
        this.innerActivation = value;
        return self();
    }

    /** Activation function of the hidden units. Default ReLU. */
    public T innerActivation(Activation value) {
        return innerActivation(value == null ? (IActivation) null : value.getActivationFunction());
    }

    @Override
    protected SqueezeExcitationSpec spec() {
        return new SqueezeExcitationSpec(
                channels(), reduction, hidden, hasBias, innerActivation, gate, scale);
    }
}
