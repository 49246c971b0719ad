package org.lamina.zoo.spark;

import java.io.Serializable;
import org.deeplearning4j.nn.api.Model;

/**
 * What a round's workers send, summed on the way to the driver.
 *
 * @param parameters sum of the networks' parameters
 * @param updaterState sum of the updaters' states
 * @param workers number of them
 * @param loss sum of the losses of all examples
 * @param examples number of them
 */
record WorkerSum(
        SentArray parameters, SentArray updaterState, int workers, double loss, long examples)
        implements Serializable {

    /** The result of one worker, whose network may go on. */
    static WorkerSum of(Model network, double loss, long examples) {
        NetworkState state = NetworkState.of(network);
        return new WorkerSum(
                state.parameters().copy(), state.updaterState().copy(), 1, loss, examples);
    }

    /** Both sums as one, in this one's arrays. */
    WorkerSum plus(WorkerSum other) {
        parameters.add(other.parameters);
        updaterState.add(other.updaterState);
        return new WorkerSum(
                parameters,
                updaterState,
                workers + other.workers,
                loss + other.loss,
                examples + other.examples);
    }

    /** The mean of the networks. */
    NetworkState mean(int iteration, int epoch) {
        parameters.divide(workers);
        updaterState.divide(workers);
        return new NetworkState(iteration, epoch, parameters, updaterState);
    }
}
