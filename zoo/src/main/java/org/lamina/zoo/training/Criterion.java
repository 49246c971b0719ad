package org.lamina.zoo.training;

import java.util.Locale;
import java.util.function.Function;
import org.lamina.zoo.evaluation.Metrics;
import org.lamina.zoo.training.TrainingHistory.Epoch;

/** The validation score that decides which epoch's parameters are kept. */
public enum Criterion {
    /** The smallest cross entropy; classes are not weighted in it. */
    LOSS(
            "smallest validation loss",
            epoch -> epoch.validationLoss() == null ? null : -epoch.validationLoss()),
    /** The largest {@link Metrics#auc()}. */
    AUC("largest validation AUC", Epoch::validationAuc),
    /** The largest {@link Metrics#balancedAccuracy()}. */
    BALANCED_ACCURACY("largest balanced accuracy in validation", Epoch::validationBalancedAccuracy);

    private final String description;
    private final transient Function<Epoch, Double> value;

    Criterion(String description, Function<Epoch, Double> value) {
        this.description = description;
        this.value = value;
    }

    /** Description of the kept epoch's score. */
    public String description() {
        return description;
    }

    /**
     * @param epoch of a training
     * @return larger if the epoch is better; null if it was not measured
     */
    Double of(Epoch epoch) {
        return value.apply(epoch);
    }

    /** The name as on the command line: {@code balanced-accuracy}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
