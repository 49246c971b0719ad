package org.lamina.zoo.training;

import java.util.ArrayList;
import java.util.List;

/**
 * What training did, epoch by epoch. Immutable.
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
     * @param seconds that the epoch took
     */
    public record Epoch(
            int number,
            double loss,
            double trainAccuracy,
            Double validationLoss,
            Double validationAccuracy,
            double seconds) {
        /** Checks. */
        public Epoch {
            if ((validationLoss == null) != (validationAccuracy == null)) {
                throw new IllegalArgumentException(
                        "Epoch " + number + " has one of validation loss and accuracy, not both");
            }
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

    /**
     * @return number of epochs
     */
    public int size() {
        return epochs.size();
    }

    /**
     * @return number of the first epoch with the smallest validation loss; 0 if there is none
     */
    public int bestEpoch() {
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (Epoch epoch : epochs) {
            if (epoch.validationLoss() != null && epoch.validationLoss() < least) {
                least = epoch.validationLoss();
                best = epoch.number();
            }
        }
        return best;
    }

    /**
     * @return seconds of all epochs
     */
    public double seconds() {
        return epochs.stream().mapToDouble(Epoch::seconds).sum();
    }
}
