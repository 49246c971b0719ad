package org.lamina.zoo.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.activations.Elu;
import org.lamina.activations.Gelu;
import org.lamina.activations.GeluTanh;
import org.lamina.activations.SafeLog;
import org.lamina.activations.ScaledActivation;
import org.lamina.activations.Square;
import org.lamina.activations.Swish;
import org.lamina.harness.OnnxRuntime;
import org.lamina.samediff.ops.ActivationOps;
import org.lamina.samediff.ops.ConvOps;
import org.lamina.samediff.ops.LocalConvOps;
import org.lamina.samediff.ops.NormOps;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.LocalConvSpec;
import org.lamina.spec.Padding;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Graphs of Lamina's graph functions in ONNX Runtime, beside those of the layer contract. */
class OnnxSameDiffTest {

    private static void agree(SameDiff graph, String output, Map<String, INDArray> inputs) {
        List<String> names = new ArrayList<>(inputs.keySet());
        try (OnnxRuntime onnx = OnnxRuntime.of(graph, names, List.of(output))) {
            INDArray expected = graph.output(inputs, output).get(output);
            onnx.check("SameDiff graphs", expected, inputs.values().toArray(INDArray[]::new));
        }
    }

    @Test
    void activationFunctions() {
        List<IActivation> functions =
                new ArrayList<>(
                        List.of(
                                new Elu(0.7),
                                new Gelu(),
                                new GeluTanh(),
                                new SafeLog(1e-3),
                                new SafeLog(0.1, 0.5),
                                new ScaledActivation(new Gelu(), 1.7),
                                new Square(),
                                new Swish(1.5)));
        for (Activation named : Activation.values()) {
            if (ActivationOps.supports(named.getActivationFunction())) {
                functions.add(named.getActivationFunction());
            }
        }
        assertTrue(functions.size() > 20, functions.toString());
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 4);
        INDArray values = Nd4j.randn(DataType.FLOAT, 5, 4).muli(3);
        for (IActivation function : functions) {
            SDVariable y = graph.identity(ActivationOps.apply(function, x));
            agree(graph, y.name(), Map.of("x", values));
        }
    }

    /** A size that the placeholder leaves open, statistics of the minibatch, two outputs in use. */
    @Test
    void openSizesAndOwnStatistics() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 2, -1);
        SDVariable w = graph.var("w", Nd4j.randn(DataType.FLOAT, 4, 1, 3));
        SDVariable conv =
                ConvOps.conv(
                        x,
                        w,
                        null,
                        ConvGeometry.ofKernel(3).withGroups(2).withPadding(Padding.same()));
        Map<String, SDVariable> params = new HashMap<>();
        params.put(BatchNormSpec.GAMMA, graph.var("gamma", Nd4j.rand(DataType.FLOAT, 4)));
        params.put(BatchNormSpec.BETA, graph.var("beta", Nd4j.rand(DataType.FLOAT, 4)));
        SDVariable y = NormOps.batchNorm(conv, 3, params, 1e-5, true, null).output().add(conv);
        for (int length : new int[] {5, 12}) {
            agree(graph, y.name(), Map.of("x", Nd4j.randn(DataType.FLOAT, 3, 2, length)));
        }
    }

    /** What a hypernetwork gives comes in from outside. */
    @Test
    void filtersForEachExample() {
        LocalConvSpec spec =
                new LocalConvSpec(
                        2, 3, new long[] {7}, ConvGeometry.ofKernel(3), false, true, true);
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 2, 7);
        SDVariable w = graph.placeHolder("w", DataType.FLOAT, -1, 3, spec.taps(), spec.positions());
        SDVariable y = LocalConvOps.localConvPerExample(x, w, null, spec);
        Map<String, INDArray> inputs = new LinkedHashMap<>();
        inputs.put("x", Nd4j.randn(DataType.FLOAT, 2, 2, 7));
        inputs.put("w", Nd4j.randn(DataType.FLOAT, 2, 3, spec.taps(), spec.positions()));
        agree(graph, y.name(), inputs);
    }

    @Test
    void whatCannotBeWritten(@TempDir Path folder) {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 4);
        SDVariable other = graph.placeHolder("other", DataType.FLOAT, -1, 4);
        x.add("sum", other);
        graph.math().cos("sums", x);
        graph.nn().relu("above", x, 0.5);
        Path file = folder.resolve("graph.onnx");
        refused("op cos \"cos\" cannot be written", graph, "x", "sums", file);
        refused("its threshold is 0.5, must be 0", graph, "x", "above", file);
        refused("need the placeholder \"other\", which is no input", graph, "x", "sum", file);
        refused("has no variable \"y\"", graph, "x", "y", file);
        refused("input \"sum\": must be a placeholder", graph, "sum", "sum", file);
        assertFalse(Files.exists(file));
    }

    private static void refused(
            String part, SameDiff graph, String input, String output, Path file) {
        WeightsException e =
                assertThrows(
                        WeightsException.class,
                        () -> Onnx.export(graph, List.of(input), List.of(output), file));
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    /** Variables that no input changes are constants of the file. */
    @Test
    void whatIsFixedIsComputedOnce(@TempDir Path folder) throws Exception {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 4);
        SDVariable w = graph.var("w", Nd4j.randn(DataType.FLOAT, 4, 3));
        SDVariable y = x.mmul(graph.nn().tanh(w).mul(2));
        Path file = folder.resolve("graph.onnx");
        Onnx.export(graph, List.of("x"), List.of(y.name()), file);
        onnx.Onnx.GraphProto written =
                onnx.Onnx.ModelProto.parseFrom(Files.readAllBytes(file)).getGraph();
        assertEquals(
                List.of("MatMul", "Identity"),
                written.getNodeList().stream().map(onnx.Onnx.NodeProto::getOpType).toList());
        assertEquals(1, written.getInitializerCount());
    }
}
