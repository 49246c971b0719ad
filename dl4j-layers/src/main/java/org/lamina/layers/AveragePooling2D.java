package org.lamina.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Average pooling: DL4J's {@link SubsamplingLayer} with the same options and numbers, faster for
 * float without padding on a CPU.
 *
 * <pre>{@code
 * new AveragePooling2D.Builder(1, 4).name("pool").build()
 * }</pre>
 *
 * <p>Differs from DL4J's layer in: the stride defaults to the kernel size; with a mask, a mean is
 * over the unmasked positions of its window.
 */
public class AveragePooling2D extends Pooling2D {

    /** For Jackson. */
    protected AveragePooling2D() {}

    private AveragePooling2D(Builder builder) {
        super(builder);
    }

    @Override
    protected WindowPoolingLayer layer(NeuralNetConfiguration conf, DataType dataType) {
        return new AveragePoolingLayer(conf, dataType);
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends Pooling2D.Builder {

        /**
         * Creates a builder for windows of this height and width; the stride defaults to their
         * size.
         */
        public Builder(int... kernelSize) {
            super(PoolingType.AVG, kernelSize);
        }

        @Override
        public AveragePooling2D build() {
            super.build(); // checks the values
            return new AveragePooling2D(this);
        }
    }
}
