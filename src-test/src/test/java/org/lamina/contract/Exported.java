package org.lamina.contract;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.function.Executable;
import org.lamina.harness.Form;
import org.lamina.harness.Nets;
import org.lamina.harness.OnnxRuntime;
import org.lamina.layers.samediff.GraphPass;
import org.lamina.layers.samediff.SpecSameDiffLayer;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.PaddingMode;
import org.lamina.spec.ParamSpec;
import org.lamina.spec.UpsampleGeometry;
import org.lamina.zoo.onnx.OnnxOptions;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A layer written as ONNX gives the same numbers in ONNX Runtime. */
final class Exported implements Contract {

    @Override
    public Map<String, Executable> checks(Row row, Form form) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        checks.put("runs in ONNX Runtime", () -> runs(row, form));
        if (form == Form.SAMEDIFF && row.build(form) instanceof SpecSameDiffLayer<?> layer) {
            checks.put("its graph runs in ONNX Runtime", () -> graphRuns(row, layer));
        }
        if (row.spatialRank() == 1) {
            checks.put("runs in ONNX Runtime with a mask", () -> runsMasked(row, form));
        }
        return checks;
    }

    private static void runs(Row row, Form form) {
        MultiLayerNetwork net = Nets.single(row.build(form), row.input(), DataType.FLOAT);
        row.randomize(net, 3);
        OnnxOptions options = new OnnxOptions().inputTypes(row.input());
        try (OnnxRuntime onnx = OnnxRuntime.of(net, options)) {
            for (int examples : new int[] {1, 3, 64}) {
                INDArray x = row.batch(DataType.FLOAT, examples, examples);
                onnx.check(row.layer(), net.output(x.dup()), x);
            }
        }
    }

    /** The layer as a pure graph. */
    private static void graphRuns(Row row, SpecSameDiffLayer<?> layer) throws Exception {
        layer.setNIn(row.input(), false);
        MultiLayerNetwork net = Nets.single(row.build(Form.SAMEDIFF), row.input(), DataType.FLOAT);
        row.randomize(net, 3);
        INDArray x = row.batch(DataType.FLOAT, 4, 3);
        long[] shape = x.shape().clone();
        shape[0] = -1;
        SameDiff graph = SameDiff.create();
        SDVariable input = graph.placeHolder("x", DataType.FLOAT, shape);
        Map<String, SDVariable> params = new LinkedHashMap<>();
        for (ParamSpec param : layer.getSpec().params()) {
            INDArray value = net.getParam("0_" + param.name()).dup('c');
            params.put(param.name(), graph.var(param.name(), value.reshape('c', param.shape())));
        }
        SDVariable output = layer.defineLayer(input, params, new GraphPass(false));
        try (OnnxRuntime onnx = OnnxRuntime.of(graph, List.of("x"), List.of(output.name()))) {
            INDArray expected = graph.output(Map.of("x", x), output.name()).get(output.name());
            onnx.check("SameDiff graphs", expected, x);
        }
    }

    /** All of an example, half of it, and one with gaps. */
    private static void runsMasked(Row row, Form form) {
        MultiLayerNetwork net = Nets.single(row.build(form), row.input(), DataType.FLOAT);
        row.randomize(net, 3);
        OnnxOptions options = new OnnxOptions().inputTypes(row.input()).mask(true);
        if (byOwnLength(row)) {
            WeightsException e =
                    assertThrows(WeightsException.class, () -> OnnxRuntime.exported(net, options));
            assertTrue(e.getMessage().contains("cannot be written with a mask"), e.getMessage());
            return;
        }
        int length = (int) row.size()[1];
        INDArray mask = Nd4j.ones(DataType.FLOAT, 3, length);
        for (int t = 0; t < length; t++) {
            mask.putScalar(1, t, 2 * t <= length ? 1 : 0);
            mask.putScalar(2, t, t % 3 > 0 ? 1 : 0);
        }
        INDArray x = row.batch(DataType.FLOAT, 4, 3);
        try (OnnxRuntime onnx = OnnxRuntime.of(net, options)) {
            onnx.check("time series with a mask", net.output(x.dup(), false, mask, null), x, mask);
        }
    }

    private static boolean byOwnLength(Row row) {
        return row.spec().windows().stream()
                .anyMatch(
                        window ->
                                window instanceof UpsampleGeometry
                                        || window instanceof ConvGeometry conv
                                                && conv.paddingMode() != PaddingMode.ZEROS);
    }
}
