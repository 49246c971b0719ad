package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.harness.Option.ACTIVATION;
import static org.lamina.harness.Option.DILATION;
import static org.lamina.harness.Option.HAS_BIAS;
import static org.lamina.harness.Option.NAME;
import static org.lamina.harness.Option.NORMALIZER;
import static org.lamina.harness.Option.N_IN;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.OUTPUT_PADDING;
import static org.lamina.harness.Option.PADDING;
import static org.lamina.harness.Option.PADDING_MODE;
import static org.lamina.harness.Option.REDUCTION;
import static org.lamina.harness.Option.SCALE;
import static org.lamina.harness.Option.SCALER;
import static org.lamina.harness.Option.STRIDE;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.lamina.harness.Option;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Masks through layers and DL4J's pooling behind them, by values worked out by hand and alone. */
class MasksTest {

    private static final int[] NO_KERNEL = {};
    private static final Close CLOSE = Close.of(DataType.DOUBLE);

    private static LayerBuilder layer(Form form, String name, int[] kernel, Object... options) {
        LayerBuilder builder = LayerBuilder.of(form, name, kernel);
        builder.set(ACTIVATION, Activation.IDENTITY);
        for (int i = 0; i < options.length; i += 2) {
            builder.set((Option) options[i], options[i + 1]);
        }
        return builder;
    }

    private static int[] ints(int... values) {
        return values;
    }

    /** One channel in and out, weights 1. */
    private static MultiLayerNetwork ones(Layer layer, int steps, Layer... more) {
        NeuralNetConfiguration.ListBuilder conf =
                Nets.config(DataType.DOUBLE, new Sgd(1)).list().layer(layer);
        for (Layer next : more) {
            conf.layer(next);
        }
        MultiLayerNetwork net = Nets.init(conf.setInputType(InputType.recurrent(1, steps)));
        net.params().assign(1);
        return net;
    }

    private static INDArray row(double... values) {
        return Nd4j.create(values, new long[] {1, values.length}, 'c');
    }

    private static INDArray series(double... values) {
        return Nd4j.create(values, new long[] {1, 1, values.length}, 'c');
    }

    private static void assertMask(MultiLayerNetwork net, INDArray mask, double... expected) {
        INDArray actual =
                net.getLayer(0).feedForwardMaskArray(mask, MaskState.Active, 1).getFirst();
        assertEquals(row(expected), actual.castTo(DataType.DOUBLE));
        net.clearLayerMaskArrays();
    }

    // ---- values worked out by hand --------------------------------------------------------------

    /** Four ones of eight steps, a kernel of three ones: windows see 1, 2, 3, 3 or 2, 3, 3, 2. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void theMeanOverMaskedStepsIsThatOfTheSeriesAlone(Form form) {
        INDArray mask = row(1, 1, 1, 1, 0, 0, 0, 0);
        for (String padding : List.of("causal", "same")) {
            Layer conv =
                    layer(form, "Conv1D", ints(3), N_OUT, 1, PADDING, padding)
                            .set(HAS_BIAS, false)
                            .build();
            Layer pool = new GlobalPoolingLayer.Builder(PoolingType.AVG).build();
            MultiLayerNetwork net = ones(conv, 8, pool);
            INDArray x = Nd4j.ones(DataType.DOUBLE, 1, 1, 8);
            assertEquals(
                    padding.equals("causal") ? 2.25 : 2.5,
                    net.output(x, false, mask, null).getDouble(0),
                    1e-12);
            assertMask(net, mask, 1, 1, 1, 1, 0, 0, 0, 0);
        }
    }

    /** An output counts where its anchor does: centre, last tap, last tap less the padding. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void masksWithGaps(Form form) {
        INDArray mask = row(0, 1, 1, 0, 1, 1);
        Object[][] cases = {
            {"same", ints(1), row(0, 1, 1, 0, 1, 1)},
            {"causal", ints(1), row(0, 1, 1, 0, 1, 1)},
            {"causal", ints(2), row(0, 1, 1)},
            {"valid", ints(1), row(1, 0, 1, 1)},
            {"valid", ints(2), row(1, 1)},
        };
        for (Object[] c : cases) {
            Layer conv =
                    layer(form, "Conv1D", ints(3), N_OUT, 1, PADDING, c[0], STRIDE, c[1])
                            .set(HAS_BIAS, false)
                            .build();
            MultiLayerNetwork net = ones(conv, 6);
            assertMask(net, mask, ((INDArray) c[2]).toDoubleVector());
            INDArray y = net.output(Nd4j.ones(DataType.DOUBLE, 1, 1, 6), false, mask, null);
            INDArray counts = ((INDArray) c[2]).reshape(y.shape());
            assertEquals(counts, y.gt(0).castTo(DataType.DOUBLE).mul(counts));
            assertEquals(0, y.mul(counts.rsub(1)).sumNumber().doubleValue());
        }
    }

    static Stream<Arguments> continuations() {
        return Stream.of(Form.values())
                .flatMap(
                        form ->
                                Stream.of(
                                        Arguments.of(form, PaddingMode.REFLECT, 5, 9),
                                        Arguments.of(form, PaddingMode.REPLICATE, 4, 12),
                                        Arguments.of(form, PaddingMode.CIRCULAR, 8, 8)));
    }

    /** The series 1, 2, 2, 5 goes on behind its own end, not behind the padding's. */
    @ParameterizedTest
    @MethodSource("continuations")
    void paddingContinuesEachSeriesWhereItEnds(
            Form form, PaddingMode mode, double first, double last) {
        Layer conv =
                layer(form, "Conv1D", ints(3), N_OUT, 1, PADDING, "same", PADDING_MODE, mode)
                        .set(HAS_BIAS, false)
                        .build();
        MultiLayerNetwork net = ones(conv, 7);
        INDArray x = series(1, 2, 2, 5, 9, 9, 9);
        INDArray y = net.output(x, false, row(1, 1, 1, 1, 0, 0, 0), null);
        CLOSE.check("sums", y, series(first, 5, 9, last, 0, 0, 0));
    }

    /** 1, 2, 4 to twice the length: sources 0, 0.4, 0.8, 1.2, 1.6, 2. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void upsamplingEndsWhereEachSeriesEnds(Form form) {
        Layer up = layer(form, "Upsample1D", NO_KERNEL, SCALE, new double[] {2}).build();
        MultiLayerNetwork net = ones(up, 5);
        INDArray y = net.output(series(1, 2, 4, 9, 9), false, row(1, 1, 1, 0, 0), null);
        CLOSE.check("upsampled", y, series(1, 1.4, 1.8, 2.4, 3.2, 4, 0, 0, 0, 0));
        assertMask(net, row(1, 1, 1, 0, 0), 1, 1, 1, 1, 1, 1, 0, 0, 0, 0);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aSeriesShorterThanTheKernelHasNoOutput(Form form) {
        Layer conv = layer(form, "Conv1D", ints(3), N_OUT, 1, PADDING, "valid").build();
        MultiLayerNetwork net = ones(conv, 6);
        assertMask(net, row(1, 1, 0, 0, 0, 0), 0, 0, 0, 0);
        INDArray x = Nd4j.ones(DataType.DOUBLE, 1, 1, 6);
        INDArray y = net.output(x, false, row(1, 1, 0, 0, 0, 0), null);
        assertEquals(Nd4j.zeros(DataType.DOUBLE, 1, 1, 4), y);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aSeriesTooShortForItsPaddingIsAnError(Form form) {
        Layer conv =
                layer(form, "Conv1D", ints(5), N_OUT, 1, PADDING, "same")
                        .set(PADDING_MODE, PaddingMode.REFLECT)
                        .set(NAME, "mirror")
                        .build();
        MultiLayerNetwork net = ones(conv, 6);
        INDArray x = Nd4j.ones(DataType.DOUBLE, 1, 1, 6);
        String message =
                assertThrows(
                                DL4JInvalidInputException.class,
                                () -> net.output(x, false, row(1, 1, 0, 0, 0, 0), null))
                        .getMessage();
        assertTrue(
                message.contains("\"mirror\"")
                        && message.contains("2 positions of example 0")
                        && message.contains("padding mode REFLECT can add at most 1"),
                message);
    }

    // ---- networks -------------------------------------------------------------------------------

    /**
     * Layers before a classifier.
     *
     * @param full type of the input; null for series: with one, DL4J puts a preprocessor for series
     *     behind their pooling, which gives that a gradient of a wrong shape
     */
    private record Net(InputType full, long channels, List<Layer> layers) {

        MultiLayerNetwork build(PoolingType pooling) {
            NeuralNetConfiguration.ListBuilder conf =
                    Nets.config(DataType.DOUBLE, new Sgd(0.1)).list();
            layers.forEach(conf::layer);
            conf.layer(new GlobalPoolingLayer.Builder(pooling).pnorm(3).build());
            conf.layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                            .nIn(channels)
                            .nOut(2)
                            .activation(Activation.SOFTMAX)
                            .build());
            return Nets.init(full == null ? conf : conf.setInputType(full));
        }
    }

    private static Layer causal(Form form, int in, int dilation) {
        return layer(form, "Conv1D", ints(4), N_IN, in, N_OUT, 3, PADDING, "causal")
                .set(DILATION, ints(dilation))
                .set(ACTIVATION, Activation.TANH)
                .build();
    }

    private static Net causalNet(Form form) {
        return new Net(
                null, 3, List.of(causal(form, 2, 1), causal(form, 3, 2), causal(form, 3, 4)));
    }

    private static Net composedNet(Form form) {
        return new Net(
                null,
                4,
                List.of(
                        layer(form, "WSConv1D", ints(4), N_IN, 2, N_OUT, 4, PADDING, ints(2))
                                .set(STRIDE, ints(2))
                                .set(PADDING_MODE, PaddingMode.REFLECT)
                                .build(),
                        layer(form, "ConvModern1D", ints(3), N_IN, 4, N_OUT, 4)
                                .set(NORMALIZER, "inst")
                                .set(SCALER, "up")
                                .set(STRIDE, ints(2))
                                .build(),
                        layer(form, "SqueezeExcitation", NO_KERNEL, N_IN, 4, REDUCTION, 2).build(),
                        layer(form, "WSConvTranspose1D", ints(5), N_IN, 4, N_OUT, 4)
                                .set(STRIDE, ints(3))
                                .set(OUTPUT_PADDING, ints(1))
                                .build(),
                        layer(form, "DepthwiseSeparableConv1D", ints(4), N_IN, 4, N_OUT, 4)
                                .set(ACTIVATION, Activation.TANH)
                                .build()));
    }

    private static Net imageNet(Form form, Layer pool) {
        return new Net(
                InputType.convolutional(9, 12, 2),
                4,
                List.of(
                        layer(form, "Conv2D", ints(3, 4), N_OUT, 4, PADDING, "same").build(),
                        layer(form, "InstanceNorm", NO_KERNEL).build(),
                        pool,
                        layer(form, "Conv2D", ints(2, 2), N_OUT, 4, PADDING, ints(1))
                                .set(PADDING_MODE, PaddingMode.REPLICATE)
                                .set(ACTIVATION, Activation.TANH)
                                .build(),
                        layer(form, "SqueezeExcitation", NO_KERNEL, REDUCTION, 2).build()));
    }

    static Stream<Arguments> networks() {
        List<Arguments> all = new ArrayList<>();
        for (Form form : Form.values()) {
            all.add(Arguments.of(form + " causal", causalNet(form), PoolingType.AVG));
            all.add(Arguments.of(form + " causal", causalNet(form), PoolingType.MAX));
            all.add(Arguments.of(form + " composed", composedNet(form), PoolingType.SUM));
            all.add(Arguments.of(form + " composed", composedNet(form), PoolingType.PNORM));
            all.add(
                    Arguments.of(
                            form + " images",
                            imageNet(form, new AveragePooling2D.Builder(1, 2).build()),
                            PoolingType.AVG));
            all.add(
                    Arguments.of(
                            form + " images",
                            imageNet(form, new MaxPooling2D.Builder(2, 3).stride(1, 2).build()),
                            PoolingType.MAX));
        }
        return all.stream();
    }

    /** Probabilities, loss and the parameters after one update: the sum of the updates alone. */
    @ParameterizedTest(name = "{0}, {2}")
    @MethodSource("networks")
    void aBatchOfDifferentSizesIsEachAlone(String name, Net network, PoolingType pooling) {
        MultiLayerNetwork batch = network.build(pooling);
        boolean images = network.full() != null;
        long[][] sizes = images ? new long[][] {{9, 12}, {5, 8}, {6, 12}} : SERIES;
        long[] full = images ? new long[] {3, 2, 9, 12} : new long[] {3, 2, 100};
        INDArray x = Nd4j.randn(DataType.DOUBLE, full);
        INDArray labels = Nd4j.createFromArray(new double[][] {{1, 0}, {0, 1}, {0.5, 0.5}});
        full[1] = 1;
        INDArray mask = Nd4j.zeros(DataType.DOUBLE, full);
        INDArray start = batch.params().dup();
        INDArray update = Nd4j.zeros(DataType.DOUBLE, start.shape());
        double loss = 0;
        List<INDArray> probabilities = new ArrayList<>();
        for (int n = 0; n < 3; n++) {
            part(mask, n, sizes[n]).assign(1);
            INDArray own = part(x, n, sizes[n]).dup('c');
            MultiLayerNetwork alone = network.build(pooling);
            alone.setParams(start);
            INDArray label = labels.getRow(n, true);
            probabilities.add(alone.output(own));
            alone.fit(own, label);
            loss += alone.score();
            update.addi(alone.params().sub(start));
        }
        INDArray given = images ? mask : mask.reshape(3, 100);
        INDArray together = batch.output(x, false, given, null);
        CLOSE.check(
                "probabilities", together, Nd4j.concat(0, probabilities.toArray(INDArray[]::new)));
        batch.fit(x, labels, given, null);
        assertEquals(loss, batch.score(), 1e-9);
        CLOSE.check("update", batch.params().sub(start), update);
    }

    private static final long[][] SERIES = {{100}, {40}, {17}};

    private static INDArray part(INDArray array, int n, long[] size) {
        INDArray part = array.get(NDArrayIndex.interval(n, n + 1));
        return size.length == 1
                ? part.get(
                        NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, size[0]))
                : part.get(
                        NDArrayIndex.all(),
                        NDArrayIndex.all(),
                        NDArrayIndex.interval(0, size[0]),
                        NDArrayIndex.interval(0, size[1]));
    }

    /** Batch normalization of two series is that of one that is as long as both. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void batchStatisticsAreThoseOfAllValidSteps(Form form) {
        INDArray x = Nd4j.randn(DataType.DOUBLE, 2, 3, 7);
        INDArray mask =
                Nd4j.createFromArray(new double[][] {{1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 0, 0, 0, 0}});
        INDArray joined = Nd4j.concat(2, part(x, 0, new long[] {7}), part(x, 1, new long[] {3}));
        INDArray g = Nd4j.randn(DataType.DOUBLE, 2, 3, 7);
        INDArray gJoined = Nd4j.concat(2, part(g, 0, new long[] {7}), part(g, 1, new long[] {3}));
        Layer norm = layer(form, "BatchNorm", NO_KERNEL).build();
        MultiLayerNetwork batch =
                Nets.trainable(norm, InputType.recurrent(3, 7), DataType.DOUBLE, new Sgd(0.1));
        MultiLayerNetwork one =
                Nets.trainable(norm, InputType.recurrent(3, 10), DataType.DOUBLE, new Sgd(0.1));
        part(g, 1, new long[] {7}).muli(mask.getRow(1).reshape(1, 1, 7));
        batch.fit(x, g, mask, null);
        one.fit(joined, gJoined);
        CLOSE.check("parameters and statistics", batch.params(), one.params());
        INDArray y = batch.output(x, true, mask, null);
        INDArray yJoined = one.output(joined, true);
        CLOSE.check("first", part(y, 0, new long[] {7}), part(yJoined, 0, new long[] {7}));
    }

    /**
     * A mean or maximum over what counts of its window; windows that end behind the example's end
     * are none.
     */
    @Test
    void poolingOfMaskedImages() {
        MultiLayerNetwork net =
                Nets.single(
                        new AveragePooling2D.Builder(1, 3).name("pool").build(),
                        InputType.convolutional(1, 9, 1),
                        DataType.DOUBLE);
        INDArray x = Nd4j.arange(1, 10).castTo(DataType.DOUBLE).reshape(1, 1, 1, 9);
        INDArray mask = Nd4j.createFromArray(1.0, 0, 1, 1, 1, 1, 1, 0, 0).reshape(1, 1, 1, 9);
        INDArray g = Nd4j.createFromArray(1.0, 3, 9).reshape(1, 1, 1, 3);
        Nets.Pass pass = Nets.pass(net, x, mask, g);
        CLOSE.check("means", pass.output().ravel(), Nd4j.createFromArray(2.0, 5, 0));
        CLOSE.check(
                "gradient",
                pass.inputGradient().ravel(),
                Nd4j.createFromArray(0.5, 0, 0.5, 1, 1, 1, 0, 0, 0));
        MultiLayerNetwork largest =
                Nets.single(
                        new MaxPooling2D.Builder(1, 3).build(),
                        InputType.convolutional(1, 9, 1),
                        DataType.DOUBLE);
        pass = Nets.pass(largest, x.subi(10), mask, g);
        CLOSE.check("maxima", pass.output().ravel(), Nd4j.createFromArray(-7.0, -4, 0));
        CLOSE.check(
                "gradient of the maxima",
                pass.inputGradient().ravel(),
                Nd4j.createFromArray(0.0, 0, 1, 0, 0, 3, 0, 0, 0));
        MultiLayerNetwork padded =
                Nets.single(
                        (Layer)
                                new AveragePooling2D.Builder(1, 3)
                                        .padding(0, 1)
                                        .name("pool")
                                        .build(),
                        InputType.convolutional(1, 9, 1),
                        DataType.DOUBLE);
        String message =
                assertThrows(
                                DL4JInvalidInputException.class,
                                () -> padded.output(x, false, mask, null))
                        .getMessage();
        assertTrue(message.contains("\"pool\"") && message.contains("padding = [0, 1]"), message);
    }
}
