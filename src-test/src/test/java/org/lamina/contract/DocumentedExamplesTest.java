package org.lamina.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.harness.Option.CONSTRAIN_ON_FORWARD;
import static org.lamina.harness.Option.DEPTH_MULTIPLIER;
import static org.lamina.harness.Option.MAX_NORM;
import static org.lamina.harness.Option.MIN_NORM;
import static org.lamina.harness.Option.N_OUT;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.lamina.harness.Form;
import org.lamina.harness.Nets;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The examples of selfEEG's documentation: weights times ten, one forward pass, and the output has
 * the documented shape and no norm exceeds the maximum by more than 1e-3.
 */
class DocumentedExamplesTest {

    private record Example(Row row, double max, Double min, long... output) {}

    private static Row row(String layer, int[] kernel, long[] size, Object... options) {
        return new Row(layer, kernel, size, new LinkedHashMap<>()).with(options);
    }

    private static List<Example> examples() {
        int[] kernel = {1, 15};
        long[] eeg = {1, 8, 64};
        return List.of(
                new Example(
                        row("DepthwiseConv2D", kernel, eeg, DEPTH_MULTIPLIER, 2, MAX_NORM, 0.5),
                        0.5,
                        null,
                        4,
                        2,
                        8,
                        64),
                new Example(
                        row("ConstrainedConv2D", kernel, eeg, N_OUT, 4, MAX_NORM, 0.5),
                        0.5,
                        null,
                        4,
                        4,
                        8,
                        64),
                new Example(
                        row(
                                "ConstrainedConv1D",
                                new int[] {15},
                                new long[] {8, 64},
                                N_OUT,
                                16,
                                MAX_NORM,
                                1.4,
                                MIN_NORM,
                                0.3),
                        1.4,
                        0.3,
                        4,
                        16,
                        64),
                new Example(
                        row("ConstrainedDense", new int[0], new long[] {64}, N_OUT, 32),
                        2.0,
                        null,
                        4,
                        32));
    }

    @TestFactory
    List<DynamicTest> examplesOfTheDocumentation() {
        return examples().stream()
                .flatMap(
                        example ->
                                Arrays.stream(Form.values())
                                        .map(
                                                form ->
                                                        DynamicTest.dynamicTest(
                                                                example.row() + ", " + form,
                                                                () -> check(example, form))))
                .toList();
    }

    private static void check(Example example, Form form) {
        MultiLayerNetwork net =
                Nets.single(
                        example.row().with(CONSTRAIN_ON_FORWARD, true).build(form),
                        example.row().input(),
                        DataType.FLOAT);
        net.getParam("0_W").muli(10);
        INDArray output = net.output(example.row().batch(DataType.FLOAT, 1, 4));
        assertArrayEquals(example.output(), output.shape());
        assertFalse(output.isNaN().any(), "NaN in the output");
        INDArray weight = net.getParam("0_W");
        INDArray norms = Training.norms(weight, weight.rank() == 2 ? 1 : 0);
        assertTrue(norms.maxNumber().doubleValue() <= example.max() + 1e-3, "norms " + norms);
        if (example.min() != null) {
            assertTrue(norms.minNumber().doubleValue() >= example.min() - 1e-3, "norms " + norms);
        }
    }
}
