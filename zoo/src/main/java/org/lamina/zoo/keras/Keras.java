package org.lamina.zoo.keras;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.exception.DL4JException;
import org.deeplearning4j.nn.api.Model;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/** Whole models of Keras. */
public final class Keras {

    private Keras() {}

    /** {@link #read(Path, KerasOptions)} without functions of the program's own. */
    public static Model read(Path file) throws IOException {
        return read(file, new KerasOptions());
    }

    /** Reads a model. */
    public static Model read(Path file, KerasOptions options) throws IOException {
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            KerasFile whole = KerasFile.read(file);
            try {
                return network(whole, options);
            } catch (WeightsException e) {
                throw new WeightsException(file + ": " + e.getMessage(), e);
            } catch (ArithmeticException e) {
                throw new WeightsException(file + ": a size is too large", e);
            } catch (DL4JException | IllegalArgumentException | IllegalStateException e) {
                throw new WeightsException(
                        file + ": " + e.getMessage().lines().findFirst().orElse(""), e);
            }
        }
    }

    private static Model network(KerasFile file, KerasOptions options) {
        KerasGraph graph = KerasGraph.read(file.model(), file.groupsByClass());
        NetworkAssembly network = new NetworkAssembly();
        LayerReader reader = new LayerReader(graph, file, options, network);
        graph.layers().forEach(reader::read);
        List<String> outputs = new ArrayList<>();
        for (String output : graph.outputs()) {
            outputs.add(Outputs.add(network, output, reader, graph));
        }
        return network.network(outputs, options.updater());
    }
}
