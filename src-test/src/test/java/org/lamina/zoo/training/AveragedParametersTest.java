package org.lamina.zoo.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

class AveragedParametersTest {

    private static MultiLayerNetwork network() {
        MultiLayerNetwork network =
                new MultiLayerNetwork(
                        new NeuralNetConfiguration.Builder()
                                .list()
                                .layer(new DenseLayer.Builder().nIn(1).nOut(1).build())
                                .build());
        network.init();
        network.setParams(Nd4j.createFromArray(new float[][] {{1, -1}}));
        return network;
    }

    @Test
    void followsItsFormula() {
        MultiLayerNetwork network = network();
        AveragedParameters average = new AveragedParameters(network, 0.15);
        double[] expected = {1, -1};
        double[] kept = {0.1, 0.15, 0.15}; // (1 + n) / (10 + n) first
        for (int n = 0; n < 3; n++) {
            float[] now = {n + 2, 5 * n};
            network.setParams(Nd4j.createFromArray(new float[][] {now}));
            average.update();
            for (int i = 0; i < 2; i++) {
                expected[i] = kept[n] * expected[i] + (1 - kept[n]) * now[i];
                assertEquals(expected[i], average.values().getDouble(i), 1e-5);
            }
        }
        assertEquals(4, network.params().getDouble(0)); // the network's own stay
    }

    @Test
    void decayZeroIsTheNetworkItself() {
        MultiLayerNetwork network = network();
        AveragedParameters average = new AveragedParameters(network, 0);
        network.params().addi(3);
        average.update();
        assertEquals(network.params(), average.values());
        assertThrows(IllegalArgumentException.class, () -> new AveragedParameters(network, 1));
        assertThrows(
                IllegalArgumentException.class, () -> new AveragedParameters(network, Double.NaN));
    }
}
