package org.lamina.constraints;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small networks with constraints, and data that they train on. */
final class ConstrainedNetworks {

    /** Largest norm that the constraints allow. */
    static final double BOUND = 0.4;

    private ConstrainedNetworks() {}

    static NeuralNetConfiguration.Builder global(DataType type) {
        return new NeuralNetConfiguration.Builder()
                .dataType(type)
                .seed(7)
                .convolutionMode(ConvolutionMode.Same)
                .updater(new Adam(0.05));
    }

    static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
    }

    static DataSet flatData(DataType type, int inputs) {
        Nd4j.getRandom().setSeed(3);
        INDArray labels = Nd4j.zeros(type, 8, 3);
        for (int i = 0; i < 8; i++) {
            labels.putScalar(i, i % 3, 1);
        }
        return new DataSet(Nd4j.randn(type, 8, inputs), labels);
    }

    /** Asserts that no norm over the axes exceeds the bound. */
    static void assertWithin(double bound, INDArray w, int... axes) {
        double largest = w.castTo(DataType.DOUBLE).norm2(axes).maxNumber().doubleValue();
        assertTrue(largest <= bound * (1 + 1e-6), "norm " + largest + " > " + bound);
    }

    static MultiLayerNetwork sgdNet(DataType type, NormConstraint constraint) {
        DenseLayer.Builder dense =
                new DenseLayer.Builder().nIn(6).nOut(5).activation(Activation.TANH);
        if (constraint != null) {
            dense.constrainWeights(constraint);
        }
        MultiLayerNetwork net =
                new MultiLayerNetwork(
                        global(type)
                                .updater(new Sgd(0.5))
                                .list()
                                .layer(dense.build())
                                .layer(output())
                                .setInputType(InputType.feedForward(6))
                                .build());
        net.init();
        return net;
    }
}
