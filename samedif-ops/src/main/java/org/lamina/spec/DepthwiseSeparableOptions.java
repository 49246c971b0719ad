package org.lamina.spec;

/**
 * Builder methods for a depthwise separable convolution with PyTorch's defaults, shared by the
 * builders of both forms of the layer.
 *
 * @param <T> the builder's own type
 */
public interface DepthwiseSeparableOptions<T> extends ConvOptions<T> {

    /** What is collected so far. */
    Arguments arguments();

    @Override
    default ConvGeometry.Builder geometry() {
        return arguments().geometry;
    }

    /** Filters per input channel, 1 or greater. Default 1. */
    default T depthMultiplier(int depthMultiplier) {
        arguments().depthMultiplier = depthMultiplier;
        return self();
    }

    /** Whether both parts have biases. Default true. */
    default T hasBias(boolean bias) {
        biasDepthwise(bias);
        return biasPointwise(bias);
    }

    /** Whether the depthwise part has a bias. Default true. */
    default T biasDepthwise(boolean bias) {
        arguments().biasDepthwise = bias;
        return self();
    }

    /** Whether the pointwise part has a bias. Default true. */
    default T biasPointwise(boolean bias) {
        arguments().biasPointwise = bias;
        return self();
    }

    /** Collects a depthwise separable convolution; checks nothing until it builds. */
    final class Arguments {
        private final ConvGeometry.Builder geometry;
        private int depthMultiplier = 1;
        private boolean biasDepthwise = true;
        private boolean biasPointwise = true;

        /**
         * PyTorch's defaults.
         *
         * @param rank number of spatial dimensions
         * @param kernel one number per dimension, or one for all
         */
        public Arguments(int rank, int... kernel) {
            this.geometry = ConvGeometry.builder(rank, kernel).padding(0);
        }

        /**
         * The specification, without norm constraints.
         *
         * @throws IllegalArgumentException naming the field, its value and what is allowed
         */
        public SeparableConvSpec build(long inChannels, long outChannels) {
            return new SeparableConvSpec(
                    new DepthwiseConvSpec(
                            inChannels,
                            depthMultiplier,
                            geometry.build(),
                            biasDepthwise,
                            NormSpec.none()),
                    outChannels,
                    biasPointwise,
                    NormSpec.none());
        }
    }
}
