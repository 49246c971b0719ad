package org.lamina.zoo.training;

import java.util.ArrayList;
import java.util.List;
import org.lamina.zoo.evaluation.Metrics;

/**
 * The results of training, epoch by epoch. Immutable.
 *
 * @param epochs in order
 */
public record TrainingHistory(List<Epoch> epochs) {
    /** Copies the list. */
    public TrainingHistory {
        epochs = List.copyOf(epochs);
    }

    /** A history without an epoch. */
    public TrainingHistory() {
        this(List.of());
    }

    /**
     * One pass over the training set.
     *
     * @param number from 1
     * @param loss mean loss of the batches while training (with dropout and penalties)
     * @param trainAccuracy accuracy on the training set after the epoch (without dropout)
     * @param validationLoss mean cross entropy on the validation set after the epoch; null without
     *     one
     * @param validationAccuracy accuracy there; null without a validation set
     * @param validationBalancedAccuracy {@link Metrics#balancedAccuracy()} there; null without a
     *     validation set, or in files of earlier versions
     * @param validationAuc {@link Metrics#auc()} there; null like the former, or if only one class
     *     occurs
     * @param seconds that the epoch took
     */
    public record Epoch(
            int number,
            double loss,
            double trainAccuracy,
            Double validationLoss,
            Double validationAccuracy,
            Double validationBalancedAccuracy,
            Double validationAuc,
            double seconds) {
        /** Checks. */
        public Epoch {
            if ((validationLoss == null) != (validationAccuracy == null)) {
                throw new IllegalArgumentException(
                        "Epoch " + number + " has one of validation loss and accuracy, not both");
            }
        }

        /**
         * @param training measured on the training set
         * @param validation measured on the validation set; null without one
         */
        public static Epoch of(
                int number, double loss, Metrics training, Metrics validation, double seconds) {
            return validation == null
                    ? new Epoch(number, loss, training.accuracy(), null, null, null, null, seconds)
                    : new Epoch(
                            number,
                            loss,
                            training.accuracy(),
                            validation.loss(),
                            validation.accuracy(),
                            validation.balancedAccuracy(),
                            validation.auc(),
                            seconds);
        }
    }

    /**
     * @param epoch the next one
     * @return this history with it
     */
    public TrainingHistory with(Epoch epoch) {
        List<Epoch> longer = new ArrayList<>(epochs);
        longer.add(epoch);
        return new TrainingHistory(longer);
    }

    /** Number of epochs. */
    public int size() {
        return epochs.size();
    }

    /**
     * @param by what is compared
     * @return number of the first of the best epochs; 0 if none was measured
     */
    public int bestEpoch(Criterion by) {
        int best = 0;
        double largest = Double.NEGATIVE_INFINITY;
        for (Epoch epoch : epochs) {
            Double value = by.of(epoch);
            if (value != null && value > largest) {
                largest = value;
                best = epoch.number();
            }
        }
        return best;
    }

    /** Seconds of all epochs. */
    public double seconds() {
        return epochs.stream().mapToDouble(Epoch::seconds).sum();
    }
}
