package org.lamina.zoo.training;

/**
 * How long and in what order a network is trained. What it learns with (updater, loss,
 * regularization) is the network's own configuration.
 *
 * @param epochs passes over the training set, 1 or more; early stopping may end before
 * @param batch examples of one update, 1 or more
 * @param seed of the order of the examples and of the random numbers of training (dropout)
 * @param patience 0: train all epochs and keep the last one's parameters; above 0: stop when the
 *     validation loss has not improved for that many epochs, and keep the best epoch's parameters
 */
public record TrainingPlan(int epochs, int batch, long seed, int patience) {
    /** Checks the values. */
    public TrainingPlan {
        atLeast("epochs", epochs, 1);
        atLeast("batch", batch, 1);
        atLeast("patience", patience, 0);
    }

    private static void atLeast(String field, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "Training plan: " + field + " = " + value + ", must be " + least + " or more");
        }
    }

    /**
     * @return whether the best epoch's parameters are kept and training may end early
     */
    public boolean earlyStopping() {
        return patience > 0;
    }
}
