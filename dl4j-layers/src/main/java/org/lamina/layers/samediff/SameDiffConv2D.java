package org.lamina.layers.samediff;

import org.lamina.layers.builders.ConvBuilder;
import org.lamina.layers.builders.DataFormat2D;
import org.lamina.spec.ConvSpec;

/**
 * 2-D convolution.
 *
 * <pre>
 * y[n, o, i, j] = b[o] + sum over c, u, v of W[o, c, u, v] * x[n, c', i * s - p + u * d, j * s - p + v * d]
 * </pre>
 *
 * <p>with c' the c-th channel of o's group.
 *
 * <p>Input: {@code [N, nIn, H, W]} (or NHWC), output {@code [N, nOut, H', W']}. Parameters: {@code
 * W [nOut, nIn / groups, kH, kW]}, {@code b [nOut]}.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), stride 1, no
 * padding, dilation 1, one group, bias, padding mode zeros.
 *
 * <pre>{@code
 * new SameDiffConv2D.Builder(3, 3).nOut(16).padding(1).paddingMode(PaddingMode.CIRCULAR).build()
 * }</pre>
 *
 * <p>Source: PyTorch 1.13, {@code torch.nn.Conv2d},
 * https://pytorch.org/docs/1.13/generated/torch.nn.Conv2d.html.
 *
 * <p>Differs from the source in: weights and biases are initialized as the network specifies
 * (PyTorch: uniform in +-1 / sqrt(fanIn)); padding per side.
 */
public class SameDiffConv2D extends SpecSameDiffLayer<ConvSpec> {

    /** For Jackson. */
    protected SameDiffConv2D() {}

    private SameDiffConv2D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConvBuilder<Builder> implements DataFormat2D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel kernel height and width, or one number for both
         */
        public Builder(int... kernel) {
            super(2, kernel);
        }

        @Override
        public SameDiffConv2D build() {
            return new SameDiffConv2D(this);
        }
    }
}
