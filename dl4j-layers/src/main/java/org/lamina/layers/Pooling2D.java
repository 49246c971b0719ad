package org.lamina.layers;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Base of this project's pooling layers, which extend DL4J's. */
public abstract class Pooling2D extends SubsamplingLayer {

    /** For Jackson. */
    protected Pooling2D() {}

    /** A layer with these options. */
    protected Pooling2D(Builder builder) {
        super(builder);
    }

    /** Creates the implementation. */
    protected abstract WindowPoolingLayer layer(NeuralNetConfiguration conf, DataType dataType);

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray paramsView,
            boolean initializeParams,
            DataType dataType) {
        WindowPoolingLayer layer = layer(conf, dataType);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(paramsView);
        layer.setParamTable(initializer().init(conf, paramsView, initializeParams));
        layer.setConf(conf);
        return layer;
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public abstract static class Builder extends SubsamplingLayer.Builder {

        /**
         * Creates a builder for windows of this height and width; the stride defaults to their
         * size.
         */
        protected Builder(PoolingType type, int... kernelSize) {
            super(type);
            kernelSize(kernelSize);
            stride(kernelSize);
        }
    }
}
