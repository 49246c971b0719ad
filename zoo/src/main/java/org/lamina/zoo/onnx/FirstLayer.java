package org.lamina.zoo.onnx;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.layers.wrapper.StandardizedWeights;
import org.lamina.zoo.network.Networks;

/** What a network's first layer says of its input. */
final class FirstLayer {

    private FirstLayer() {}

    /** The input, with open sizes; null if the layer does not say. */
    static Input input(String name, GraphVertex conf) {
        if (!(conf instanceof LayerVertex vertex) || vertex.getPreProcessor() != null) {
            return null;
        }
        return input(name, vertex.getLayerConf().getLayer());
    }

    private static Input input(String name, Layer given) {
        Layer layer = Networks.thawed(given);
        if (layer instanceof StandardizedWeights wrapper) {
            return input(name, wrapper.getUnderlying());
        } else if (layer instanceof AbstractSpecLayer<?> own) {
            int rank = own.getSpec().spatialRank();
            return rank < 0
                    ? null
                    : Input.open(name, rank, own.getSpec().inChannels(), own.isChannelsLast());
        } else if (layer instanceof BaseRecurrentLayer recurrent) {
            boolean last = recurrent.getRnnDataFormat() == RNNFormat.NWC;
            return Input.open(name, 1, recurrent.getNIn(), last);
        } else if (layer instanceof Convolution1DLayer conv) {
            return Input.open(name, 1, conv.getNIn(), conv.getRnnDataFormat() == RNNFormat.NWC);
        } else if (layer instanceof Convolution3D conv) {
            boolean last = conv.getDataFormat() == Convolution3D.DataFormat.NDHWC;
            return Input.open(name, 3, conv.getNIn(), last);
        } else if (layer instanceof ConvolutionLayer conv) {
            boolean last = conv.getCnn2dDataFormat() == CNN2DFormat.NHWC;
            return Input.open(name, 2, conv.getNIn(), last);
        } else if (layer instanceof FeedForwardLayer dense && dense.getNIn() > 0) {
            return Input.open(name, 0, dense.getNIn(), false);
        }
        return null;
    }
}
