package org.lamina.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.Set;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class EEGNetTest {

    private static final Set<String> RUNNING_STATISTICS = Set.of("mean", "var");

    private static long trainable(MultiLayerNetwork network) {
        return network.paramTable().entrySet().stream()
                .filter(e -> !RUNNING_STATISTICS.contains(e.getKey().replaceAll("^\\d+_", "")))
                .mapToLong(e -> e.getValue().length())
                .sum();
    }

    /** The published counts. */
    @ParameterizedTest
    @CsvSource({"64, 128, 2388", "22, 1125, 3700", "22, 256, 1972"})
    void hasThePublishedNumberOfParameters(int channels, int samples, long expected) {
        for (EEGNet.Preset preset : EnumSet.complementOf(EnumSet.of(EEGNet.Preset.SSVEP))) {
            MultiLayerNetwork network =
                    EEGNet.builder()
                            .preset(preset)
                            .channels(channels)
                            .samples(samples)
                            .classes(4)
                            .build()
                            .init();
            assertEquals(expected, trainable(network), preset + ": trainable parameters");
            INDArray output = network.output(Nd4j.randn(DataType.FLOAT, 2, 1, channels, samples));
            assertArrayEquals(new long[] {2, 4}, output.shape());
            for (int i = 0; i < 2; i++) {
                assertEquals(1, output.getRow(i).sumNumber().doubleValue(), 1e-5);
            }
        }
    }

    @Test
    void selfEegHasOneOutputForUpToTwoClasses() {
        EEGNet.Builder two = EEGNet.builder().channels(4).samples(64).kernelLength(16).classes(2);
        INDArray x = Nd4j.randn(DataType.FLOAT, 3, 1, 4, 64);
        assertArrayEquals(
                new long[] {3, 1},
                two.preset(EEGNet.Preset.SELFEEG).build().init().output(x).shape());
        assertArrayEquals(
                new long[] {3, 2},
                two.preset(EEGNet.Preset.KERAS).build().init().output(x).shape());
    }

    /** Half a kernel on both sides: an even kernel lengthens the signal by one. */
    @Test
    void braindecodePadsHalfAKernel() {
        MultiLayerNetwork network =
                EEGNet.builder()
                        .preset(EEGNet.Preset.BRAINDECODE)
                        .channels(4)
                        .samples(64)
                        .kernelLength(16)
                        .build()
                        .init();
        INDArray temporal = network.feedForward(Nd4j.randn(DataType.FLOAT, 1, 1, 4, 64)).get(1);
        assertArrayEquals(new long[] {1, 8, 4, 65}, temporal.shape());
    }

    @ParameterizedTest
    @EnumSource(EEGNet.Preset.class)
    void configurationSurvivesJsonAndYaml(EEGNet.Preset preset) {
        MultiLayerConfiguration conf = EEGNet.builder().preset(preset).build().conf();
        assertEquals(conf, MultiLayerConfiguration.fromJson(conf.toJson()));
        assertEquals(conf, MultiLayerConfiguration.fromYaml(conf.toYaml()));
    }

    @ParameterizedTest
    @EnumSource(EEGNet.DropoutType.class)
    void learnsAndKeepsItsConstraints(EEGNet.DropoutType dropout) {
        MultiLayerNetwork network =
                EEGNet.builder()
                        .channels(6)
                        .samples(64)
                        .kernelLength(16)
                        .classes(2)
                        .dropout(0.1)
                        .dropoutType(dropout)
                        .updater(new org.nd4j.linalg.learning.config.Adam(1e-2))
                        .build()
                        .init();
        assertConstrained(network);
        Nd4j.getRandom().setSeed(7);
        INDArray x = Nd4j.randn(DataType.FLOAT, 16, 1, 6, 64);
        INDArray y = Nd4j.zeros(DataType.FLOAT, 16, 2);
        for (int i = 0; i < 16; i++) { // classes differ in the power of one channel
            if (i % 2 == 0) {
                x.tensorAlongDimension(i * 6 + 2, 3).muli(4);
            }
            y.putScalar(i, i % 2, 1);
        }
        DataSet data = new DataSet(x, y);
        network.fit(data);
        double before = network.score(data);
        for (int i = 0; i < 60; i++) {
            network.fit(data);
            assertConstrained(network);
        }
        assertTrue(
                network.score(data) < 0.6 * before,
                "score " + before + " -> " + network.score(data));
    }

    private static void assertConstrained(MultiLayerNetwork network) {
        INDArray spatial = network.getLayer("spatial").getParam("W");
        INDArray dense = network.getLayer("classifier").getParam("W");
        assertTrue(spatial.norm2(1, 2, 3).maxNumber().doubleValue() <= 1 + 1e-5);
        assertTrue(dense.norm2(0).maxNumber().doubleValue() <= 0.25 + 1e-5);
    }

    /** Logits and their cross entropy are softmax and its cross entropy, to the gradient. */
    @ParameterizedTest
    @CsvSource({"KERAS, 3", "SELFEEG, 2"})
    void logitsTrainAsProbabilities(EEGNet.Preset preset, int classes) {
        EEGNet.Builder builder =
                EEGNet.builder()
                        .preset(preset)
                        .channels(4)
                        .samples(64)
                        .kernelLength(16)
                        .classes(classes)
                        .dropout(0);
        MultiLayerNetwork probabilities = builder.build().init();
        MultiLayerNetwork logits = builder.logits(true).build().init();
        assertEquals(probabilities.params(), logits.params());
        INDArray x = Nd4j.randn(DataType.FLOAT, 6, 1, 4, 64);
        INDArray y = Nd4j.zeros(DataType.FLOAT, 6, builder.build().outputs());
        for (int i = 0; i < 6; i++) {
            if (y.size(1) > 1 || i % 2 == 0) {
                y.putScalar(i, i % y.size(1), 1);
            }
        }
        DataSet data = new DataSet(x, y);
        assertEquals(probabilities.score(data), logits.score(data), 1e-5);
        for (int i = 0; i < 3; i++) {
            probabilities.fit(data);
            logits.fit(data);
        }
        assertTrue(probabilities.params().equalsWithEps(logits.params(), 1e-4));
        assertTrue(logits.output(x).minNumber().doubleValue() < 0);
        MultiLayerConfiguration conf = builder.build().conf();
        assertEquals(conf, MultiLayerConfiguration.fromJson(conf.toJson()));
    }

    @Test
    void aBuiltNetworkDoesNotFollowItsBuilder() {
        EEGNet.Builder builder = EEGNet.builder();
        EEGNet network = builder.build();
        MultiLayerConfiguration before = network.conf();
        builder.channels(3).classes(2);
        assertEquals(before, network.conf());
        assertThrows(
                DL4JInvalidConfigException.class,
                () -> network.setInputShape(new int[][] {{1, 0, 256}}));
        assertEquals(before, network.conf());
        network.setInputShape(new int[][] {{1, 64, 128}});
        assertEquals(2388, trainable(network.init()));
    }

    @Test
    void errorsNameArgumentAndValue() {
        assertMessage("kernelLength = 64", EEGNet.builder().samples(32));
        assertMessage("classes = 0", EEGNet.builder().classes(0));
        assertMessage("dropout = 1.0", EEGNet.builder().dropout(1));
        assertMessage("denseMaxNorm = -1.0", EEGNet.builder().denseMaxNorm(-1.0));
        assertMessage("eluAlpha = NaN", EEGNet.builder().eluAlpha(Double.NaN));
        assertMessage("preset = null", EEGNet.builder().preset(null));
        assertMessage("samples = 30", EEGNet.builder().samples(30).kernelLength(8));
    }

    private static void assertMessage(String part, EEGNet.Builder builder) {
        String message =
                assertThrows(DL4JInvalidConfigException.class, builder::build).getMessage();
        assertTrue(message.contains("EEGNet") && message.contains(part), message);
    }
}
