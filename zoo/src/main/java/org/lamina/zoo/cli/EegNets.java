package org.lamina.zoo.cli;

import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Stand-in until org.lamina.zoo.EEGNet is there. */
final class EegNets {
    static final int SIMULATED_EPOCHS = 20;

    enum Preset {
        KERAS
    }

    private EegNets() {}

    static MultiLayerNetwork create(int channels, int samples, int classes) {
        TrainSettings s =
                TrainSettings.fromMap(
                        java.util.Map.of(
                                "kernelLength", 64, "f1", 8, "depth", 2, "dropout", 0.5, "lr", 1e-3));
        return create(s, channels, samples, classes);
    }

    static MultiLayerNetwork create(TrainSettings s, int channels, int samples, int classes) {
        MultiLayerNetwork network =
                new MultiLayerNetwork(
                        new NeuralNetConfiguration.Builder()
                                .seed(s.seed())
                                .updater(new Adam(s.lr()))
                                .convolutionMode(ConvolutionMode.Same)
                                .list()
                                .layer(
                                        new ConvolutionLayer.Builder(1, s.kernelLength())
                                                .nOut(s.f1())
                                                .hasBias(false)
                                                .activation(Activation.IDENTITY)
                                                .build())
                                .layer(new BatchNormalization())
                                .layer(
                                        new ConvolutionLayer.Builder(channels, 1)
                                                .convolutionMode(ConvolutionMode.Truncate)
                                                .nOut(s.f1() * s.depth())
                                                .hasBias(false)
                                                .activation(Activation.IDENTITY)
                                                .build())
                                .layer(new BatchNormalization())
                                .layer(new ActivationLayer(Activation.ELU))
                                .layer(
                                        new SubsamplingLayer.Builder(
                                                        SubsamplingLayer.PoolingType.AVG,
                                                        new int[] {1, 8},
                                                        new int[] {1, 8})
                                                .build())
                                .layer(new DropoutLayer(1 - s.dropout()))
                                .layer(
                                        new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                                                .nOut(classes)
                                                .activation(Activation.SOFTMAX)
                                                .build())
                                .setInputType(InputType.convolutional(channels, samples, 1))
                                .build());
        network.init();
        return network;
    }
}
