package org.lamina.samediff.layers;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.lamina.samediff.ops.ActivationOps;
import org.lamina.spec.LayerSpec;
import org.nd4j.linalg.activations.IActivation;

/**
 * Base of the builders of layers that have as many outputs as inputs and take any number of spatial
 * dimensions.
 *
 * @param <T> the builder's own type
 * @param <S> the layer family's spec
 */
abstract class SameDiffChannelwiseBuilder<
                T extends SameDiffChannelwiseBuilder<T, S>, S extends LayerSpec>
        extends SameDiffSameChannelsBuilder<T, S> {

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
     * Refuses a function that SameDiff cannot express.
     *
     * @throws IllegalArgumentException naming the field and the function
     */
    static void available(String field, IActivation function) {
        if (!ActivationOps.supports(function)) {
            throw new IllegalArgumentException(
                    field
                            + " = "
                            + function
                            + "; is not available in SameDiff, use the layer's native form");
        }
    }
}
