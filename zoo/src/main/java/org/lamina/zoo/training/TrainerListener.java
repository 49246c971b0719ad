package org.lamina.zoo.training;

/** Observes a training. Both methods are called by the thread that trains. */
public interface TrainerListener {
    /**
     * An update was made.
     *
     * @param epoch number of the epoch, from 1
     * @param batch number of the batch in it, from 1
     * @param batches of one epoch
     * @param loss mean loss of the epoch's batches so far
     */
    default void onBatch(int epoch, int batch, int batches, double loss) {}

    /**
     * An epoch ended; the trainer's state is complete up to it.
     *
     * @param epoch its result
     * @param best whether its validation score is the best so far
     */
    default void onEpoch(TrainingHistory.Epoch epoch, boolean best) {}
}
