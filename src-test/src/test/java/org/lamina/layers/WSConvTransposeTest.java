package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.harness.Option.ACTIVATION;
import static org.lamina.harness.Option.CONSTRAIN_WEIGHTS;
import static org.lamina.harness.Option.GROUPS;
import static org.lamina.harness.Option.NAME;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.OUTPUT_PADDING;
import static org.lamina.harness.Option.OUTPUT_SIZE;
import static org.lamina.harness.Option.STRIDE;

import java.util.Arrays;
import org.deeplearning4j.exception.DL4JException;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.constraints.MaxNorm;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.lamina.spec.NormAxes;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What the contract does not ask of transposed convolutions with standardized weights. */
class WSConvTransposeTest {

    private static LayerBuilder conv2d(Form form) {
        return LayerBuilder.of(form, "WSConvTranspose2D", 3, 3)
                .set(NAME, "up")
                .set(N_OUT, 4)
                .set(STRIDE, new int[] {2})
                .set(ACTIVATION, Activation.IDENTITY);
    }

    private static MultiLayerNetwork network(LayerBuilder builder) {
        return Nets.single(builder.build(), InputType.convolutional(3, 5, 4), DataType.DOUBLE);
    }

    /** There an output channel's weights are a block of the array, not a place along its axes. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void withGroupsANormPerOutputUnitIsRefused(Form form) {
        LayerConstraint[] perUnit = {new MaxNorm(1)};
        LayerBuilder grouped = conv2d(form).set(GROUPS, 2).set(CONSTRAIN_WEIGHTS, perUnit);
        String message =
                assertThrows(DL4JInvalidConfigException.class, () -> network(grouped)).getMessage();
        assertTrue(message.contains("'up'") && message.contains("'W' [4, 2, 3, 3]"), message);
        assertTrue(message.contains("give the axes of the norm, NormAxes.of(...)"), message);

        LayerConstraint[] explicit = {new MaxNorm(0.1, NormAxes.of(1, 2, 3))};
        INDArray w =
                network(conv2d(form).set(GROUPS, 2).set(CONSTRAIN_WEIGHTS, explicit))
                        .getParam("0_W");
        assertEquals(0.1, w.norm2(1, 2, 3).maxNumber().doubleValue(), 1e-6);
    }

    /** The units of the weight [in, out, k, k] are its columns. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void withoutGroupsANormIsThatOfAnOutputChannel(Form form) {
        LayerConstraint[] perUnit = {new MaxNorm(0.1)};
        INDArray w = network(conv2d(form).set(CONSTRAIN_WEIGHTS, perUnit)).getParam("0_W");
        assertArrayEquals(new long[] {4, 4, 3, 3}, w.shape());
        assertEquals(0.1, w.norm2(0, 2, 3).maxNumber().doubleValue(), 1e-6);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void anExactSizeOutOfReachIsRefused(Form form) {
        LayerBuilder exact = conv2d(form).set(OUTPUT_SIZE, new int[] {8, 14});
        DL4JException e = assertThrows(DL4JInvalidConfigException.class, () -> network(exact));
        assertTrue(e.getMessage().contains("\"up\""), e.getMessage());
        assertTrue(
                e.getMessage().contains("along dimension 1; allowed are 11 to 12"), e.getMessage());

        MultiLayerNetwork net = network(conv2d(form).set(OUTPUT_SIZE, new int[] {8, 12}));
        INDArray output = net.output(Nd4j.ones(DataType.DOUBLE, 2, 4, 3, 5));
        assertArrayEquals(new long[] {2, 4, 8, 12}, output.shape());
        e =
                assertThrows(
                        DL4JInvalidInputException.class,
                        () -> net.output(Nd4j.ones(DataType.DOUBLE, 2, 4, 4, 5)));
        assertTrue(e.getMessage().contains("allowed are 9 to 10"), e.getMessage());
    }

    /** The same size by output padding and by itself gives the same numbers. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void anExactSizeIsTheOutputPaddingThatGivesIt(Form form) {
        MultiLayerNetwork exact = network(conv2d(form).set(OUTPUT_SIZE, new int[] {8, 11}));
        MultiLayerNetwork padded = network(conv2d(form).set(OUTPUT_PADDING, new int[] {1, 0}));
        padded.setParams(exact.params());
        INDArray x = Nd4j.rand(DataType.DOUBLE, 2, 4, 3, 5);
        Close.of(DataType.DOUBLE).check("output", exact.output(x), padded.output(x));
    }

    /** Kaiming normal with PyTorch's fan-in: the stored weight's elements per first index. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void initialWeightsAreKaimings(Form form) {
        MultiLayerNetwork net =
                Nets.single(
                        LayerBuilder.of(form, "WSConvTranspose2D", 5, 5)
                                .set(N_OUT, 64)
                                .set(GROUPS, 2)
                                .build(),
                        InputType.convolutional(3, 3, 32),
                        DataType.DOUBLE);
        INDArray w = net.getParam("0_W");
        assertArrayEquals(new long[] {32, 32, 5, 5}, w.shape());
        double expected = Math.sqrt(2.0 / (32 * 25));
        assertEquals(expected, w.stdNumber().doubleValue(), 0.02 * expected);
        assertEquals(0, w.meanNumber().doubleValue(), 0.02 * expected);
        assertTrue(Arrays.stream(net.getParam("0_gain").toDoubleVector()).allMatch(g -> g == 1));
        assertEquals(64, net.getParam("0_gain").length());
    }
}
