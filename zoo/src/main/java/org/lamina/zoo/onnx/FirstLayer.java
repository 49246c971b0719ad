package org.lamina.zoo.onnx;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.spec.LayerSpec;
import org.lamina.support.AbstractSpecLayer;
import org.lamina.wrapper.StandardizedWeights;

/** What a network's first layer says of its input. */
final class FirstLayer {

    private FirstLayer() {}

    /** The type of the input, with open sizes; null if the layer does not say. */
    static InputType input(GraphVertex conf) {
        if (!(conf instanceof LayerVertex vertex) || vertex.getPreProcessor() != null) {
            return null;
        }
        return input(vertex.getLayerConf().getLayer());
    }

    private static InputType input(Layer given) {
        Layer layer = Vertices.thawed(given);
        if (layer instanceof StandardizedWeights wrapper) {
            return input(wrapper.getUnderlying());
        } else if (layer instanceof AbstractSpecLayer<?> own) {
            return of(own.getSpec(), own.isChannelsLast());
        } else if (layer instanceof BaseRecurrentLayer recurrent) {
            return InputType.recurrent(recurrent.getNIn(), recurrent.getRnnDataFormat());
        } else if (layer instanceof Convolution1DLayer conv) {
            return InputType.recurrent(conv.getNIn(), conv.getRnnDataFormat());
        } else if (layer instanceof Convolution3D conv) {
            return InputType.convolutional3D(conv.getDataFormat(), 0, 0, 0, conv.getNIn());
        } else if (layer instanceof ConvolutionLayer conv) {
            return InputType.convolutional(0, 0, conv.getNIn(), conv.getCnn2dDataFormat());
        } else if (layer instanceof FeedForwardLayer dense && dense.getNIn() > 0) {
            return InputType.feedForward(dense.getNIn());
        }
        return null;
    }

    private static InputType of(LayerSpec spec, boolean channelsLast) {
        long channels = spec.inChannels();
        return switch (spec.spatialRank()) {
            case 0 -> InputType.feedForward(channels);
            case 1 -> InputType.recurrent(channels, channelsLast ? RNNFormat.NWC : RNNFormat.NCW);
            case 2 ->
                    InputType.convolutional(
                            0, 0, channels, channelsLast ? CNN2DFormat.NHWC : CNN2DFormat.NCHW);
            case 3 ->
                    InputType.convolutional3D(
                            channelsLast
                                    ? Convolution3D.DataFormat.NDHWC
                                    : Convolution3D.DataFormat.NCDHW,
                            0,
                            0,
                            0,
                            channels);
            default -> null;
        };
    }
}
