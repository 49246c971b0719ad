package org.lamina.zoo.evaluation;

import java.util.function.Function;

/** A score of a fold; larger is better. */
public enum Score {
    /** {@link Metrics#accuracy}. */
    ACCURACY("accuracy", "accuracy", Metrics::accuracy),
    /** {@link Metrics#balancedAccuracy}. */
    BALANCED_ACCURACY("balancedAccuracy", "balanced accuracy", Metrics::balancedAccuracy),
    /** {@link Metrics#kappa}. */
    KAPPA("kappa", "kappa", Metrics::kappa),
    /** {@link Metrics#auc}. */
    AUC("auc", "AUC", Metrics::auc),
    /** {@link Metrics#f1}. */
    F1("f1", "F1", Metrics::f1);

    private final String field;
    private final String title;
    private final Function<Metrics, Double> value;

    Score(String field, String title, Function<Metrics, Double> value) {
        this.field = field;
        this.title = title;
        this.value = value;
    }

    /** Its name in files, as {@link Metrics} has it. */
    public String field() {
        return field;
    }

    /** Its heading in tables. */
    public String title() {
        return title;
    }

    /** The value; null where it is not defined, such as AUC where only one class occurs. */
    public Double of(Metrics metrics) {
        return value.apply(metrics);
    }
}
