package org.lamina.zoo.modelfile;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.factory.Nd4j;

/** Fails when upstream mends it: the way round in TrainNFNetCommand can then go. */
class UpstreamModelSerializerDefectTest {

    @Test
    void aStandardizerClosesTheModelsStream() {
        MultiLayerNetwork network =
                new MultiLayerNetwork(
                        new NeuralNetConfiguration.Builder()
                                .list()
                                .layer(new DenseLayer.Builder().nIn(1).nOut(1).build())
                                .build());
        network.init();
        NormalizerStandardize normalizer =
                new NormalizerStandardize(
                        Nd4j.ones(DataType.FLOAT, 1, 1), Nd4j.ones(DataType.FLOAT, 1, 1));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThrows(
                IOException.class,
                () -> ModelSerializer.writeModel(network, out, false, normalizer));
    }
}
