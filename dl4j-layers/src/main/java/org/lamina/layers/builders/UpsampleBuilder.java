package org.lamina.layers.builders;

import org.lamina.spec.UpsampleGeometry;
import org.lamina.spec.UpsampleSpec;

/**
 * Linear, bilinear or trilinear upsampling with aligned corners: the outermost values are kept.
 *
 * <pre>
 * source(i) = i * (in - 1) / (out - 1),  0 for an output of one position
 * y[i]      = (1 - f) * x[lower] + f * x[lower + 1],  lower = floor(source(i)), f = source(i) - lower
 * </pre>
 *
 * <p>Applied along one dimension after the other. Input {@code [N, C, T]}, {@code [N, C, H, W]} or
 * {@code [N, C, D, H, W]}, or with channels last; output {@code [N, C, ...]} with {@code floor(in *
 * scale)} positions along each dimension or the given output size. No parameters.
 *
 * <p>Exactly one of {@link #scale} and {@link #outputSize} must be given. Default: no activation
 * function.
 *
 * <p>Source: PyTorch's Upsample with mode 'linear', 'bilinear' or 'trilinear' and align_corners,
 * https://pytorch.org/docs/1.13/generated/torch.nn.Upsample.html, as used by MDNC,
 * https://github.com/cainmagi/MDNC.
 *
 * <p>Differs from the source in: with a mask, each series is interpolated between its own first and
 * last step.
 *
 * <p>Differs from DL4J's Upsampling layers in: interpolation instead of repetition; any factor or
 * size.
 *
 * @param <T> the builder's own type
 */
public abstract class UpsampleBuilder<T extends UpsampleBuilder<T>>
        extends SameChannelsBuilder<T, UpsampleSpec> {

    private final int rank;
    private double[] scale;
    private long[] outputSize;

    /** Upsampling of {@code rank} dimensions. */
    protected UpsampleBuilder(int rank) {
        this.rank = rank;
    }

    /**
     * Factors, one number per spatial dimension or one for all, greater than 0: the output has
     * {@code floor(input * scale)} positions.
     */
    public T scale(double... scale) {
        this.scale = scale == null ? null : scale.clone();
        return self();
    }

    /** Size of the output, one number per spatial dimension or one for all, 1 or greater. */
    public T outputSize(long... outputSize) {
        this.outputSize = outputSize == null ? null : outputSize.clone();
        return self();
    }

    @Override
    protected UpsampleSpec spec() {
        return new UpsampleSpec(channels(), new UpsampleGeometry(rank, scale, outputSize));
    }
}
