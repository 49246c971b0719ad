package org.lamina.layers.builders;

import org.lamina.spec.ConvTransposeGeometry;
import org.lamina.spec.ConvTransposeSpec;
import org.lamina.spec.LayerSpec;

/**
 * Options of all transposed convolutions, in addition to those of a convolution.
 *
 * @param <T> the builder's own type
 * @param <S> the layer family's spec
 */
abstract class BaseConvTransposeBuilder<
                T extends BaseConvTransposeBuilder<T, S>, S extends LayerSpec>
        extends GroupedConvBuilder<T, S> {

    private int[] outputPadding = {0};
    private int[] outputSize;

    /** A kernel of {@code rank} dimensions: one number per dimension, or one for all. */
    protected BaseConvTransposeBuilder(int rank, int... kernel) {
        super(rank, kernel);
    }

    /**
     * Size added at the end of each output dimension, one number per spatial dimension or one for
     * all, each smaller than stride or dilation. Default 0.
     */
    public T outputPadding(int... outputPadding) {
        this.outputPadding = outputPadding == null ? null : outputPadding.clone();
        return self();
    }

    /**
     * Exact spatial size of the output, one number per dimension or one for all, instead of output
     * padding; null for none. A size that the input size cannot produce is an error. Default null.
     */
    public T outputSize(int... outputSize) {
        this.outputSize = outputSize == null ? null : outputSize.clone();
        return self();
    }

    /** The transposed convolution with these options. */
    final ConvTransposeSpec transposedConv() {
        ConvTransposeGeometry transposed =
                new ConvTransposeGeometry(geometry().build())
                        .withOutputPadding(outputPadding)
                        .withOutputSize(outputSize);
        return new ConvTransposeSpec(getNIn(), getNOut(), transposed, bias());
    }
}
