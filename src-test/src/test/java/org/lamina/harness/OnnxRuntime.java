package org.lamina.harness;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import org.deeplearning4j.nn.api.Model;
import org.lamina.zoo.network.NetworkGraph;
import org.lamina.zoo.onnx.Onnx;
import org.lamina.zoo.onnx.OnnxOptions;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A network as ONNX Runtime runs it. */
public final class OnnxRuntime implements AutoCloseable {

    private static final double TOLERANCE = 1e-5;

    private final OrtSession session;
    private final List<NodeProto> nodes;

    /** Null for a graph. */
    private final Model network;

    private OnnxRuntime(OrtSession session, List<NodeProto> nodes, Model network) {
        this.session = session;
        this.nodes = nodes;
        this.network = network;
    }

    /** Exports a network to a file and opens that. */
    public static OnnxRuntime of(Model network, OnnxOptions options) {
        return of(exported(network, options), network);
    }

    /** Exports a graph to a file and opens that. */
    public static OnnxRuntime of(SameDiff graph, List<String> inputs, List<String> outputs) {
        return of(written(file -> Onnx.export(graph, inputs, outputs, file)));
    }

    /** What an exported file holds. */
    public static byte[] exported(Model network, OnnxOptions options) {
        return written(file -> Onnx.export(network, file, options));
    }

    @FunctionalInterface
    private interface Export {
        void to(Path file) throws IOException;
    }

    private static byte[] written(Export export) {
        try {
            Path file = Files.createTempFile("lamina", ".onnx");
            try {
                export.to(file);
                return Files.readAllBytes(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A session for a file's content. */
    public static OnnxRuntime of(byte[] model) {
        return of(model, null);
    }

    private static OnnxRuntime of(byte[] model, Model network) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setSessionLogLevel(ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            return new OnnxRuntime(
                    OrtEnvironment.getEnvironment().createSession(model, options),
                    ModelProto.parseFrom(model).getGraph().getNodeList(),
                    network);
        } catch (OrtException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The first output for inputs in the order in which the file declares them. */
    public INDArray output(INDArray... inputs) {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        try {
            int next = 0;
            for (String name : session.getInputNames()) {
                INDArray input = inputs[next++].castTo(DataType.FLOAT).dup('c');
                tensors.put(
                        name,
                        OnnxTensor.createTensor(
                                OrtEnvironment.getEnvironment(),
                                FloatBuffer.wrap(input.data().asFloat()),
                                input.shape()));
            }
            try (OrtSession.Result result = session.run(tensors)) {
                OnnxTensor tensor = (OnnxTensor) result.get(0);
                float[] values = new float[tensor.getFloatBuffer().remaining()];
                tensor.getFloatBuffer().get(values);
                return Nd4j.create(values, tensor.getInfo().getShape(), 'c');
            }
        } catch (OrtException e) {
            throw new AssertionError(e);
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    /**
     * Fails if the first output is not as expected, to 1e-5 of the largest value.
     *
     * @param name of the layer or network, for the {@link OnnxTable}
     */
    public void check(String name, INDArray expected, INDArray... inputs) {
        double difference = difference(output(inputs), expected);
        OnnxTable.add(name, nodes, difference, () -> isKeras(expected, inputs));
        assertTrue(difference < TOLERANCE, name + ": relative difference " + difference);
    }

    /** Whether what was compared is what Keras can have, too. */
    private boolean isKeras(INDArray expected, INDArray... inputs) {
        int known = network == null ? 0 : NetworkGraph.of(network).inputs().size();
        return known == inputs.length
                && expected.equals(KerasRoundTrip.outputs(network, inputs)[0])
                && KerasRoundTrip.possible(new Close(0, TOLERANCE), network, inputs);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new AssertionError(e);
        }
    }

    /** The largest difference between two arrays, as a share of the largest value of the second. */
    private static double difference(INDArray actual, INDArray expected) {
        if (!java.util.Arrays.equals(actual.shape(), expected.shape())) {
            throw new AssertionError(
                    "shape "
                            + java.util.Arrays.toString(actual.shape())
                            + ", expected "
                            + java.util.Arrays.toString(expected.shape()));
        }
        double largest =
                Math.max(1e-6, expected.castTo(DataType.DOUBLE).amaxNumber().doubleValue());
        INDArray gap = actual.castTo(DataType.DOUBLE).sub(expected.castTo(DataType.DOUBLE));
        return gap.amaxNumber().doubleValue() / largest;
    }
}
