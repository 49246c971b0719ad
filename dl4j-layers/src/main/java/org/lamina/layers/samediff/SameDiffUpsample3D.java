package org.lamina.layers.samediff;

import org.lamina.layers.builders.DataFormat3D;
import org.lamina.layers.builders.UpsampleBuilder;
import org.lamina.spec.UpsampleSpec;

/**
 * Trilinear upsampling of a volume with aligned corners: the outermost values are kept.
 *
 * <pre>
 * source(i) = i * (in - 1) / (out - 1),  0 for an output of one position
 * y[i]      = (1 - f) * x[lower] + f * x[lower + 1],  lower = floor(source(i)), f = source(i) - lower
 * </pre>
 *
 * <p>Applied along one dimension after the other. Input {@code [N, C, D, H, W]} (or NDHWC), output
 * {@code [N, C, D', H', W']} with {@code floor(in * scale)} positions along each dimension or the
 * output size given. No parameters.
 *
 * <p>Defaults: no activation function; a scale or an output size must be given.
 *
 * <pre>{@code
 * new SameDiffUpsample3D.Builder().scale(2, 1.5, 2).build()
 * }</pre>
 *
 * <p>Source: PyTorch's Upsample with mode 'trilinear' and align_corners,
 * https://pytorch.org/docs/1.13/generated/torch.nn.Upsample.html, as used by MDNC,
 * https://github.com/cainmagi/MDNC.
 *
 * <p>Differs from DL4J's Upsampling layers in: interpolation instead of repetition; any factor or
 * size.
 */
public class SameDiffUpsample3D extends SpecSameDiffLayer<UpsampleSpec> {

    /** For Jackson. */
    protected SameDiffUpsample3D() {}

    private SameDiffUpsample3D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends UpsampleBuilder<Builder> implements DataFormat3D<Builder> {

        /** Creates a builder. */
        public Builder() {
            super(3);
        }

        @Override
        public SameDiffUpsample3D build() {
            return new SameDiffUpsample3D(this);
        }
    }
}
