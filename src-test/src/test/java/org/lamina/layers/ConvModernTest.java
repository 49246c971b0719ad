package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.harness.Option.LAYER_ORDER;
import static org.lamina.harness.Option.NAME;
import static org.lamina.harness.Option.NORMALIZER;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.OUTPUT_SIZE;
import static org.lamina.harness.Option.PADDING;
import static org.lamina.harness.Option.SCALER;
import static org.lamina.harness.Option.STRIDE;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.deeplearning4j.exception.DL4JException;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.GraphTraining;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;

/** ConvModern layers: documented examples, modes, running statistics, masks, wrong input. */
class ConvModernTest {

    private static final int STEPS = 8;
    private static final Close CLOSE = Close.of(DataType.DOUBLE);

    private static LayerBuilder layer(Form form, String order) {
        return LayerBuilder.of(form, "ConvModern1D", 3)
                .set(NAME, "modern")
                .set(N_OUT, 3)
                .set(NORMALIZER, "batch")
                .set(LAYER_ORDER, order);
    }

    /** The layer and a loss whose gradient is the labels. */
    private static MultiLayerNetwork net(LayerBuilder layer, long steps, double rate) {
        return Nets.trainable(
                layer.build(), InputType.recurrent(2, steps), DataType.DOUBLE, new Sgd(rate));
    }

    private static INDArray random(long seed, long... shape) {
        return GraphTraining.random(seed, shape).castTo(DataType.DOUBLE).muli(4).addi(1);
    }

    private static DataSet data(long seed) {
        return new DataSet(random(seed, 4, 2, STEPS), random(seed + 100, 4, 3, STEPS));
    }

    private static INDArray statistics(MultiLayerNetwork net) {
        return Nd4j.concat(0, net.getParam("0_mean"), net.getParam("0_var"));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void documentedExampleDown(Form form) {
        LayerBuilder layer =
                LayerBuilder.of(form, "ConvModern1D", 3)
                        .set(N_OUT, 32)
                        .set(STRIDE, new int[] {2})
                        .set(PADDING, new int[] {1})
                        .set(SCALER, "down");
        MultiLayerNetwork net =
                Nets.single(layer.build(), InputType.recurrent(16, 255), DataType.FLOAT);
        assertEquals(1_584, net.numParams());
        INDArray output = net.output(Nd4j.rand(DataType.FLOAT, 2, 16, 255));
        assertArrayEquals(new long[] {2, 32, 128}, output.shape());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void documentedExampleUp(Form form) {
        LayerBuilder layer =
                LayerBuilder.of(form, "ConvModern1D", 3)
                        .set(N_OUT, 16)
                        .set(OUTPUT_SIZE, new long[] {255})
                        .set(PADDING, new int[] {1})
                        .set(SCALER, "up");
        MultiLayerNetwork net =
                Nets.single(layer.build(), InputType.recurrent(32, 128), DataType.FLOAT);
        assertEquals(1_632, net.numParams());
        INDArray output = net.output(Nd4j.rand(DataType.FLOAT, 2, 32, 128));
        assertArrayEquals(new long[] {2, 16, 255}, output.shape());
    }

    /**
     * Training normalizes by the minibatch, evaluation by what training left; no pass changes it.
     */
    @ParameterizedTest
    @CsvSource({"NATIVE, new", "NATIVE, old", "SAMEDIFF, new", "SAMEDIFF, old"})
    void modes(Form form, String order) {
        MultiLayerNetwork net = net(layer(form, order), STEPS, 0);
        INDArray x = data(1).getFeatures();
        INDArray initial = statistics(net).dup();
        INDArray training = net.output(x, true);
        INDArray evaluation = net.output(x, false);
        assertFalse(training.equalsWithEps(evaluation, 1e-2), "modes give the same");
        assertEquals(initial, statistics(net), "a forward pass changes the statistics");
        for (int i = 0; i < 400; i++) {
            net.fit(data(1));
        }
        // The running variance is unbiased, the minibatch's is not: n / (n - 1) with n = 32.
        double n = 4 * STEPS;
        net.getParam("0_var").muli((n - 1) / n);
        new Close(1e-9, 1e-9).check("after training", net.output(x, false), training);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void instanceNormalizationHasOneMode(Form form) {
        MultiLayerNetwork net = net(layer(form, "new").set(NORMALIZER, "inst"), STEPS, 0);
        INDArray x = data(1).getFeatures();
        CLOSE.check("output", net.output(x, true), net.output(x, false));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void statisticsSurviveSavingAndCloning(Form form) throws IOException {
        MultiLayerNetwork net = net(layer(form, "new"), STEPS, 0.01);
        INDArray initial = statistics(net).dup();
        net.fit(data(1));
        INDArray trained = statistics(net).dup();
        assertFalse(initial.equalsWithEps(trained, 1e-3), "training leaves the statistics");

        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, bytes, true);
        MultiLayerNetwork restored =
                ModelSerializer.restoreMultiLayerNetwork(
                        new ByteArrayInputStream(bytes.toByteArray()), true);
        MultiLayerNetwork copy = net.clone();
        assertEquals(trained, statistics(restored));
        assertEquals(trained, statistics(copy));
        copy.fit(data(2));
        assertEquals(trained, statistics(net), "the clone's training changes the original");
        net.fit(data(2));
        restored.fit(data(2));
        CLOSE.check("restored, trained on", restored.params(), net.params());
        CLOSE.check("cloned, trained on", copy.params(), net.params());
    }

    /** Parallel and Spark training average the flattened parameters of replicas. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void averagingReplicasAveragesStatistics(Form form) {
        MultiLayerNetwork first = net(layer(form, "old"), STEPS, 0.01);
        MultiLayerNetwork second = first.clone();
        first.fit(data(1));
        second.fit(data(2));
        INDArray mean = statistics(first).add(statistics(second)).divi(2);
        assertFalse(mean.equalsWithEps(statistics(first), 1e-3), "replicas saw the same");
        first.setParams(first.params().add(second.params()).divi(2));
        CLOSE.check("statistics", statistics(first), mean);
        assertTrue(
                first.output(data(3).getFeatures())
                        .equalsWithEps(withStatistics(second, first), 1e-12),
                "evaluation does not use the averaged statistics");
    }

    private static INDArray withStatistics(MultiLayerNetwork net, MultiLayerNetwork from) {
        from.paramTable().forEach(net::setParam);
        return net.output(data(3).getFeatures());
    }

    /** Masked last steps are as good as a shorter series: output, gradients, statistics. */
    @ParameterizedTest
    @CsvSource({
        "NATIVE, batch, new",
        "NATIVE, batch, old",
        "NATIVE, pinst, new",
        "NATIVE, inst, old",
        "SAMEDIFF, batch, new",
        "SAMEDIFF, batch, old",
        "SAMEDIFF, pinst, new",
        "SAMEDIFF, inst, old"
    })
    void maskedStepsDoNotCount(Form form, String normalizer, String order) {
        long kept = 5;
        // kernel 1: no window reaches from the kept steps into the masked ones
        LayerBuilder masking = builder(form, normalizer, order);
        LayerBuilder cutting = builder(form, normalizer, order);
        MultiLayerNetwork masked = net(masking, STEPS, 0.01);
        MultiLayerNetwork cut = net(cutting, kept, 0.01);
        masked.setParams(cut.params());
        INDArray mask = Nd4j.zeros(DataType.DOUBLE, 4, STEPS);
        first(mask, kept).assign(1);
        DataSet all = data(7);
        all.setFeaturesMaskArray(mask);
        DataSet some =
                new DataSet(
                        first(all.getFeatures(), kept).dup(), first(all.getLabels(), kept).dup());
        for (int step = 0; step < 2; step++) {
            INDArray output = masked.output(all.getFeatures(), true, mask, null);
            INDArray shorter = cut.output(some.getFeatures(), true);
            CLOSE.check("output", first(output, kept).dup(), shorter);
            masked.fit(all);
            cut.fit(some);
            CLOSE.check("parameters and statistics", masked.params(), cut.params());
        }
    }

    private static LayerBuilder builder(Form form, String normalizer, String order) {
        return LayerBuilder.of(form, "ConvModern1D", 1)
                .set(N_OUT, 3)
                .set(PADDING, new int[] {0})
                .set(NORMALIZER, normalizer)
                .set(LAYER_ORDER, order);
    }

    private static INDArray first(INDArray array, long steps) {
        return array.rank() == 2
                ? array.get(NDArrayIndex.all(), NDArrayIndex.interval(0, steps))
                : array.get(
                        NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, steps));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void onePositionCannotBeNormalized(Form form) {
        for (String order : new String[] {"new", "old"}) {
            LayerBuilder inst = layer(form, order).set(NORMALIZER, "inst");
            refused(
                    DL4JInvalidConfigException.class,
                    "more than one position",
                    () -> net(inst, 1, 0));
            MultiLayerNetwork net = net(layer(form, order).set(NORMALIZER, "pinst"), STEPS, 0);
            INDArray one = random(1, 4, 2, 1);
            refused(DL4JInvalidInputException.class, "[4, 2, 1]", () -> net.output(one));
        }
        LayerBuilder norm = LayerBuilder.of(form, "InstanceNorm").set(NAME, "modern");
        for (InputType single :
                new InputType[] {InputType.feedForward(5), InputType.convolutional(1, 1, 5)}) {
            refused(
                    DL4JInvalidConfigException.class,
                    "more than one position",
                    () -> Nets.single(norm.build(), single, DataType.FLOAT));
        }
    }

    @ParameterizedTest
    @CsvSource({"NATIVE, new", "NATIVE, old", "SAMEDIFF, new", "SAMEDIFF, old"})
    void oneValueCannotBeNormalizedInTraining(Form form, String order) {
        MultiLayerNetwork net = net(layer(form, order), 1, 0);
        INDArray x = random(1, 1, 2, 1);
        net.output(x);
        refused(DL4JInvalidInputException.class, "[1, 2, 1]", () -> net.fit(x, random(2, 1, 3, 1)));
    }

    private static void refused(
            Class<? extends DL4JException> type, String part, Executable executable) {
        String message = assertThrows(type, executable).getMessage();
        assertTrue(message.contains("\"modern\"") && message.contains(part), message);
    }
}
