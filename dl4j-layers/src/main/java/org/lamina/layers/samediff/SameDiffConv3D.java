package org.lamina.layers.samediff;

import org.lamina.layers.builders.ConvBuilder;
import org.lamina.layers.builders.DataFormat3D;
import org.lamina.spec.ConvSpec;

/**
 * 3-D convolution.
 *
 * <pre>
 * y[n, o, h, i, j] = b[o] + sum over c, u, v, w of W[o, c, u, v, w] * x[n, c', h * s - p + u * d, i * s - p + v * d, j * s - p + w * d]
 * </pre>
 *
 * <p>with c' the c-th channel of o's group.
 *
 * <p>Input: {@code [N, nIn, D, H, W]} (or NDHWC), output {@code [N, nOut, D', H', W']}. Parameters:
 * {@code W [nOut, nIn / groups, kD, kH, kW]}, {@code b [nOut]}.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), stride 1, no
 * padding, dilation 1, one group, bias, padding mode zeros.
 *
 * <pre>{@code
 * new SameDiffConv3D.Builder(3, 3, 3).nOut(16).stride(2).padding(1).build()
 * }</pre>
 *
 * <p>Source: PyTorch 1.13, {@code torch.nn.Conv3d},
 * https://pytorch.org/docs/1.13/generated/torch.nn.Conv3d.html.
 *
 * <p>Differs from the source in: weights and biases are initialized as the network specifies
 * (PyTorch: uniform in +-1 / sqrt(fanIn)); padding per side.
 */
public class SameDiffConv3D extends SpecSameDiffLayer<ConvSpec> {

    /** For Jackson. */
    protected SameDiffConv3D() {}

    private SameDiffConv3D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConvBuilder<Builder> implements DataFormat3D<Builder> {

        /**
         * Creates a builder.
         *
         * @param kernel kernel depth, height and width, or one number for all
         */
        public Builder(int... kernel) {
            super(3, kernel);
        }

        @Override
        public SameDiffConv3D build() {
            return new SameDiffConv3D(this);
        }
    }
}
