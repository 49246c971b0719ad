package org.lamina.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.zoo.summary.NetworkSummary;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.ops.transforms.Transforms;

class SignalNetworksTest {

    /** Those of the same layers in PyTorch. */
    @ParameterizedTest
    @CsvSource({
        "ENCNET_12, 9449602",
        "ENCNET_15, 13583746",
        "ENCNET_17, 13645762",
        "ENCNET_22, 17841922",
        "UNET_12, 459137",
        "UNET_16, 1840001",
        "UNET_17, 780545",
        "UNET_23, 3146753",
        "UNET_29, 12597761"
    })
    void hasTheSourcesNumberOfParameters(String preset, long expected) {
        SignalModel<?> network =
                preset.startsWith("ENC")
                        ? EncNet1D.builder().preset(EncNet1D.Preset.valueOf(preset)).build()
                        : UNet1D.builder().preset(UNet1D.Preset.valueOf(preset)).build();
        assertEquals(expected, NetworkSummary.of(network).parameters());
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 16, 27, 30, 31})
    void unetKeepsAnyLength(int length) {
        ComputationGraph network =
                UNet1D.builder().width(2).channels(3).outputs(2).length(length).build().init();
        INDArray y = network.outputSingle(Nd4j.randn(DataType.FLOAT, 2, 3, length));
        assertArrayEquals(new long[] {2, 2, length}, y.shape());
    }

    @Test
    void encoderClassifiesOrPutsOutNumbers() {
        INDArray x = Nd4j.randn(DataType.FLOAT, 4, 2, 33);
        EncNet1D.Builder builder =
                EncNet1D.builder().width(2).channels(2).length(33).outputs(3).kernel(5);
        INDArray classes = builder.build().init().outputSingle(x);
        assertArrayEquals(new long[] {4, 3}, classes.shape());
        assertEquals(4, classes.sumNumber().doubleValue(), 1e-5);
        ComputationGraph logits =
                builder.outputActivation(Activation.IDENTITY.getActivationFunction())
                        .build()
                        .init();
        assertTrue(Transforms.softmax(logits.outputSingle(x)).equalsWithEps(classes, 1e-5));
        logits.fit(new DataSet(x, classes));
        assertTrue(Double.isFinite(logits.score()));
        builder.lossFunction(new LossMSE()).build().init();
    }

    @Test
    void configurationsSurviveJson() {
        for (SignalModel<?> network :
                new SignalModel<?>[] {
                    EncNet1D.builder().width(4).build(),
                    UNet1D.builder().width(4).length(255).build()
                }) {
            ComputationGraphConfiguration conf = network.conf();
            assertEquals(conf, ComputationGraphConfiguration.fromJson(conf.toJson()));
        }
    }

    @Test
    void encoderLearns() {
        ComputationGraph network =
                EncNet1D.builder()
                        .depths(1, 2)
                        .width(4)
                        .length(40)
                        .updater(new Adam(1e-2))
                        .build()
                        .init();
        Nd4j.getRandom().setSeed(3);
        INDArray x = Nd4j.randn(DataType.FLOAT, 16, 1, 40).muli(0.5);
        INDArray y = Nd4j.zeros(DataType.FLOAT, 16, 2);
        for (int i = 0; i < 16; i++) { // classes differ in frequency
            y.putScalar(i, i % 2, 1);
            for (int t = 0; t < 40; t++) {
                double wave = Math.sin(t * (i % 2 == 0 ? 0.3 : 1.2));
                x.putScalar(i, 0, t, x.getDouble(i, 0, t) + wave);
            }
        }
        DataSet data = new DataSet(x, y);
        double before = network.score(data, false);
        for (int i = 0; i < 30; i++) {
            network.fit(data);
        }
        assertTrue(network.score(data, false) < 0.5 * before);
    }

    @Test
    void errorsNameNetworkOptionAndValue() {
        assertMessage("UNet1D: length = 4; must be 5", UNet1D.builder().length(4));
        assertMessage("EncNet1D: length = 16; must be 17", EncNet1D.builder().length(16));
        assertMessage("UNet1D: depths = [1, 2]; must be 2", UNet1D.builder().depths(1, 2));
        assertMessage("depths = [3]", EncNet1D.builder().depths(3));
        assertMessage("depths = 0", EncNet1D.builder().depths(2, 0));
        assertMessage("kernel = 4; must be odd", UNet1D.builder().kernel(4));
        assertMessage("width = 0", UNet1D.builder().width(0));
        assertMessage("channels = -1", UNet1D.builder().channels(-1));
        assertMessage("outputs = 0", EncNet1D.builder().outputs(0));
        assertMessage("lossFunction = null", EncNet1D.builder().lossFunction(null));
        assertMessage("outputActivation = null", EncNet1D.builder().outputActivation(null));
        assertThrows(DL4JInvalidConfigException.class, () -> UNet1D.builder().preset(null));
        assertThrows(
                IllegalArgumentException.class,
                () -> UNet1D.builder().build().setInputShape(new int[][] {{1, 2, 3}}));
    }

    private static void assertMessage(String part, SignalModel.Builder<?> builder) {
        String message =
                assertThrows(DL4JInvalidConfigException.class, builder::build).getMessage();
        assertTrue(message.contains(part), message);
    }
}
