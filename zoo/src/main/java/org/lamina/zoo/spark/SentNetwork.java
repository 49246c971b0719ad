package org.lamina.zoo.spark;

import java.io.Serializable;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.worker.NetBroadcastTuple;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The network from which the workers of a round start. */
final class SentNetwork extends NetBroadcastTuple {
    private static final long serialVersionUID = 1L;

    /** The serialized form. */
    private record Form(
            MultiLayerConfiguration configuration,
            ComputationGraphConfiguration graph,
            SentArray parameters,
            SentArray updaterState)
            implements Serializable {
        private Object readResolve() {
            return new SentNetwork(configuration, graph, parameters.array(), updaterState.array());
        }
    }

    private SentNetwork(
            MultiLayerConfiguration configuration,
            ComputationGraphConfiguration graph,
            INDArray parameters,
            INDArray updaterState) {
        super(configuration, graph, parameters, updaterState);
    }

    static SentNetwork of(MultiLayerNetwork network) {
        return new SentNetwork(
                network.getLayerWiseConfigurations(),
                null,
                network.params(),
                network.getUpdater().getStateViewArray());
    }

    static SentNetwork of(ComputationGraph network) {
        return new SentNetwork(
                null,
                network.getConfiguration(),
                network.params(),
                network.getUpdater().getStateViewArray());
    }

    private Object writeReplace() {
        return new Form(
                getConfiguration(),
                getGraphConfiguration(),
                new SentArray(getParameters()),
                new SentArray(getUpdaterState()));
    }
}
