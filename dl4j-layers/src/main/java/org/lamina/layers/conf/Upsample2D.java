package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.layers.impl.StageLayer;
import org.lamina.spec.UpsampleSpec;

/**
 * Bilinear upsampling of an image with aligned corners: the outermost positions stay what they are.
 *
 * <pre>
 * source(i) = i * (in - 1) / (out - 1),  0 for an output of one position
 * y[i]      = (1 - f) * x[lower] + f * x[lower + 1],  lower = floor(source(i)), f = source(i) - lower
 * </pre>
 *
 * <p>Along one dimension after the other. Input {@code [N, C, H, W]} (or NHWC), output {@code [N,
 * C, H', W']} with {@code floor(in * scale)} positions along each dimension or the output size
 * given. No parameters.
 *
 * <p>Defaults: no activation function; a scale or an output size must be given.
 *
 * <pre>{@code
 * new Upsample2D.Builder().outputSize(16, 20).build()
 * }</pre>
 *
 * <p>Source: PyTorch's Upsample with mode 'bilinear' and align_corners,
 * https://pytorch.org/docs/1.13/generated/torch.nn.Upsample.html, as used by MDNC,
 * https://github.com/cainmagi/MDNC.
 *
 * <p>Differs from DL4J's Upsampling layers in: interpolates rather than repeats, any factor or
 * size.
 */
public class Upsample2D extends SpecLayer<UpsampleSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected Upsample2D() {}

    private Upsample2D(Builder builder) {
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
            super(2);
        }

        /** NCHW (default) or NHWC; taken from the network's input type if it has one. */
        public Builder dataFormat(CNN2DFormat format) {
            return channelsLast(format == CNN2DFormat.NHWC);
        }

        @Override
        @SuppressWarnings("unchecked")
        public Upsample2D build() {
            return new Upsample2D(this);
        }
    }
}
