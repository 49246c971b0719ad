package org.lamina.layers.conf;

import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.layers.impl.StageLayer;
import org.lamina.spec.UpsampleSpec;

/**
 * Trilinear upsampling of a volume with aligned corners: the outermost positions stay what they
 * are.
 *
 * <pre>
 * source(i) = i * (in - 1) / (out - 1),  0 for an output of one position
 * y[i]      = (1 - f) * x[lower] + f * x[lower + 1],  lower = floor(source(i)), f = source(i) - lower
 * </pre>
 *
 * <p>Along one dimension after the other. Input {@code [N, C, D, H, W]} (or NDHWC), output {@code
 * [N, C, D', H', W']} with {@code floor(in * scale)} positions along each dimension or the output
 * size given. No parameters.
 *
 * <p>Defaults: no activation function; a scale or an output size must be given.
 *
 * <pre>{@code
 * new Upsample3D.Builder().scale(2, 1.5, 2).build()
 * }</pre>
 *
 * <p>Source: PyTorch's Upsample with mode 'trilinear' and align_corners,
 * https://pytorch.org/docs/1.13/generated/torch.nn.Upsample.html, as used by MDNC,
 * https://github.com/cainmagi/MDNC.
 *
 * <p>Differs from DL4J's Upsampling layers in: interpolates rather than repeats, any factor or
 * size.
 */
public class Upsample3D extends SpecLayer<UpsampleSpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected Upsample3D() {}

    private Upsample3D(Builder builder) {
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
            super(3);
        }

        /** NCDHW (default) or NDHWC; taken from the network's input type if it has one. */
        public Builder dataFormat(Convolution3D.DataFormat format) {
            return channelsLast(format == Convolution3D.DataFormat.NDHWC);
        }

        @Override
        @SuppressWarnings("unchecked")
        public Upsample3D build() {
            return new Upsample3D(this);
        }
    }
}
