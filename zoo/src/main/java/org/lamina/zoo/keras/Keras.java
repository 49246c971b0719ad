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

/**
 * Whole models of Keras 2 and 3: architecture and weights, read into a network and written.
 *
 * <pre>{@code
 * Model network = Keras.read(Path.of("model.keras"), new KerasOptions().function("square", "square"));
 * Keras.write(network, Path.of("again.keras"), InputType.convolutional(22, 256, 1));
 * }</pre>
 *
 * <p>A network has its channels first, {@code [N, channels, height, width]} or {@code [N, features,
 * time]}, whatever the model's {@code data_format}; weights are rearranged so that outputs are the
 * same. An input that the model reshapes first stays as it is. What is written has channels last.
 *
 * <p>Needs {@code io.jhdf:jhdf} on the class path.
 */
public final class Keras {

    private Keras() {}

    /** {@link #read(Path, KerasOptions)} without functions of the program's own. */
    public static Model read(Path file) throws IOException {
        return read(file, new KerasOptions());
    }

    /**
     * Reads a model: a {@code .keras} archive or an HDF5 file, of a Sequential or functional model.
     *
     * <p>A chain of layers becomes a MultiLayerNetwork, all else a ComputationGraph. Constraints
     * come along, on the axes that are the same here; l1 and l2, too. A model that is a layer of
     * another becomes a part of it, its layers' names behind its own. The loss follows from the
     * last function (softmax: cross-entropy, sigmoid: binary cross-entropy, else squared error);
     * optimizer, compiled loss, initializers and whether a layer is trainable are not read.
     *
     * @throws WeightsException naming a layer or an argument that is not supported, code in the
     *     model of which {@code options} do not say what it computes, or what is wrong with the
     *     file
     * @throws IOException if reading fails
     */
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
                String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
                throw new WeightsException(file + ": " + why, e);
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

    /**
     * Writes a network as a functional model with channels last: {@code .h5} for Keras 2 and 3, up
     * to 64 KB of description, or {@code .keras} for Keras 3.
     *
     * <p>Square and the logarithms of ShallowConvNet, for which Keras has no names, are functions
     * {@code square}, {@code log} and {@code safe_log} that whoever loads the model gives as {@code
     * custom_objects}. The eps of norm constraints becomes Keras's, 1e-7. Standardized filters and
     * learned gains are written as plain ones and stochastic depth is left out: such a model is for
     * inference.
     *
     * @param network a MultiLayerNetwork or ComputationGraph, initialized; not changed
     * @param file its name ends with {@code .keras}, {@code .h5} or {@code .hdf5}
     * @param inputs types of the network's inputs, which it does not keep
     * @throws WeightsException naming a layer that cannot be written; then there is no file
     * @throws IOException if the file cannot be written; then there is none, or the former one
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
}
