package org.lamina.contract;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.function.Executable;
import org.lamina.harness.Form;
import org.lamina.harness.Nets;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer gives the same numbers behind others, where its parameters and their gradients begin
 * somewhere within the network's vectors.
 */
final class Placement implements Contract {

    @Override
    public Map<String, Executable> checks(Row row, Form form) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        if (row.has(p -> true)) {
            for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
                checks.put("the same behind other layers, " + type, () -> same(row, form, type));
                checks.put(
                        "with many channels the same behind other layers, " + type,
                        () -> same(row.wide(), form, type));
            }
        }
        return checks;
    }

    private static void same(Row row, Form form, DataType type) {
        MultiLayerNetwork first = Nets.single(row.build(form), row.input(), type);
        row.randomize(first, 1);
        INDArray x = row.batch(type, 2);
        INDArray g = row.outputGradient(type, form, 3);
        Nets.Pass expected = Nets.pass(first, x, g);
        for (long offset : Nets.offsets(first.paramTable())) {
            MultiLayerNetwork later =
                    Nets.behind(offset, row.build(form), row.input(), first.params());
            try {
                Numbers.checkPass(Nets.pass(later, x, g), expected, UnaryOperator.identity(), type);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("behind " + offset + " parameters: " + e, e);
            }
        }
    }
}
