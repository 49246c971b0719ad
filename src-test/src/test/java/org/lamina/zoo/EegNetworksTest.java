package org.lamina.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** What every network for EEG must do, and the published parameter counts. */
class EegNetworksTest {

    private static final Map<String, Supplier<EegModelBuilder<?, ?>>> NETWORKS =
            Map.of(
                    "EEGNet", EEGNet::builder,
                    "ShallowConvNet", ShallowConvNet::builder,
                    "DeepConvNet", DeepConvNet::builder,
                    "EEGInception", EEGInception::builder,
                    "EEGTCNet", EEGTCNet::builder);

    static Stream<String> networks() {
        return NETWORKS.keySet().stream().sorted();
    }

    private static EegModelBuilder<?, ?> builder(String network) {
        return NETWORKS.get(network).get();
    }

    private static long trainable(Model network) {
        return network.paramTable().entrySet().stream()
                .filter(e -> !e.getKey().matches(".*_(mean|var)"))
                .mapToLong(e -> e.getValue().length())
                .sum();
    }

    private static INDArray output(Model network, INDArray x) {
        return network instanceof ComputationGraph graph
                ? graph.outputSingle(x)
                : ((MultiLayerNetwork) network).output(x);
    }

    /** One sample that is no number: nobody is to take the output for a result. */
    @ParameterizedTest
    @MethodSource("networks")
    void nanGivesNaN(String network) {
        Model net = builder(network).channels(4).samples(1000).classes(3).build().init();
        INDArray x = Nd4j.randn(DataType.FLOAT, 2, 1, 4, 1000);
        x.putScalar(new long[] {1, 0, 2, 500}, Float.NaN);
        INDArray y = output(net, x);
        assertEquals(1, y.getRow(0).sumNumber().doubleValue(), 1e-5);
        assertEquals(3, y.getRow(1).isNaN().castTo(DataType.INT32).sumNumber().intValue(), network);
    }

    /** braindecode's and the papers' counts, and those of PyTorch for the same layers. */
    @ParameterizedTest
    @CsvSource({
        "ShallowConvNet, BRAINDECODE, 22, 1000, 4, 46084",
        "ShallowConvNet, KERAS, 22, 256, 4, 40644",
        "DeepConvNet, BRAINDECODE, 22, 1000, 4, 282879",
        "DeepConvNet, KERAS, 22, 256, 4, 155879",
        "EEGInception, BRAINDECODE, 22, 1000, 4, 16296",
        "EEGInception, BRAINDECODE, 22, 256, 4, 15744",
        "EEGTCNet, KERAS, 22, 1125, 4, 4096",
        "EEGNet, SSVEP, 8, 256, 12, 45900"
    })
    void hasThePublishedNumberOfParameters(
            String network, String preset, int channels, int samples, int classes, long expected) {
        EegModel<?, ?> built =
                builder(network)
                        .presetNamed(preset)
                        .channels(channels)
                        .samples(samples)
                        .classes(classes)
                        .build();
        Model model = built.init();
        assertEquals(expected, trainable(model));
        INDArray y = output(model, Nd4j.randn(DataType.FLOAT, 2, 1, channels, samples));
        assertArrayEquals(new long[] {2, classes}, y.shape());
        assertEquals(1, y.getRow(1).sumNumber().doubleValue(), 1e-5);
        assertArrayEquals(new int[] {1, channels, samples}, built.metaData().getInputShape()[0]);
        assertEquals(built.modelType(), model.getClass());
    }

    /** With running statistics, as Keras counts, 4,272: the paper's 4.27k. */
    @Test
    void tcnetHasThePapersSize() {
        assertEquals(4272, EEGTCNet.builder().samples(1125).build().init().numParams());
    }

    @ParameterizedTest
    @MethodSource("networks")
    void configurationSurvivesJsonAndYaml(String network) {
        for (String preset : builder(network).presets()) {
            EegModelBuilder<?, ?> given = builder(network).presetNamed(preset).samples(512);
            if (given.build().conf() instanceof MultiLayerConfiguration conf) {
                assertEquals(conf, MultiLayerConfiguration.fromJson(conf.toJson()));
                assertEquals(conf, MultiLayerConfiguration.fromYaml(conf.toYaml()));
            } else {
                ComputationGraphConfiguration conf =
                        (ComputationGraphConfiguration) given.build().conf();
                assertEquals(conf, ComputationGraphConfiguration.fromJson(conf.toJson()));
                assertEquals(conf, ComputationGraphConfiguration.fromYaml(conf.toYaml()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void learns(String network) {
        Model model =
                builder(network)
                        .channels(4)
                        .samples(128)
                        .kernelLength(network.equals("DeepConvNet") ? 5 : 16)
                        .classes(2)
                        .dropout(0.1)
                        .batchNormMomentum(0.1)
                        .updater(new Adam(5e-3))
                        .build()
                        .init();
        Nd4j.getRandom().setSeed(7);
        INDArray x = Nd4j.randn(DataType.FLOAT, 16, 1, 4, 128);
        INDArray y = Nd4j.zeros(DataType.FLOAT, 16, 2);
        for (int i = 0; i < 16; i++) { // classes differ in the power of one channel
            if (i % 2 == 0) {
                x.tensorAlongDimension(i * 4 + 2, 3).muli(4);
            }
            y.putScalar(i, i % 2, 1);
        }
        DataSet data = new DataSet(x, y);
        double before = score(model, data);
        for (int i = 0; i < 60; i++) {
            if (model instanceof ComputationGraph graph) {
                graph.fit(data);
            } else {
                ((MultiLayerNetwork) model).fit(data);
            }
        }
        double after = score(model, data);
        assertTrue(after < 0.6 * before, "score " + before + " -> " + after);
    }

    private static double score(Model model, DataSet data) {
        return model instanceof ComputationGraph graph
                ? graph.score(data, false)
                : ((MultiLayerNetwork) model).score(data, false);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void theFewestSamplesAreEnough(String network) {
        EegModelBuilder<?, ?> given = builder(network).channels(3).kernelLength(16);
        int fewest = given.fewestSamples();
        Model model = given.samples(fewest).build().init();
        assertArrayEquals(
                new long[] {1, 4},
                output(model, Nd4j.randn(DataType.FLOAT, 1, 1, 3, fewest)).shape());
        String message =
                assertThrows(
                                DL4JInvalidConfigException.class,
                                () -> given.samples(fewest - 1).build())
                        .getMessage();
        assertTrue(
                message.contains(network) && message.contains("samples = " + (fewest - 1)),
                message);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void setInputShapeLeavesTheBuilderAlone(String network) {
        EegModelBuilder<?, ?> given = builder(network);
        EegModel<?, ?> built = given.build();
        built.setInputShape(new int[][] {{1, 5, 300}});
        assertArrayEquals(new int[] {1, 5, 300}, built.metaData().getInputShape()[0]);
        assertArrayEquals(new int[] {1, 22, 256}, given.build().metaData().getInputShape()[0]);
        assertThrows(
                IllegalArgumentException.class, () -> built.setInputShape(new int[][] {{22, 256}}));
    }

    @Test
    void errorsNameNetworkOptionAndValue() {
        assertMessage("ShallowConvNet: d = 2; the network has no", ShallowConvNet.builder().d(2));
        assertMessage("DeepConvNet: d = 1; the network has no", DeepConvNet.builder().d(1));
        assertMessage("EEGInception: f2 = 4; the network has no", EEGInception.builder().f2(4));
        assertMessage("f2 = 0", ShallowConvNet.builder().f2(0));
        assertMessage("poolStride = 0", ShallowConvNet.builder().poolStride(0));
        assertMessage("poolLength = -1", DeepConvNet.builder().poolLength(-1));
        assertMessage("kernelLength = 15", EEGInception.builder().kernelLength(15));
        assertMessage("f1 = 1", EEGInception.builder().f1(1));
        assertMessage("tcnDepth = 0", EEGTCNet.builder().tcnDepth(0));
        assertMessage("tcnDropout = 1.0", EEGTCNet.builder().tcnDropout(1));
        assertMessage("dropout = NaN", EEGTCNet.builder().dropout(Double.NaN));
        assertMessage("batchNormMomentum = 0.0", DeepConvNet.builder().batchNormMomentum(0));
        assertMessage("updater = null", DeepConvNet.builder().updater(null));
        String message =
                assertThrows(
                                DL4JInvalidConfigException.class,
                                () -> EEGTCNet.builder().presetNamed("SELFEEG"))
                        .getMessage();
        assertEquals("EEGTCNet: preset = SELFEEG; must be one of [KERAS, BRAINDECODE]", message);
    }

    private static void assertMessage(String part, EegModelBuilder<?, ?> builder) {
        String message =
                assertThrows(DL4JInvalidConfigException.class, builder::build).getMessage();
        assertTrue(message.contains(part), message);
    }
}
