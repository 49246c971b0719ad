package org.lamina.spec;

/**
 * Builder methods for the two norm constraints of a separable convolution, shared by the builders
 * of both forms of a layer.
 *
 * <p>The bounds select the constraint; see {@link NormSpec}. A rate has an effect with two bounds
 * only, unless both are 1. DL4J gives a layer with a constraint of its own none of the network's
 * ({@code constrainWeights(...)}).
 *
 * @param <T> the builder's own type
 */
public interface SeparableNormOptions<T> {

    /** The bounds of the depthwise weights collected so far. */
    NormSpec.Builder depthNorm();

    /** The bounds of the pointwise weights collected so far. */
    NormSpec.Builder pointNorm();

    /** This builder. */
    T self();

    /** Largest norm of a depthwise filter, or null for no constraint. Default null. */
    default T depthMaxNorm(Double value) {
        depthNorm().max(value);
        return self();
    }

    /** Smallest norm of a depthwise filter, or null. Default null. */
    default T depthMinNorm(Double value) {
        depthNorm().min(value);
        return self();
    }

    /** Rate of the depthwise constraint when both its bounds are given, in (0, 1]. Default 1. */
    default T depthMinMaxRate(double value) {
        depthNorm().rate(value);
        return self();
    }

    /** Largest norm of a pointwise filter, or null for no constraint. Default null. */
    default T pointMaxNorm(Double value) {
        pointNorm().max(value);
        return self();
    }

    /** Smallest norm of a pointwise filter, or null. Default null. */
    default T pointMinNorm(Double value) {
        pointNorm().min(value);
        return self();
    }

    /** Rate of the pointwise constraint when both its bounds are given, in (0, 1]. Default 1. */
    default T pointMinMaxRate(double value) {
        pointNorm().rate(value);
        return self();
    }

    /**
     * Axes of both weights over which norms are taken. Default {@link NormAxes#perOutputUnit()}.
     */
    default T normAxes(NormAxes axes) {
        depthNorm().axes(axes);
        pointNorm().axes(axes);
        return self();
    }

    /** Added to the norms in the denominator. Default 1e-9. */
    default T normEps(double eps) {
        depthNorm().eps(eps);
        pointNorm().eps(eps);
        return self();
    }
}
