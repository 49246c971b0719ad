package org.lamina.zoo.spark;

/**
 * The result of an averaging round, in which every worker trains on its minibatches, the parameters
 * are averaged, and constraints are applied to the average.
 *
 * @param epoch number of the epoch, from 1
 * @param number of the round in it, from 1
 * @param rounds of one epoch
 * @param loss mean loss of the examples of the round
 * @param examples in the round
 * @param seconds that it took
 * @param secondsLeft of all epochs, at the speed so far
 */
public record Round(
        int epoch,
        int number,
        int rounds,
        double loss,
        long examples,
        double seconds,
        double secondsLeft) {

    /** Examples trained on in a second, by all workers together. */
    public double examplesPerSecond() {
        return examples / seconds;
    }
}
