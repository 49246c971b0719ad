package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.RNNFormat;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.layers.impl.StageLayer;
import org.lamina.spec.UpsampleSpec;

/**
 * Linear upsampling of a time series with aligned corners: the outermost positions stay what they
 * are.
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
 * new Upsample1D.Builder().scale(2).build()
 * }</pre>
 *
 * <p>Source: PyTorch's Upsample with mode 'linear' and align_corners,
 * https://pytorch.org/docs/1.13/generated/torch.nn.Upsample.html, as used by MDNC,
 * https://github.com/cainmagi/MDNC.
 *
 * <p>Differs from the source in: with a mask, each series is interpolated between its own first and
 * last step.
 *
 * <p>Differs from DL4J's Upsampling layers in: interpolates rather than repeats, any factor or
 * size.
 */
public class Upsample1D extends SpecLayer<UpsampleSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected Upsample1D() {}

    private Upsample1D(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return StageLayer.class;
    }

    /** Builder. */
    public static class Builder extends UpsampleBuilder<Builder> {

        /** Starts a layer. */
        public Builder() {
            super(1);
        }

        /** NCW (default) or NWC; taken from the network's input type if it has one. */
        public Builder dataFormat(RNNFormat format) {
            return channelsLast(format == RNNFormat.NWC);
        }

        @Override
        @SuppressWarnings("unchecked")
        public Upsample1D build() {
            return new Upsample1D(this);
        }
    }
}
