package org.lamina.spec;

/**
 * Builder methods for weight standardization, shared by the builders of both forms of a layer.
 *
 * @param <T> the builder's own type
 */
public interface StandardizationOptions<T> {

    /** The options' defaults. */
    static WeightStandardization.Builder defaults() {
        return WeightStandardization.elektronn3().toBuilder();
    }

    /** The formula collected so far. */
    WeightStandardization.Builder standardization();

    /** This builder. */
    T self();

    /**
     * The formula; an eps that is set separately is kept. Default {@link
     * WeightStandardization#elektronn3()}.
     */
    default T standardization(WeightStandardization formula) {
        standardization().formula = formula;
        return self();
    }

    /** Eps of the formula, greater than 0. Default: the formula's, 1e-4 for elektronn3's. */
    default T eps(double eps) {
        standardization().eps = eps;
        return self();
    }
}
