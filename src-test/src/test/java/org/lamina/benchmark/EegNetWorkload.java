package org.lamina.benchmark;

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
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** EEGNet-8,2: a training step with Adam, or inference. */
record EegNetWorkload(Mode mode, String size, long... shape) implements Workload {

    private static final int CLASSES = 4;

    @Override
    public String name() {
        return "EEGNet-8,2";
    }

    @Override
    public Step prepare(Competitor competitor) {
        switch (competitor) {
            case LAMINA:
            case LAMINA_DEFAULT:
                return step(lamina());
            case DL4J:
            case DL4J_DEFAULT:
                return step(builtIn());
            case PYTORCH:
                return new TorchEegNet(shape, CLASSES, mode == Mode.TRAINING);
            default:
                return null; // the network has one form
        }
    }

    private Step step(MultiLayerNetwork network) {
        INDArray x = Nd4j.createFromArray(Values.of("x", shape)).reshape('c', shape);
        INDArray y = Nd4j.zeros(x.dataType(), shape[0], CLASSES);
        for (long i = 0; i < shape[0]; i++) {
            y.putScalar(i, i % CLASSES, 1);
        }
        DataSet data = new DataSet(x, y);
        return mode == Mode.TRAINING ? () -> network.fit(data) : () -> network.output(x);
    }

    private MultiLayerNetwork lamina() {
        return EEGNet.builder()
                .channels((int) shape[2])
                .samples((int) shape[3])
                .classes(CLASSES)
                .build()
                .init();
    }

    /** EEGNet-8,2 from DL4J's own layers, as a user would write it today. */
    private MultiLayerNetwork builtIn() {
        int channels = (int) shape[2];
        int samples = (int) shape[3];
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
                                                .nOut(CLASSES)
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
