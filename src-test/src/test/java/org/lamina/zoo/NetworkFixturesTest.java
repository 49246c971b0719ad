package org.lamina.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Small networks against PyTorch, with every parameter set; {@code networks.py} wrote the values.
 */
class NetworkFixturesTest {

    private interface Network {
        Model init();
    }

    enum Fixture {
        SHALLOW(
                "shallow",
                () ->
                        ShallowConvNet.builder()
                                .preset(ShallowConvNet.Preset.BRAINDECODE)
                                .kernelLength(5)
                                .f1(4)
                                .f2(5)
                                .poolLength(11)
                                .poolStride(4)
                                .channels(3)
                                .samples(64)
                                .classes(3)
                                .build()
                                .init()),
        DEEP(
                "deep",
                () ->
                        DeepConvNet.builder()
                                .preset(DeepConvNet.Preset.BRAINDECODE)
                                .kernelLength(4)
                                .f1(2)
                                .f2(2)
                                .channels(3)
                                .samples(210)
                                .classes(3)
                                .build()
                                .init()),
        DEEP_KERAS(
                "deep-keras",
                () ->
                        DeepConvNet.builder()
                                .kernelLength(3)
                                .f1(2)
                                .f2(2)
                                .channels(3)
                                .samples(60)
                                .classes(3)
                                .build()
                                .init()),
        INCEPTION(
                "inception",
                () ->
                        EEGInception.builder()
                                .kernelLength(17)
                                .f1(2)
                                .channels(3)
                                .samples(72)
                                .classes(3)
                                .build()
                                .init()),
        SSVEP(
                "ssvep",
                () ->
                        EEGNet.builder()
                                .preset(EEGNet.Preset.SSVEP)
                                .kernelLength(10)
                                .f1(3)
                                .f2(2)
                                .channels(3)
                                .samples(64)
                                .classes(3)
                                .build()
                                .init()),
        TCNET(
                "tcnet",
                () ->
                        EEGTCNet.builder()
                                .kernelLength(10)
                                .f1(2)
                                .f2(4)
                                .tcnKernel(3)
                                .tcnFilters(3)
                                .channels(3)
                                .samples(320)
                                .classes(3)
                                .build()
                                .init()),
        ENCNET(
                "encnet",
                () ->
                        EncNet1D.builder()
                                .depths(2, 1, 2)
                                .width(3)
                                .outputs(3)
                                .channels(2)
                                .length(30)
                                .build()
                                .init()),
        UNET(
                "unet",
                () ->
                        UNet1D.builder()
                                .depths(2, 3, 1)
                                .width(2)
                                .channels(2)
                                .length(27)
                                .build()
                                .init());

        private final String file;
        private final Network network;

        Fixture(String file, Network network) {
            this.file = file;
            this.network = network;
        }

        Map<String, INDArray> arrays() throws Exception {
            Path path =
                    Path.of(NetworkFixturesTest.class.getResource("/zoo/" + file + ".npz").toURI());
            return Nd4j.createFromNpzFile(path.toFile());
        }
    }

    private static Layer layer(Model network, String name) {
        return network instanceof ComputationGraph graph
                ? graph.getLayer(name)
                : ((MultiLayerNetwork) network).getLayer(name);
    }

    private static INDArray output(Model network, INDArray x) {
        return network instanceof ComputationGraph graph
                ? graph.outputSingle(x)
                : ((MultiLayerNetwork) network).output(x);
    }

    @ParameterizedTest
    @EnumSource
    void equalsPyTorch(Fixture fixture) throws Exception {
        Map<String, INDArray> arrays = fixture.arrays();
        Model network = fixture.network.init();
        TreeSet<String> left = new TreeSet<>(arrays.keySet());
        long set = 0;
        for (Map.Entry<String, INDArray> entry : arrays.entrySet()) {
            String[] name = entry.getKey().split("\\.");
            if (name.length == 2) {
                INDArray parameter = layer(network, name[0]).getParam(name[1]);
                assertArrayEquals(
                        parameter.rank() == 2 && entry.getValue().rank() == 1
                                ? new long[] {1, entry.getValue().length()}
                                : entry.getValue().shape(),
                        parameter.shape(),
                        entry.getKey());
                parameter.assign(
                        entry.getValue().castTo(parameter.dataType()).reshape(parameter.shape()));
                left.remove(entry.getKey());
                set += parameter.length();
            }
        }
        assertEquals("[x, y]", left.toString());
        assertEquals(network.numParams(), set, "parameters that the fixture sets");
        INDArray x = arrays.get("x").castTo(DataType.FLOAT);
        INDArray expected = arrays.get("y");
        INDArray actual = output(network, x).castTo(DataType.DOUBLE);
        assertArrayEquals(expected.shape(), actual.shape());
        double error = expected.sub(actual).amaxNumber().doubleValue();
        assertFalse(!(error < 2e-5 * expected.amaxNumber().doubleValue()), "error " + error);
    }
}
