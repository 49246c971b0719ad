package org.lamina.zoo.training;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.zoo.data.epochs.ChannelStandardizer;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.data.epochs.EpochingOptions;
import org.lamina.zoo.data.recording.RecordingId;
import org.lamina.zoo.modelfile.ModelCard;
import org.lamina.zoo.modelfile.ModelFile;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * A learnable toy problem and a network with everything that has state: dropout, batch norm, Adam.
 */
public final class TrainingFixtures {
    public static final int CHANNELS = 3;
    public static final int SAMPLES = 16;

    private TrainingFixtures() {}

    public static EpochSet epochs(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count * CHANNELS * SAMPLES];
        int[] classes = new int[count];
        for (int n = 0, i = 0; n < count; n++) {
            classes[n] = n % 2;
            for (int c = 0; c < CHANNELS; c++) {
                for (int t = 0; t < SAMPLES; t++) {
                    double wave = c == classes[n] ? 4 * Math.sin(0.8 * t) : 0;
                    values[i++] = (float) (10 * (wave + random.nextGaussian()) + 5);
                }
            }
        }
        return new EpochSet(
                Nd4j.create(values, new long[] {count, 1, CHANNELS, SAMPLES}, 'c'),
                classes,
                List.of("left", "right"),
                Collections.nCopies(count, RecordingId.ofRun("01")),
                List.of("C3", "Cz", "C4"),
                64,
                "toy");
    }

    public static MultiLayerNetwork network(long seed) {
        MultiLayerNetwork network =
                new MultiLayerNetwork(
                        new NeuralNetConfiguration.Builder()
                                .seed(seed)
                                .updater(new Adam(2e-2))
                                .list()
                                .layer(
                                        new ConvolutionLayer.Builder(CHANNELS, 5)
                                                .nOut(4)
                                                .activation(Activation.IDENTITY)
                                                .build())
                                .layer(new BatchNormalization())
                                .layer(
                                        new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                                                .nOut(2)
                                                .dropOut(0.7)
                                                .activation(Activation.SOFTMAX)
                                                .build())
                                .setInputType(InputType.convolutional(CHANNELS, SAMPLES, 1))
                                .build());
        network.init();
        return network;
    }

    public static ModelFile model(Model network, ChannelStandardizer normalizer) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("epochs", 3);
        return new ModelFile(
                network,
                normalizer,
                new ModelCard(
                        "toy",
                        List.of("left", "right"),
                        List.of("C3", "Cz", "C4"),
                        64,
                        SAMPLES,
                        EpochingOptions.builder().band(4, 30).labels(Map.of("T1", "left")).build(),
                        "toy",
                        true,
                        settings));
    }
}
