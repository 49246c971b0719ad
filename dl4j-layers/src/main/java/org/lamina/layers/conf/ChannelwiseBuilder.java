package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.lamina.spec.LayerSpec;

/**
 * Base of the builders of layers that have as many outputs as inputs and take any number of spatial
 * dimensions.
 *
 * @param <T> the builder's own type
 * @param <S> the layer family's spec
 */
abstract class ChannelwiseBuilder<T extends ChannelwiseBuilder<T, S>, S extends LayerSpec>
        extends SameChannelsBuilder<T, S> {

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
}
