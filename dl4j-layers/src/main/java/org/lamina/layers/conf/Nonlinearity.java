package org.lamina.layers.conf;

import org.lamina.layers.impl.NonlinearityLayer;
import org.lamina.layers.impl.SpecLayerImpl;
import org.lamina.spec.NonlinearitySpec;

/**
 * An activation function as a layer of its own: {@code y = f(x)}.
 *
 * <p>Input and output {@code [N, C]}, {@code [N, C, T]}, {@code [N, C, H, W]} or {@code [N, C, D,
 * H, W]}, or with channels last; the input is left as it is. No parameters.
 *
 * <p>Default: the identity (a global function of the network is not applied).
 *
 * <pre>{@code
 * new Nonlinearity.Builder().activation(ScaledActivation.unitVariance(new Gelu())).build()
 * }</pre>
 *
 * <p>Source: none.
 *
 * <p>Differs from DL4J's ActivationLayer in: in evaluation that one writes over its input, which
 * makes a residual block wrong whose shortcut begins at the network's input, and changes the
 * caller's array; masked steps are zero in the output.
 */
public class Nonlinearity extends SpecLayer<NonlinearitySpec> {

    private static final long serialVersionUID = 1L;

    /** For Jackson. */
    protected Nonlinearity() {}

    private Nonlinearity(Builder builder) {
        super(builder);
    }

    @Override
    protected Class<? extends SpecLayerImpl<?>> implementation() {
        return NonlinearityLayer.class;
    }

    /** Builder. */
    public static class Builder extends ChannelwiseBuilder<Builder, NonlinearitySpec> {

        @Override
        protected NonlinearitySpec spec() {
            return new NonlinearitySpec(channels());
        }

        @Override
        @SuppressWarnings("unchecked")
        public Nonlinearity build() {
            return new Nonlinearity(this);
        }
    }
}
