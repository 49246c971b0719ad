package org.lamina.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Max pooling: DL4J's {@link SubsamplingLayer} with the same options and numbers.
 *
 * <pre>{@code
 * new MaxPooling2D.Builder(1, 3).name("pool").build()
 * }</pre>
 *
 * <p>Differs from DL4J's layer in: the stride defaults to the kernel size; the maximum of a window
 * with NaN is NaN, as in PyTorch, where DL4J's ignores NaN; with a mask, a maximum is over the
 * unmasked positions of its window.
 */
public class MaxPooling2D extends Pooling2D {

    /** For Jackson. */
    protected MaxPooling2D() {}

    private MaxPooling2D(Builder builder) {
        super(builder);
    }

    @Override
    protected WindowPoolingLayer layer(NeuralNetConfiguration conf, DataType dataType) {
        return new MaxPoolingLayer(conf, dataType);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends Pooling2D.Builder {

        /**
         * Creates a builder for windows of this height and width; the stride defaults to their
         * size.
         */
        public Builder(int... kernelSize) {
            super(PoolingType.MAX, kernelSize);
        }

        @Override
        public MaxPooling2D build() {
            super.build(); // checks the values
            return new MaxPooling2D(this);
        }
    }
}
