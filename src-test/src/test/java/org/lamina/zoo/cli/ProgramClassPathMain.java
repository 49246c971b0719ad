package org.lamina.zoo.cli;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.layers.samediff.SameDiffConv2D;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.factory.Nd4j;

/** A user's program on the class path of {@code lamina.jar}: a SameDiff layer makes one step. */
final class ProgramClassPathMain {

    private ProgramClassPathMain() {}

    public static void main(String[] args) {
        MultiLayerNetwork net =
                new MultiLayerNetwork(
                        new NeuralNetConfiguration.Builder()
                                .activation(Activation.TANH)
                                .list()
                                .layer(new SameDiffConv2D.Builder(3).nOut(2).build())
                                .layer(
                                        new OutputLayer.Builder()
                                                .nOut(2)
                                                .activation(Activation.SOFTMAX)
                                                .build())
                                .setInputType(InputType.convolutional(5, 5, 1))
                                .build());
        net.init();
        net.fit(Nd4j.ones(1, 1, 5, 5), Nd4j.createFromArray(new float[][] {{0, 1}}));
        System.out.println("score " + net.score());
    }
}
