package org.lamina.zoo.spark;

/** Hears on the driver how training goes; the network may be saved or measured, not changed. */
public interface RoundListener {
    /**
     * A round ended.
     *
     * @param round what it did
     * @param position where training stands, for a checkpoint
     */
    default void onRound(Round round, Position position) {}

    /**
     * An epoch ended.
     *
     * @param epoch its number, from 1
     * @param loss mean loss of its examples, those before a resume left out
     * @param seconds that it took, those before a resume left out
     * @param position where training stands, for a checkpoint
     */
    default void onEpoch(int epoch, double loss, double seconds, Position position) {}
}
