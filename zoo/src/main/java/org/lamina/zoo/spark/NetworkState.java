package org.lamina.zoo.spark;

import java.io.Serializable;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.zoo.network.Networks;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * All of a network that training changes.
 *
 * @param iteration number of updates so far
 * @param epoch number of epochs so far
 * @param parameters running statistics among them
 * @param updaterState null if the updater has none
 */
record NetworkState(int iteration, int epoch, SentArray parameters, SentArray updaterState)
        implements Serializable {

    /** The state of a network, whose arrays it shares. */
    static NetworkState of(Model network) {
        return new NetworkState(
                Networks.iterationCount(network),
                network instanceof ComputationGraph graph
                        ? graph.getConfiguration().getEpochCount()
                        : ((MultiLayerNetwork) network).getEpochCount(),
                new SentArray(network.params()),
                new SentArray(updaterState(network)));
    }

    private static INDArray updaterState(Model network) {
        return network instanceof ComputationGraph graph
                ? graph.getUpdater().getStateViewArray()
                : ((MultiLayerNetwork) network).getUpdater().getStateViewArray();
    }

    /** Gives a network this state. */
    void applyTo(Model network) {
        if (network instanceof ComputationGraph graph) {
            // Its copies have lost both counts.
            ComputationGraphConfiguration configuration = graph.getConfiguration();
            configuration.setIterationCount(iteration);
            configuration.setEpochCount(epoch);
        } else {
            ((MultiLayerNetwork) network).setIterationCount(iteration);
            ((MultiLayerNetwork) network).setEpochCount(epoch);
        }
        network.setParams(parameters.array());
        if (updaterState.array() != null) {
            updaterState(network).assign(updaterState.array());
        }
    }

    long bytes() {
        return parameters.bytes() + updaterState.bytes();
    }
}
