package org.lamina.layers.samediff;

import org.lamina.layers.builders.DataFormat1D;
import org.lamina.layers.builders.UpsampleBuilder;
import org.lamina.spec.UpsampleSpec;

/**
 * Linear upsampling of a time series with aligned corners: the outermost values are kept.
 *
 * <pre>
 * source(i) = i * (in - 1) / (out - 1),  0 for an output of one position
 * y[i]      = (1 - f) * x[lower] + f * x[lower + 1],  lower = floor(source(i)), f = source(i) - lower
 * </pre>
 *
 * <p>Input {@code [N, C, T]} (or NWC), output {@code [N, C, T']} with {@code floor(in * scale)}
 * positions along each dimension or the output size given. No parameters.
 *
 * <p>Defaults: no activation function; a scale or an output size must be given.
 *
 * <pre>{@code
 * new SameDiffUpsample1D.Builder().scale(2).build()
 * }</pre>
 *
 * <p>Source: PyTorch's Upsample with mode 'linear' and align_corners,
 * https://pytorch.org/docs/1.13/generated/torch.nn.Upsample.html, as used by MDNC,
 * https://github.com/cainmagi/MDNC.
 *
 * <p>Differs from the source in: with a mask, each series is interpolated between its own first and
 * last step.
 *
 * <p>Differs from DL4J's Upsampling layers in: interpolation instead of repetition; any factor or
 * size.
 */
public class SameDiffUpsample1D extends SpecSameDiffLayer<UpsampleSpec> {

    /** For Jackson. */
    protected SameDiffUpsample1D() {}

    private SameDiffUpsample1D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends UpsampleBuilder<Builder> implements DataFormat1D<Builder> {

        /** Creates a builder. */
        public Builder() {
            super(1);
        }

        @Override
        public SameDiffUpsample1D build() {
            return new SameDiffUpsample1D(this);
        }
    }
}
