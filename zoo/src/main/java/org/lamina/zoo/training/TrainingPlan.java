package org.lamina.zoo.training;

import org.lamina.zoo.data.DataException;

/**
 * How long and in what order a network is trained. Updater, loss and regularization are part of the
 * network's configuration.
 *
 * @param epochs maximum number of passes over the training set, 1 or more
 * @param batch examples of one update, 1 or more
 * @param seed of the order of the examples and of the random numbers of training (dropout)
 * @param patience 0: train all epochs and keep the last one's parameters; above 0: stop when
 *     validation has not improved for that many epochs, and keep the best epoch's parameters
 * @param chooseBy score by which epochs are compared
 */
public record TrainingPlan(int epochs, int batch, long seed, int patience, Criterion chooseBy) {
    /** Checks the values. */
    public TrainingPlan {
        atLeast("epochs", epochs, 1);
        atLeast("batch", batch, 1);
        atLeast("patience", patience, 0);
    }

    /** Chooses by {@link Criterion#LOSS}. */
    public TrainingPlan(int epochs, int batch, long seed, int patience) {
        this(epochs, batch, seed, patience, Criterion.LOSS);
    }

    private static void atLeast(String field, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "Training plan: " + field + " = " + value + ", must be " + least + " or more");
        }
    }

    /** Whether the best epoch's parameters are kept and training may end early. */
    public boolean earlyStopping() {
        return patience > 0;
    }

    /**
     * @param history of a training with this plan
     * @return whether training is complete: by the number of epochs, or because validation has not
     *     improved for {@code patience} epochs
     */
    public boolean fulfilledBy(TrainingHistory history) {
        return history.size() >= epochs
                || (earlyStopping() && history.size() - history.bestEpoch(chooseBy) >= patience);
    }

    /**
     * @param history of a training with this plan
     * @return whether its last epoch is the best so far
     * @throws DataException if that cannot be told
     */
    public boolean endsBest(TrainingHistory history) {
        if (earlyStopping() && chooseBy.of(history.epochs().get(history.size() - 1)) == null) {
            throw new DataException(
                    "The validation set has epochs of one class only: it has no %s to choose the"
                            + " best epoch by",
                    chooseBy);
        }
        return history.bestEpoch(chooseBy) == history.size();
    }

    /**
     * @param history of a training with this plan
     * @return number of the epoch whose parameters are kept
     */
    public int keptEpoch(TrainingHistory history) {
        return earlyStopping() ? history.bestEpoch(chooseBy) : history.size();
    }
}
