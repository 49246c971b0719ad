package org.lamina.layers.samediff;

import org.lamina.layers.builders.ConstrainedConvBuilder;
import org.lamina.layers.builders.DataFormat2D;
import org.lamina.spec.ConvSpec;

/**
 * 2-D convolution with a norm constraint on its filters.
 *
 * <pre>
 * y[n, o, i, j] = b[o] + sum over c, u, v of W[o, c, u, v] * x[n, c', i * s - p + u * d, j * s - p + v * d]
 * </pre>
 *
 * <p>with c' the c-th channel of o's group. Input {@code [N, nIn, H, W]} (or NHWC), output {@code
 * [N, nOut, H', W']}. Parameters: {@code W [nOut, nIn / groups, kH, kW]}, {@code b [nOut]}.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), stride 1,
 * padding 'same', dilation 1, one group, bias, padding mode zeros, maximum norm 2 over each filter.
 *
 * <pre>{@code
 * new SameDiffConstrainedConv2D.Builder(1, 64).nOut(8).hasBias(false).maxNorm(0.5).build()
 * }</pre>
 *
 * <p>Source: selfEEG 0.2, {@code selfeeg.models.layers.ConstrainedConv2d},
 * https://github.com/MedMaxLab/selfEEG; padding defaults to 'same' as in its code (documented: 0).
 *
 * <p>Differs from the source in: the weights are constrained after an update instead of before a
 * forward pass (the same weights in every forward pass); a minimum norm without a maximum is an
 * error instead of being ignored.
 */
public class SameDiffConstrainedConv2D extends SpecSameDiffLayer<ConvSpec> {

    /** For Jackson. */
    protected SameDiffConstrainedConv2D() {}

    private SameDiffConstrainedConv2D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConstrainedConvBuilder<Builder>
            implements DataFormat2D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel kernel height and width, or one number for both
         */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        @Override
        public SameDiffConstrainedConv2D build() {
            return new SameDiffConstrainedConv2D(this);
        }
    }
}
