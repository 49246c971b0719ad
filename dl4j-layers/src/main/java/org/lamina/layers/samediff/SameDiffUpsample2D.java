package org.lamina.layers.samediff;

import org.lamina.layers.builders.DataFormat2D;
import org.lamina.layers.builders.UpsampleBuilder;
import org.lamina.spec.UpsampleSpec;

/**
 * Bilinear upsampling of an image with aligned corners: the outermost values are kept.
 *
 * <pre>
 * source(i) = i * (in - 1) / (out - 1),  0 for an output of one position
 * y[i]      = (1 - f) * x[lower] + f * x[lower + 1],  lower = floor(source(i)), f = source(i) - lower
 * </pre>
 *
 * <p>Applied along one dimension after the other. Input {@code [N, C, H, W]} (or NHWC), output
 * {@code [N, C, H', W']} with {@code floor(in * scale)} positions along each dimension or the
 * output size given. No parameters.
 *
 * <p>Defaults: no activation function; a scale or an output size must be given.
 *
 * <pre>{@code
 * new SameDiffUpsample2D.Builder().outputSize(16, 20).build()
 * }</pre>
 *
 * <p>Source: PyTorch's Upsample with mode 'bilinear' and align_corners,
 * https://pytorch.org/docs/1.13/generated/torch.nn.Upsample.html, as used by MDNC,
 * https://github.com/cainmagi/MDNC.
 *
 * <p>Differs from DL4J's Upsampling layers in: interpolation instead of repetition; any factor or
 * size.
 */
public class SameDiffUpsample2D extends SpecSameDiffLayer<UpsampleSpec> {

    /** For Jackson. */
    protected SameDiffUpsample2D() {}

    private SameDiffUpsample2D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends UpsampleBuilder<Builder> implements DataFormat2D<Builder> {

        /** Creates a builder. */
        public Builder() {
            super(2);
        }

        @Override
        public SameDiffUpsample2D build() {
            return new SameDiffUpsample2D(this);
        }
    }
}
