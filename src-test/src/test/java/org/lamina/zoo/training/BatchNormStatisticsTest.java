package org.lamina.zoo.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.lamina.harness.Close;
import org.lamina.zoo.DeepConvNet;
import org.lamina.zoo.EEGTCNet;
import org.lamina.zoo.network.Networks;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

class BatchNormStatisticsTest {

    private static DataSetIterator batches(INDArray features, INDArray labels) {
        return new ListDataSetIterator<>(new DataSet(features, labels).asList(), 3);
    }

    /**
     * Normalized by their statistics, the training examples have mean beta and variance gamma
     * squared in every layer, which the running statistics after few updates do not give.
     */
    private static void check(Model network, int samples) {
        Nd4j.getRandom().setSeed(3);
        INDArray x = Nd4j.randn(DataType.FLOAT, 8, 1, 3, samples).addi(0.5);
        INDArray y = Nd4j.eye(2).castTo(DataType.FLOAT).repeat(0, 4);
        for (int i = 0; i < 3; i++) {
            Networks.fit(network, x, y);
        }
        BatchNormStatistics.recompute(network, batches(x, y));
        int found = 0;
        for (String key : network.paramTable().keySet()) {
            if (!key.endsWith("_mean")) {
                continue;
            }
            found++;
            INDArray input = input(network, key.substring(0, key.length() - 5), x);
            INDArray flat = input.castTo(DataType.DOUBLE).permute(1, 0, 2, 3).dup('c');
            flat = flat.reshape(flat.size(0), flat.length() / flat.size(0));
            new Close(1e-5, 1e-5)
                    .check(key, network.getParam(key).castTo(DataType.DOUBLE), flat.mean(1));
            String variance = key.replace("_mean", "_var");
            new Close(1e-4, 1e-5)
                    .check(
                            variance,
                            network.getParam(variance).castTo(DataType.DOUBLE),
                            flat.var(1));
        }
        assertTrue(found >= 4, found + " layers");
    }

    /** What a layer gets in evaluation. */
    private static INDArray input(Model network, String layer, INDArray x) {
        if (network instanceof ComputationGraph graph) {
            String from = graph.getConfiguration().getVertexInputs().get(layer).get(0);
            return graph.feedForward(x, false).get(from);
        }
        return ((MultiLayerNetwork) network).feedForward(x, false).get(Integer.parseInt(layer));
    }

    @Test
    void layersInARow() {
        check(
                DeepConvNet.builder().channels(3).samples(90).classes(2).f1(3).f2(2).build().init(),
                90);
    }

    @Test
    void graph() {
        check(
                EEGTCNet.builder().channels(3).samples(256).classes(2).f1(2).f2(4).build().init(),
                256);
    }

    @Test
    void whatCannotBeRecomputedIsRefused() {
        INDArray x =
                Nd4j.randn(
                        DataType.FLOAT, 4, 1, TrainingFixtures.CHANNELS, TrainingFixtures.SAMPLES);
        INDArray y = Nd4j.eye(2).castTo(DataType.FLOAT).repeat(0, 2);
        assertMessage("of Lamina's BatchNorm only", TrainingFixtures.network(1), batches(x, y));
        MultiLayerNetwork net =
                DeepConvNet.builder().channels(3).samples(90).classes(2).build().init();
        INDArray signal = Nd4j.randn(DataType.FLOAT, 4, 1, 3, 90);
        INDArray mask = Nd4j.ones(DataType.FLOAT, 4, 90);
        assertMessage(
                "masks",
                net,
                new ListDataSetIterator<>(List.of(new DataSet(signal, y, mask, null)), 4));
        assertMessage("no examples", net, new ListDataSetIterator<>(List.of(), 4));
    }

    private static void assertMessage(String part, Model network, DataSetIterator data) {
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> BatchNormStatistics.recompute(network, data))
                        .getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void outputsStayTheSameInOneCall() {
        MultiLayerNetwork net =
                DeepConvNet.builder().channels(3).samples(90).classes(2).build().init();
        INDArray x = Nd4j.randn(DataType.FLOAT, 4, 1, 3, 90);
        INDArray y = Nd4j.eye(2).castTo(DataType.FLOAT).repeat(0, 2);
        BatchNormStatistics.recompute(net, batches(x, y));
        INDArray once = net.output(x).dup();
        BatchNormStatistics.recompute(net, batches(x, y));
        assertEquals(once, net.output(x));
    }
}
