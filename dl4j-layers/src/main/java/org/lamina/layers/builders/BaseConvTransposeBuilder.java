package org.lamina.layers.builders;

import org.lamina.spec.ConvTransposeSpec;
import org.lamina.spec.LayerSpec;

/**
 * Options of all transposed convolutions, in addition to those of a convolution.
 *
 * @param <T> the builder's own type
 * @param <S> the layer family's spec
 */
public abstract class BaseConvTransposeBuilder<
                T extends BaseConvTransposeBuilder<T, S>, S extends LayerSpec>
        extends GroupedConvBuilder<T, S> {

    private final ConvTransposeSpec.Builder transposed = new ConvTransposeSpec.Builder();

    /**
     * Creates a builder.
     *
     * @param rank number of spatial dimensions
     * @param kernel one number per dimension, or one for all
     */
    protected BaseConvTransposeBuilder(int rank, int... kernel) {
        super(rank, kernel);
    }

    /**
     * Size added at the end of each output dimension, one number per spatial dimension or one for
     * all, each smaller than stride or dilation. Default 0.
     */
    public T outputPadding(int... outputPadding) {
        transposed.outputPadding(outputPadding);
        return self();
    }

    /**
     * Exact spatial size of the output, one number per dimension or one for all, instead of output
     * padding; null for none. A size that the input size cannot produce is an error. Default null.
     */
    public T outputSize(int... outputSize) {
        transposed.outputSize(outputSize);
        return self();
    }

    /** The transposed convolution with these options. */
    final ConvTransposeSpec transposedConv() {
        return transposed.build(getNIn(), getNOut(), geometry().build(), bias());
    }
}
