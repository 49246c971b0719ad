package org.lamina.layers.builders;

import org.lamina.spec.ConvSpec;
import org.lamina.spec.NormOptions;
import org.lamina.spec.NormSpec;

/**
 * Convolution in one or two dimensions with a norm constraint on its filters: formula, shapes and
 * parameters are those of {@link ConvBuilder}. With padding 'causal', output t sees inputs up to t
 * * s and T' = floor((T - 1) / s) + 1 for every stride.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), padding
 * 'same', a bias, maximum norm 2 over each filter.
 *
 * <p>Source: selfEEG 0.2, {@code selfeeg.models.layers.ConstrainedConv1d} and {@code
 * ConstrainedConv2d}, https://github.com/MedMaxLab/selfEEG; padding defaults to 'same' as in its
 * code (documented: 0).
 *
 * <p>Differs from the source in: the weights are constrained after an update instead of before a
 * forward pass ({@link #constrainOnForward}); a minimum norm without a maximum is an error instead
 * of being ignored. Causal padding with a stride above 1 gives all outputs; the original drops (k -
 * 1) * d output samples, which is right for stride 1 only, and gives nothing for kernel 1.
 *
 * @param <T> the builder's own type
 */
public abstract class ConstrainedConvBuilder<T extends ConstrainedConvBuilder<T>>
        extends GroupedConvBuilder<T, ConvSpec> implements NormOptions<T> {

    private final NormSpec.Builder norm = NormOptions.defaults();

    /** A kernel of {@code rank} dimensions: one number per dimension, or one for all. */
    protected ConstrainedConvBuilder(int rank, int... kernel) {
        super(rank, kernel);
        padding("same");
    }

    @Override
    public NormSpec.Builder norm() {
        return norm;
    }

    @Override
    protected ConvSpec spec() {
        return conv(norm.build());
    }
}
