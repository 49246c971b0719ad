package org.lamina.benchmark;

import java.util.function.Function;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.zoo.EEGNet;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * Who does the work, and on which build of ND4J.
 *
 * @param name as it stands in the table
 * @param oneDnn whether the process has the oneDNN build of ND4J
 * @param prepare makes the step of a workload
 */
record Competitor(String name, boolean oneDnn, Function<Workload, Runnable> prepare) {}

/** The competitors; the first one is what the others are compared with. */
final class Competitors {

    static final Competitor[] ALL = {
        new Competitor("Lamina", true, w -> step(lamina(w), w)),
        new Competitor("DL4J built-in", true, w -> step(builtIn(w), w)),
        new Competitor("DL4J built-in, default ND4J", false, w -> step(builtIn(w), w)),
        new Competitor("Lamina, default ND4J", false, w -> step(lamina(w), w)),
    };

    private Competitors() {}

    static Competitor named(String name) {
        for (Competitor competitor : ALL) {
            if (competitor.name().equals(name)) {
                return competitor;
            }
        }
        throw new IllegalArgumentException("No competitor '" + name + "'");
    }

    private static Runnable step(MultiLayerNetwork network, Workload workload) {
        Nd4j.getRandom().setSeed(1);
        INDArray x = Nd4j.randn(DataType.FLOAT, workload.shape());
        INDArray y = Nd4j.zeros(DataType.FLOAT, workload.shape()[0], workload.classes());
        for (long i = 0; i < y.size(0); i++) {
            y.putScalar(i, i % workload.classes(), 1);
        }
        DataSet data = new DataSet(x, y);
        return workload.training() ? () -> network.fit(data) : () -> network.output(x);
    }

    private static MultiLayerNetwork lamina(Workload workload) {
        return EEGNet.builder()
                .channels((int) workload.shape()[2])
                .samples((int) workload.shape()[3])
                .classes(workload.classes())
                .build()
                .init();
    }

    /** EEGNet-8,2 from DL4J's own layers, as a user would write it today. */
    private static MultiLayerNetwork builtIn(Workload workload) {
        int channels = (int) workload.shape()[2];
        int samples = (int) workload.shape()[3];
        MultiLayerNetwork network =
                new MultiLayerNetwork(
                        new NeuralNetConfiguration.Builder()
                                .seed(12345)
                                .updater(new Adam(1e-3))
                                .activation(Activation.IDENTITY)
                                .list()
                                .layer(
                                        new ConvolutionLayer.Builder(1, 64)
                                                .nOut(8)
                                                .hasBias(false)
                                                .convolutionMode(ConvolutionMode.Same)
                                                .build())
                                .layer(new BatchNormalization.Builder().eps(1e-3).build())
                                .layer(
                                        new DepthwiseConvolution2D.Builder(channels, 1)
                                                .depthMultiplier(2)
                                                .hasBias(false)
                                                .build())
                                .layer(new BatchNormalization.Builder().eps(1e-3).build())
                                .layer(new ActivationLayer(Activation.ELU))
                                .layer(meanPool(4))
                                .layer(new DropoutLayer(0.5))
                                .layer(
                                        new SeparableConvolution2D.Builder(1, 16)
                                                .nOut(16)
                                                .hasBias(false)
                                                .convolutionMode(ConvolutionMode.Same)
                                                .build())
                                .layer(new BatchNormalization.Builder().eps(1e-3).build())
                                .layer(new ActivationLayer(Activation.ELU))
                                .layer(meanPool(8))
                                .layer(new DropoutLayer(0.5))
                                .layer(
                                        new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                                                .nOut(workload.classes())
                                                .activation(Activation.SOFTMAX)
                                                .build())
                                .setInputType(InputType.convolutional(channels, samples, 1))
                                .build());
        network.init();
        return network;
    }

    private static SubsamplingLayer meanPool(int size) {
        return new SubsamplingLayer.Builder(PoolingType.AVG)
                .kernelSize(1, size)
                .stride(1, size)
                .build();
    }
}
