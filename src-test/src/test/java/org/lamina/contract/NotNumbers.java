package org.lamina.contract;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.harness.Option.DROP_RATE;

import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.function.Executable;
import org.lamina.harness.Form;
import org.lamina.harness.Nets;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** NaN shows in what it goes into, so that a score tells of it, and nowhere else. */
final class NotNumbers implements Contract {

    @Override
    public Map<String, Executable> checks(Row row, Form form) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            checks.put("NaN in, NaN out, " + type, () -> forward(row, form, type));
        }
        return checks;
    }

    private static void forward(Row row, Form form, DataType type) {
        MultiLayerNetwork net = Nets.single(row.build(form), row.input(), type);
        row.randomize(net, 81);
        INDArray x = row.batch(type, 82);
        long example = x.length() / x.size(0);
        x.putScalar(example, Double.NaN); // the second example's first number
        INDArray y = net.output(x);
        assertFalse(hasNaN(y.get(interval(0))), "NaN in the output of another example");
        assertTrue(hasNaN(y.get(interval(1))), "no NaN in the output in evaluation");
        if (row.options().getOrDefault(DROP_RATE, 0.0).equals(0.0)) {
            assertTrue(hasNaN(net.output(x, true)), "no NaN in the output in training");
        }
    }

    private static INDArrayIndex interval(long example) {
        return NDArrayIndex.interval(example, example + 1);
    }

    private static boolean hasNaN(INDArray array) {
        return array != null && array.isNaN().any();
    }
}
