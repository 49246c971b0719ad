package org.lamina.zoo.spark;

/** Observes a training on the driver; it may save or measure the network, but not modify it. */
public interface RoundListener {
    /**
     * A round ended.
     *
     * @param round its result
     * @param position of the training, for a checkpoint
     */
    default void onRound(Round round, Position position) {}

    /**
     * An epoch ended.
     *
     * @param epoch its number, from 1
     * @param loss mean loss of its examples, without those before a resume
     * @param seconds that it took, without those before a resume
     * @param position of the training, for a checkpoint
     */
    default void onEpoch(int epoch, double loss, double seconds, Position position) {}
}
