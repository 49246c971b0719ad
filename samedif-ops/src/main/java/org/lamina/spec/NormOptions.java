package org.lamina.spec;

/**
 * Builder methods for the norm constraint on a layer's weights, shared by the builders of both
 * forms of a layer.
 *
 * <p>The bounds select the constraint; see {@link NormSpec}.
 *
 * @param <T> the builder's own type
 */
public interface NormOptions<T> {

    /** The options' defaults. */
    static NormSpec.Builder defaults() {
        return NormSpec.builder().max(2.0);
    }

    /** The bounds collected so far. */
    NormSpec.Builder norm();

    /** This builder. */
    T self();

    /**
     * Largest norm, greater than 0, or null for no constraint. Default 2.
     *
     * <p>DL4J does not apply the network's constraints to a layer that has its own: a global {@code
     * constrainWeights(...)} takes effect only after {@code maxNorm(null)}.
     */
    default T maxNorm(Double max) {
        norm().max(max);
        return self();
    }

    /** Smallest norm, in (0, maxNorm], or null for none. Default none. */
    default T minNorm(Double min) {
        norm().min(min);
        return self();
    }

    /**
     * Axes of the weight over which the norm is taken. Default {@link NormAxes#perOutputUnit()}.
     */
    default T normAxes(NormAxes axes) {
        norm().axes(axes);
        return self();
    }

    /**
     * Fraction of the correction made by each application when both bounds are given, in (0, 1].
     * Default 1. It has no effect with a maximum alone and with both bounds 1 (unit norm), as in
     * selfEEG.
     */
    default T minMaxRate(double rate) {
        norm().rate(rate);
        return self();
    }

    /** Added to the norm in the denominator. Default 1e-9. */
    default T normEps(double eps) {
        norm().eps(eps);
        return self();
    }
}
