package org.lamina.layers.builders;

import org.deeplearning4j.nn.conf.CNN2DFormat;

/**
 * Data format option of layers with two spatial dimensions.
 *
 * @param <T> the builder's own type
 */
public interface DataFormat2D<T> {

    /** Whether activations have their channels last. */
    T channelsLast(boolean value);

    /** NCHW (default) or NHWC; taken from the network's input type if it has one. */
    default T dataFormat(CNN2DFormat format) {
        return channelsLast(format == CNN2DFormat.NHWC);
    }
}
