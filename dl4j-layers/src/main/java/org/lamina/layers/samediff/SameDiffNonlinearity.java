package org.lamina.layers.samediff;

import org.lamina.layers.builders.NonlinearityBuilder;
import org.lamina.spec.NonlinearitySpec;

/**
 * An activation function as a separate layer: {@code y = f(x)}.
 *
 * <p>Input and output {@code [N, C]}, {@code [N, C, T]}, {@code [N, C, H, W]} or {@code [N, C, D,
 * H, W]}, or with channels last; the input is not modified. No parameters.
 *
 * <p>Default: the identity (the network's global one is not applied).
 *
 * <pre>{@code
 * new SameDiffNonlinearity.Builder().activation(ScaledActivation.unitVariance(new Gelu())).build()
 * }</pre>
 *
 * <p>Source: none.
 *
 * <p>Differs from DL4J's ActivationLayer in: DL4J's overwrites its input in evaluation, which
 * corrupts residual blocks whose shortcut starts at the network's input and modifies the caller's
 * array; masked steps are zero in the output.
 */
public class SameDiffNonlinearity extends SpecSameDiffLayer<NonlinearitySpec> {

    /** For Jackson. */
    protected SameDiffNonlinearity() {}

    private SameDiffNonlinearity(Builder builder) {
        super(builder);
    }

    /** Builder. */
    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends NonlinearityBuilder<Builder> {

        @Override
        public SameDiffNonlinearity build() {
            return new SameDiffNonlinearity(this);
        }
    }
}
