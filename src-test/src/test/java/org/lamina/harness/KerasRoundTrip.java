package org.lamina.harness;

import static org.deeplearning4j.nn.conf.layers.Convolution3D.DataFormat.NCDHW;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.zoo.keras.Keras;
import org.lamina.zoo.keras.KerasOptions;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network written for Keras and read again. */
public final class KerasRoundTrip {

    private KerasRoundTrip() {}

    /** Reads the functions that Keras has not, by the names under which they are written. */
    public static KerasOptions options() {
        KerasOptions options = new KerasOptions();
        for (String name : new String[] {"square", "log", "safe_log"}) {
            options.function(name, name);
        }
        return options;
    }

    /**
     * Whether the network can be written.
     *
     * @param close how close outputs of what is read again must be; what is folded is rounded
     * @throws AssertionError if they are not
     */
    public static boolean possible(Close close, Model network, INDArray... inputs) {
        try {
            Path folder = Files.createTempDirectory("lamina");
            Path file = folder.resolve("network.keras");
            try {
                Keras.write(network, file, types(inputs));
                INDArray[] expected = outputs(network, inputs);
                INDArray[] actual = outputs(Keras.read(file, options()), inputs);
                assertEquals(expected.length, actual.length);
                for (int i = 0; i < expected.length; i++) {
                    close.check("read from Keras", actual[i], expected[i]);
                }
                return true;
            } catch (WeightsException refused) {
                if (Files.exists(file)) {
                    throw new AssertionError("what was written is refused", refused);
                }
                return false;
            } finally {
                Files.deleteIfExists(file);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static InputType[] types(INDArray... inputs) {
        InputType[] types = new InputType[inputs.length];
        for (int i = 0; i < types.length; i++) {
            long[] shape = inputs[i].shape();
            types[i] =
                    switch (shape.length) {
                        case 2 -> InputType.feedForward(shape[1]);
                        case 3 -> InputType.recurrent(shape[1], shape[2]);
                        case 4 -> InputType.convolutional(shape[2], shape[3], shape[1]);
                        default ->
                                InputType.convolutional3D(
                                        NCDHW, shape[2], shape[3], shape[4], shape[1]);
                    };
        }
        return types;
    }

    /** A network's outputs in evaluation. */
    public static INDArray[] outputs(Model network, INDArray... inputs) {
        INDArray[] own = new INDArray[inputs.length];
        for (int i = 0; i < own.length; i++) {
            own[i] = inputs[i].dup();
        }
        return network instanceof ComputationGraph graph
                ? graph.output(own)
                : new INDArray[] {((MultiLayerNetwork) network).output(own[0])};
    }
}
