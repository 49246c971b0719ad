package org.lamina.zoo.summary;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.layers.CombinedConv2D;
import org.lamina.layers.Conv2D;
import org.lamina.layers.ConvTranspose2D;
import org.lamina.layers.ECA;
import org.lamina.layers.FWS;
import org.lamina.layers.LocalConv2D;
import org.lamina.layers.SqueezeExcitation;
import org.lamina.layers.TemporalSpatialConv2D;
import org.lamina.layers.WSConvTranspose2D;
import org.lamina.zoo.EEGInception;
import org.lamina.zoo.EegModel;
import org.lamina.zoo.ShallowConvNet;
import org.lamina.zoo.UNet1D;
import org.lamina.zoo.Zoo;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NetworkSummaryTest {

    private static NetworkSummary.Row row(NetworkSummary summary, String name) {
        return summary.rows().stream().filter(r -> r.name().equals(name)).findFirst().orElseThrow();
    }

    /** Every network of the registry has a name of its own, layers, a source and parameters. */
    @Test
    void summarizesEveryNetwork() {
        Set<String> names = new HashSet<>();
        for (Zoo.Entry entry : Zoo.networks()) {
            assertTrue(names.add(entry.name()) && entry.name().matches("[a-z0-9-]+"));
            assertTrue(entry.source().startsWith("https://"));
            NetworkSummary summary = NetworkSummary.of(entry.network().get());
            assertTrue(summary.parameters() >= summary.trained() && summary.trained() > 0);
            assertTrue(summary.inferenceBytes(1) < summary.trainingBytes(1));
            assertTrue(summary.trainingBytes(1) < summary.trainingBytes(2));
        }
        assertEquals(6, Zoo.eegNetworks().size());
        assertEquals(43, names.size());
    }

    /** Two for each product, one for each output: by hand, for an input [4, 3, 5]. */
    @Test
    void operationsOfLayersThatAreNoPlainConvolutions() {
        Map<Layer, Long> operations =
                Map.of(
                        new ConvTranspose2D.Builder(2, 3).nOut(6).stride(2).groups(2).build(),
                        2L * (4 * 3 * 6) * (3 * 5) + 6 * (6 * 11),
                        new WSConvTranspose2D.Builder(3, 3).nOut(2).build(),
                        2L * (4 * 2 * 9) * (3 * 5) + 2 * (5 * 7),
                        new FWS.Builder(new Conv2D.Builder(2, 3).nOut(6).build()).build(),
                        2L * (4 * 6 * 6) * (2 * 3) + 6 * (2 * 3),
                        new ECA.Builder().kernelSize(5).build(),
                        2L * 5 * 4 + 4 * 3 * 5,
                        new SqueezeExcitation.Builder().hidden(2).build(),
                        2L * (4 * 2 + 2 * 4) + 4 * 3 * 5,
                        new LocalConv2D.Builder(2, 2).nOut(3).build(),
                        2L * (3 * 4 * 4) * (2 * 4) + 3 * (2 * 4));
        operations.forEach((layer, expected) -> operations(layer, 4, expected));
    }

    /** In the order in which they are computed, for an input [1, 3, 5]. */
    @Test
    void operationsOfFusedFronts() {
        operations(
                new TemporalSpatialConv2D.Builder(3, 2).temporalFilters(4).build(),
                1,
                2L * (8 * 3 * 5 + 8 * 2 * 5) + 8 * 5);
        operations(
                new TemporalSpatialConv2D.Builder(3, 2).depthMultiplier(7).build(),
                1,
                2L * (8 * 2 * 3 * 5 + 56 * 3 * 5) + 56 * 5);
        operations(
                new CombinedConv2D.Builder(3, 2).temporalFilters(4).nOut(5).build(),
                1,
                2L * (5 * 3 * 2) * 4 + 5 * 4);
        operations(
                new CombinedConv2D.Builder(3, 4).temporalFilters(1).nOut(5).build(),
                1,
                2L * (1 * 4 * 3 + 5 * 1 * 3) * 2 + 5 * 2);
    }

    private static void operations(Layer layer, int channels, long expected) {
        InputType input = InputType.convolutional(3, 5, channels);
        layer.setNIn(input, true);
        InputType output = layer.getOutputType(0, input);
        assertEquals(expected, LayerWork.flops(layer, input, output), layer + "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"eegnet", "shallow-convnet", "deep-convnet", "eeg-inception", "eeg-tcnet"})
    void countsAsTheNetworkItself(String name) {
        EegModel<?, ?> network =
                Zoo.find(name).orElseThrow().eeg().get().channels(3).samples(256).build();
        NetworkSummary summary = NetworkSummary.of(network);
        Model model = network.init();
        assertEquals(model.numParams(), summary.parameters());
        List<INDArray> outputs =
                model instanceof MultiLayerNetwork net
                        ? net.feedForward(Nd4j.randn(DataType.FLOAT, 1, 1, 3, 256))
                                .subList(1, net.getnLayers() + 1)
                        : null;
        for (int i = 0; i < summary.rows().size(); i++) {
            NetworkSummary.Row row = summary.rows().get(i);
            INDArray output =
                    outputs == null
                            ? ((ComputationGraph) model)
                                    .feedForward(Nd4j.ones(DataType.FLOAT, 1, 1, 3, 256), false)
                                    .get(row.name())
                            : outputs.get(i);
            assertEquals(output.length(), row.output().arrayElementsPerExample(), row.name());
        }
    }

    /** By hand: two valid convolutions and a pooling. */
    @Test
    void receptiveFieldAndOperationsOfShallowConvNet() {
        NetworkSummary summary =
                NetworkSummary.of(
                        ShallowConvNet.builder()
                                .preset(ShallowConvNet.Preset.BRAINDECODE)
                                .samples(1000)
                                .build());
        assertArrayEquals(new long[] {1, 25}, row(summary, "temporal").receptive().size());
        assertArrayEquals(new long[] {22, 25}, row(summary, "spatial").receptive().size());
        assertArrayEquals(new long[] {22, 99}, row(summary, "power").receptive().size());
        assertArrayEquals(new long[] {22, 99}, summary.receptiveField().size());
        assertNull(row(summary, "classifier").receptive());
        long values = 40L * 22 * 976;
        assertEquals(2 * 25 * values + values, row(summary, "temporal").flops());
        assertEquals(2L * 40 * 22 * 40 * 976 + 40 * 976, row(summary, "spatial").flops());
        assertEquals(40L * 61 * 75, row(summary, "power").flops());
        assertEquals(2L * 40 * 61 * 4 + 4, row(summary, "classifier").flops());
    }

    /** What the field leaves out has no influence, what is at its ends has. */
    @Test
    void receptiveFieldIsWhatTheOutputDependsOn() {
        // Half the kernels: the field ends within the signal.
        EEGInception network =
                EEGInception.builder().channels(2).samples(256).kernelLength(16).build();
        ReceptiveField field = row(NetworkSummary.of(network), "pool3").receptive();
        ComputationGraph graph = network.init();
        INDArray x = Nd4j.randn(DataType.FLOAT, 1, 1, 2, 256);
        int position = 7;
        INDArray before = pool3(graph, x, position);
        for (int t = 0; t < 256; t++) {
            INDArray changed = x.dup();
            changed.putScalar(0, 0, 1, t, x.getDouble(0, 0, 1, t) + 1);
            boolean inside = t >= field.first()[1][position] && t <= field.last()[1][position];
            boolean depends = !before.equalsWithEps(pool3(graph, changed, position), 0);
            assertEquals(inside, depends, "sample " + t);
        }
    }

    private static INDArray pool3(ComputationGraph graph, INDArray x, int position) {
        INDArray y = graph.feedForward(x, false).get("pool3");
        return y.tensorAlongDimension(position, 1).dup();
    }

    /** Skips reach over the middle; a step of the output sees the same on both sides. */
    @Test
    void receptiveFieldOfUNet() {
        NetworkSummary summary = NetworkSummary.of(UNet1D.builder().width(2).length(256).build());
        assertArrayEquals(new long[] {5}, row(summary, "first").receptive().size());
        assertArrayEquals(new long[] {7}, row(summary, "down1-conv1").receptive().size());
        assertArrayEquals(new long[] {9}, row(summary, "down1-conv2").receptive().size());
        ReceptiveField last = row(summary, "last").receptive();
        assertEquals(256, last.first()[0].length);
        assertTrue(last.size()[0] > 40 && last.size()[0] < 256, "" + last.size()[0]);
    }
}
