package org.lamina.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.function.Executable;
import org.lamina.harness.Form;
import org.lamina.harness.Nets;
import org.lamina.harness.OnnxRuntime;
import org.lamina.zoo.onnx.OnnxOptions;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A layer written as ONNX gives the same numbers in ONNX Runtime. */
final class Exported implements Contract {

    @Override
    public Map<String, Executable> checks(Row row, Form form) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        checks.put("runs in ONNX Runtime", () -> runs(row, form));
        return checks;
    }

    private static void runs(Row row, Form form) {
        MultiLayerNetwork net = Nets.single(row.build(form), row.input(), DataType.FLOAT);
        row.randomize(net, 3);
        OnnxOptions options = new OnnxOptions().inputTypes(row.input());
        try (OnnxRuntime onnx = OnnxRuntime.of(net, options)) {
            for (int examples : new int[] {1, 3, 64}) {
                INDArray x = row.batch(DataType.FLOAT, examples, examples);
                double difference = OnnxRuntime.difference(onnx.output(x), net.output(x.dup()));
                assertTrue(difference < 1e-5, "relative difference " + difference);
            }
        }
    }
}
