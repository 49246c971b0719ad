package org.lamina.zoo.keras;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.exception.DL4JException;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
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

    /**
     * Writes a network.
     *
     * @param inputs types of the network's inputs, which it does not keep
     */
    public static void write(Model network, Path file, InputType... inputs) throws IOException {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        boolean zip = name.endsWith(".keras");
        if (!zip && !name.endsWith(".h5") && !name.endsWith(".hdf5")) {
            throw new WeightsException(file + ": allowed are .keras and .h5");
        }
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            KerasModel model = NetworkWriter.model(network, inputs);
            if (zip) {
                KerasArchive.keras(model, file);
            } else {
                KerasArchive.hdf5(model, file);
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
