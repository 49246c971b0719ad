package org.lamina.layers.builders;

import org.deeplearning4j.nn.conf.RNNFormat;

/**
 * Data format option of layers with one spatial dimension.
 *
 * @param <T> the builder's own type
 */
public interface DataFormat1D<T> {

    /** Whether activations have their channels last. */
    T channelsLast(boolean value);

    /** NCW (default) or NWC; taken from the network's input type if it has one. */
    default T dataFormat(RNNFormat format) {
        return channelsLast(format == RNNFormat.NWC);
    }
}
