package org.lamina.zoo.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.lamina.zoo.network.Networks;

/** A network as DL4J's {@code ModelSerializer} writes it, and which kind it is. */
record NetworkBytes(boolean graph, byte[] bytes) implements Serializable {

    static NetworkBytes of(Model network, boolean updater) {
        Networks.checkKind("", network);
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
