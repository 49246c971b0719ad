package org.lamina.layers.builders;

import org.lamina.spec.NonlinearitySpec;

/**
 * An activation function as a separate layer: {@code y = f(x)}.
 *
 * <p>Input and output {@code [N, C]}, {@code [N, C, T]}, {@code [N, C, H, W]} or {@code [N, C, D,
 * H, W]}, or with channels last; the input is not modified. No parameters.
 *
 * <p>Default: the identity (the network's global one is not applied).
 *
 * <p>Source: none.
 *
 * <p>Differs from DL4J's ActivationLayer in: DL4J's overwrites its input in evaluation, which
 * corrupts residual blocks whose shortcut starts at the network's input and modifies the caller's
 * array; masked steps are zero in the output.
 *
 * @param <T> the builder's own type
 */
public abstract class NonlinearityBuilder<T extends NonlinearityBuilder<T>>
        extends ChannelwiseBuilder<T, NonlinearitySpec> {

    @Override
    protected NonlinearitySpec spec() {
        return new NonlinearitySpec(channels());
    }
}
