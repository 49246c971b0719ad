package org.lamina.layers.samediff;

import org.lamina.layers.builders.ConvModernBuilder;
import org.lamina.layers.builders.DataFormat3D;
import org.lamina.spec.ConvModernSpec;

/**
 * 3-D convolution with normalization, activation and scaling.
 *
 * <pre>
 * order 'new'        y = conv(up(act(norm(x))))
 * order 'old'        y = act(norm(conv(up(x))))
 * normalizer 'null'  y = act(conv(up(x))), in either order
 * </pre>
 *
 * <p>up is trilinear upsampling with aligned corners ({@link SameDiffUpsample3D}) to {@code
 * floor(in * stride)} or to the output size; it is applied with scaler 'up' and a stride above 1 or
 * an output size, and the convolution then has stride 1. With scaler 'down' the stride is the
 * convolution's. norm is {@link SameDiffBatchNorm} or {@link SameDiffInstanceNorm} with eps 1e-5,
 * momentum 0.1; act is {@link SameDiffPReLU} with initial slope 0.25, or ReLU.
 *
 * <p>Input {@code [N, nIn, D, H, W]} (or NDHWC), output {@code [N, nOut, D', H', W']}. Parameters:
 * {@code W [nOut, nIn, kD, kH, kW]}; {@code b [nOut]} with normalizer 'null' only; for each channel
 * C that is normalized and activated (nIn in order 'new', nOut in order 'old' and without
 * normalizer): {@code gamma [C]}, {@code beta [C]} with 'batch' and 'pinst', the running statistics
 * {@code mean [C]}, {@code var [C]} with 'batch', {@code slope [C]} with 'prelu'.
 *
 * <p>Defaults: kernel 3, stride 1, padding 1, normalizer 'pinst', activator 'prelu', order 'new',
 * scaler 'down', no further activation function (the network's global one is not applied).
 *
 * <pre>{@code
 * new SameDiffConvModern3D.Builder().nOut(8).stride(1, 2, 2).layerOrder(LayerOrder.OLD).build()
 * }</pre>
 *
 * <p>Source: MDNC 0.1, {@code mdnc.modules.conv.ConvModern3d}, https://github.com/cainmagi/MDNC.
 *
 * <p>Differs from the source in: arguments that it ignores are errors: unknown names of an
 * activator, order or scaler; an output size with scaler 'down' or together with a stride.
 */
public class SameDiffConvModern3D extends SpecSameDiffLayer<ConvModernSpec> {

    /** For Jackson. */
    protected SameDiffConvModern3D() {}

    private SameDiffConvModern3D(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends ConvModernBuilder<Builder>
            implements DataFormat3D<Builder> {

        /** Creates a builder with kernel size 3. */
        public Builder() {
            this(3);
        }

        /**
         * Creates a builder.
         *
         * @param kernel kernel depth, height and width, or one number for all
         */
        public Builder(int... kernel) {
            super(3, kernel);
        }

        @Override
        public SameDiffConvModern3D build() {
            return new SameDiffConvModern3D(this);
        }
    }
}
