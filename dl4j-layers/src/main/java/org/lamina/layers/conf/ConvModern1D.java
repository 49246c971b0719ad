package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.RNNFormat;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.layers.impl.StageLayer;
import org.lamina.spec.ConvModernSpec;

/**
 * 1-D convolution with normalization, activation and scaling.
 *
 * <pre>
 * order 'new'        y = conv(up(act(norm(x))))
 * order 'old'        y = act(norm(conv(up(x))))
 * normalizer 'null'  y = act(conv(up(x))), in either order
 * </pre>
 *
 * <p>up is linear upsampling with aligned corners ({@link Upsample1D}), to {@code floor(in *
 * stride)} or to the output size; it is there with scaler 'up' and a stride above 1 or an output
 * size, and the convolution has stride 1 then. With scaler 'down' the convolution has the stride.
 * norm is {@link BatchNorm} or {@link InstanceNorm} with eps 1e-5, momentum 0.1; act is {@link
 * PReLU}, initially 0.25, or a rectifier.
 *
 * <p>Input {@code [N, nIn, T]} (or NWC), output {@code [N, nOut, T']}. Parameters: {@code W [nOut,
 * nIn, k]}; {@code b [nOut]} with normalizer 'null' only; for each channel C that is normalized and
 * activated (nIn in order 'new', nOut in order 'old' and without normalizer): {@code gamma [C]},
 * {@code beta [C]} with 'batch' and 'pinst', the running statistics {@code mean [C]}, {@code var
 * [C]} with 'batch', {@code slope [C]} with 'prelu'.
 *
 * <p>Defaults: kernel 3, stride 1, padding 1, normalizer 'pinst', activator 'prelu', order 'new',
 * scaler 'down', no further activation function (a global one of the network is not applied).
 *
 * <pre>{@code
 * new ConvModern1D.Builder(3).nOut(32).stride(2).normalizer("batch").build()
 * }</pre>
 *
 * <p>Source: MDNC 0.1, {@code mdnc.modules.conv.ConvModern1d}, https://github.com/cainmagi/MDNC.
 *
 * <p>Differs from the source in: argument values that it ignores are errors: unknown names of an
 * activator, order or scaler; an output size with scaler 'down' or together with a stride. Masked
 * positions do not count in the statistics and contribute nothing.
 */
public class ConvModern1D extends SpecLayer<ConvModernSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected ConvModern1D() {}

    private ConvModern1D(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return StageLayer.class;
    }

    /** Builder. */
    public static class Builder extends ConvModernBuilder<Builder> {

        /** Starts a layer with kernel 3. */
        public Builder() {
            this(3);
        }

        /**
         * Starts a layer.
         *
         * @param kernel kernel size
         */
        public Builder(int... kernel) {
            super(1, kernel);
        }

        /** NCW (default) or NWC; taken from the network's input type if it has one. */
        public Builder dataFormat(RNNFormat format) {
            return channelsLast(format == RNNFormat.NWC);
        }

        @Override
        @SuppressWarnings("unchecked")
        public ConvModern1D build() {
            return new ConvModern1D(this);
        }
    }
}
