package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.lamina.spec.LayerSpec;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/**
 * Base of the builders of layers that have as many outputs as inputs and, unless one is given, no
 * activation function: a global one of the network is not applied, as with DL4J's own
 * normalization.
 *
 * @param <T> the builder's own type
 * @param <S> the layer family's spec
 */
abstract class ChannelwiseBuilder<T extends ChannelwiseBuilder<T, S>, S extends LayerSpec>
        extends SpecLayer.Builder<T, S> {

    ChannelwiseBuilder() {
        activation(new ActivationIdentity());
    }

    /** NCHW (default) or NHWC; taken from the network's input type if it has one. */
    public T dataFormat(CNN2DFormat format) {
        return channelsLast(format == CNN2DFormat.NHWC);
    }

    /** NCW (default) or NWC; taken from the network's input type if it has one. */
    public T dataFormat(RNNFormat format) {
        return channelsLast(format == RNNFormat.NWC);
    }

    /** NCDHW (default) or NDHWC; taken from the network's input type if it has one. */
    public T dataFormat(Convolution3D.DataFormat format) {
        return channelsLast(format == Convolution3D.DataFormat.NDHWC);
    }

    /**
     * Number of channels.
     *
     * @throws IllegalArgumentException if another number of outputs is given
     */
    long channels() {
        if (getNOut() != 0 && getNOut() != getNIn()) {
            throw new IllegalArgumentException(
                    "nOut = "
                            + getNOut()
                            + "; the layer has as many outputs as inputs, nIn = "
                            + getNIn());
        }
        return getNIn();
    }
}
