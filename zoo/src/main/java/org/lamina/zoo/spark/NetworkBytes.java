package org.lamina.zoo.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;

/** A network as DL4J's {@code ModelSerializer} writes it, and which kind it is. */
record NetworkBytes(boolean graph, byte[] bytes) implements Serializable {

    static NetworkBytes of(Model network, boolean updater) {
        if (!(network instanceof MultiLayerNetwork || network instanceof ComputationGraph)) {
            throw new IllegalArgumentException(
                    (network == null ? "null" : network.getClass().getName())
                            + " is neither a MultiLayerNetwork nor a ComputationGraph");
        }
        try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
            ModelSerializer.writeModel(network, out, updater);
            return new NetworkBytes(network instanceof ComputationGraph, out.toByteArray());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    Model network() throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        return graph
                ? ModelSerializer.restoreComputationGraph(in, true)
                : ModelSerializer.restoreMultiLayerNetwork(in, true);
    }
}
