package org.lamina.zoo.training;

import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A moving average of a network's parameters, which often performs better than the last ones:
 *
 * <pre>
 * average = d * average + (1 - d) * parameters,  d = min(decay, (1 + updates) / (10 + updates))
 * </pre>
 */
final class AveragedParameters {

    private final Model network;
    private final double decay;
    private final INDArray average;
    private int updates;

    /**
     * Starts from the network's parameters.
     *
     * @param decay share that the average keeps in an update, in [0, 1)
     */
    AveragedParameters(Model network, double decay) {
        this(network, decay, network.params().dup(), 0);
    }

    /**
     * Continues an average.
     *
     * @param average modified by updates
     * @param updates number of them so far
     */
    AveragedParameters(Model network, double decay, INDArray average, int updates) {
        if (!(decay >= 0 && decay < 1)) {
            throw new IllegalArgumentException("decay = " + decay + "; must be in [0, 1)");
        }
        this.network = network;
        this.decay = decay;
        this.average = average;
        this.updates = updates;
    }

    /** Includes the network's parameters, after an update of them. */
    void update() {
        double kept = Math.min(decay, (1.0 + updates) / (10.0 + updates));
        updates++;
        average.muli(kept).addi(network.params().mul(1 - kept));
    }

    /** The average. */
    INDArray values() {
        return average;
    }
}
