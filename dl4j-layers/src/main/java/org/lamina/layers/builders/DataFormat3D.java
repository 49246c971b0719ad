package org.lamina.layers.builders;

import org.deeplearning4j.nn.conf.layers.Convolution3D;

/**
 * Data format option of layers with three spatial dimensions.
 *
 * @param <T> the builder's own type
 */
public interface DataFormat3D<T> {

    /** Whether activations have their channels last. */
    T channelsLast(boolean value);

    /** NCDHW (default) or NDHWC; taken from the network's input type if it has one. */
    default T dataFormat(Convolution3D.DataFormat format) {
        return channelsLast(format == Convolution3D.DataFormat.NDHWC);
    }
}
