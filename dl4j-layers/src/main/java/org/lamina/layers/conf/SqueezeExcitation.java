package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.layers.impl.SqueezeExcitationLayer;
import org.lamina.spec.SqueezeExcitationSpec;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Squeeze and excitation: each channel times a factor that follows from the means of all channels.
 *
 * <pre>
 * y = x * scale * gate(inner(mean(x) W1 + b1) W2 + b2)
 * </pre>
 *
 * <p>The mean runs over all spatial dimensions; in a masked time series over the steps that are not
 * masked. Input and output {@code [N, C, T]}, {@code [N, C, H, W]}, {@code [N, C, D, H, W]} or
 * {@code [N, C]} (where the mean is x itself), or with channels last. Parameters: {@code W1 [C,
 * hidden]}, {@code W2 [hidden, C]} and, with biases, {@code b1 [hidden]}, {@code b2 [C]}; the
 * weights are flattened as those of DL4J's dense layer are.
 *
 * <p>Defaults: C / 16 hidden units, rounded down, at least 1; biases, inner activation ReLU, gate
 * sigmoid, scale 1 (normalizer-free networks have 2); no activation function after it (a global one
 * of the network is not applied).
 *
 * <pre>{@code
 * new SqueezeExcitation.Builder().reduction(4).scale(2.0).build()
 * }</pre>
 *
 * <p>Source: Hu, Shen and Sun, https://arxiv.org/abs/1709.01507.
 *
 * <p>Differs from the source in: biases, the scale, the activation functions and the number of
 * hidden units can be chosen; W1 and W2 are the transposes of PyTorch's.
 */
public class SqueezeExcitation extends SpecLayer<SqueezeExcitationSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected SqueezeExcitation() {}

    private SqueezeExcitation(Builder builder) {
        super(builder);
    }

    @Override
    protected SpecLayerImpl<?> newImpl(NeuralNetConfiguration conf, DataType dataType) {
        return new SqueezeExcitationLayer(conf, dataType);
    }

    /** Builder. */
    public static class Builder extends ChannelwiseBuilder<Builder, SqueezeExcitationSpec> {

        private final SqueezeExcitationSpec.Builder spec = SqueezeExcitationSpec.builder();

        /**
         * Channels per hidden unit, 1 or greater: nIn / reduction hidden units, rounded down, at
         * least 1. Default 16.
         */
        public Builder reduction(int value) {
            spec.reduction(value);
            return this;
        }

        /** Number of hidden units, 1 or greater, instead of a reduction. */
        public Builder hidden(long value) {
            spec.hidden(value);
            return this;
        }

        /** Whether both fully connected layers have biases. Default true. */
        public Builder hasBias(boolean value) {
            spec.bias(value);
            return this;
        }

        /** Activation function of the hidden units. Default ReLU. */
        public Builder innerActivation(IActivation value) {
            spec.innerActivation(value);
            return this;
        }

        /** Activation function of the hidden units. Default ReLU. */
        public Builder innerActivation(Activation value) {
            return innerActivation(
                    value == null ? (IActivation) null : value.getActivationFunction());
        }

        /** Activation function that gives the factors. Default sigmoid. */
        public Builder gate(IActivation value) {
            spec.gate(value);
            return this;
        }

        /** Activation function that gives the factors. Default sigmoid. */
        public Builder gate(Activation value) {
            return gate(value == null ? (IActivation) null : value.getActivationFunction());
        }

        /** Multiplies the factors; a finite number other than 0. Default 1. */
        public Builder scale(double value) {
            spec.scale(value);
            return this;
        }

        @Override
        protected SqueezeExcitationSpec spec() {
            return spec.build(channels());
        }

        @Override
        @SuppressWarnings("unchecked")
        public SqueezeExcitation build() {
            return new SqueezeExcitation(this);
        }
    }
}
