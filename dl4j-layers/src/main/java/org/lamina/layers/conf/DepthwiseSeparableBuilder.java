package org.lamina.layers.conf;

import org.lamina.spec.DepthwiseSeparableOptions;
import org.lamina.spec.SeparableConvSpec;

/**
 * Base of the builders of depthwise separable convolutions with PyTorch's defaults.
 *
 * @param <T> the builder's own type
 */
abstract class DepthwiseSeparableBuilder<T extends DepthwiseSeparableBuilder<T>>
        extends SpecLayer.Builder<T, SeparableConvSpec> implements DepthwiseSeparableOptions<T> {

    private final Arguments arguments;

    DepthwiseSeparableBuilder(int rank, int... kernel) {
        arguments = new Arguments(rank, kernel);
    }

    @Override
    public Arguments arguments() {
        return arguments;
    }

    @Override
    protected SeparableConvSpec spec() {
        return arguments.build(getNIn(), getNOut());
    }
}
