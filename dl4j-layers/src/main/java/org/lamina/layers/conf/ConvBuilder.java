package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvOptions;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.Padding;

/**
 * Base of the builders of convolutions: geometry, bias and, in two dimensions, the data format.
 *
 * @param <T> the builder's own type
 * @param <S> the layer family's spec
 */
abstract class ConvBuilder<T extends ConvBuilder<T, S>, S extends LayerSpec>
        extends SpecLayer.Builder<T, S> implements ConvOptions<T> {

    private ConvGeometry geometry;
    private boolean hasBias;

    ConvBuilder(boolean hasBias, int... kernel) {
        this.geometry = ConvGeometry.ofKernel(kernel).withPadding(Padding.same());
        this.hasBias = hasBias;
    }

    @Override
    public ConvGeometry geometry() {
        return geometry;
    }

    @Override
    public T geometry(ConvGeometry value) {
        this.geometry = value;
        return self();
    }

    /** Whether output channels have a bias. */
    public T hasBias(boolean value) {
        this.hasBias = value;
        return self();
    }

    boolean bias() {
        return hasBias;
    }

    /** NCHW (default) or NHWC; taken from the network's input type if it has one. */
    public T dataFormat(CNN2DFormat format) {
        return channelsLast(format == CNN2DFormat.NHWC);
    }
}
