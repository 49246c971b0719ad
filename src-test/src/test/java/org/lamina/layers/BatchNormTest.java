package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

class BatchNormTest {

    private static final int CHANNELS = 3;
    private static final double EPS = 1e-3;
    private static final double MOMENTUM = 0.3;

    private static InputType inputType(int spatialRank) {
        return switch (spatialRank) {
            case 0 -> InputType.feedForward(CHANNELS);
            case 1 -> InputType.recurrent(CHANNELS, 5);
            case 2 -> InputType.convolutional(4, 5, CHANNELS);
            default -> InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 2, 3, 4, CHANNELS);
        };
    }

    private static long[] shape(int spatialRank) {
        return switch (spatialRank) {
            case 0 -> new long[] {6, CHANNELS};
            case 1 -> new long[] {6, CHANNELS, 5};
            case 2 -> new long[] {6, CHANNELS, 4, 5};
            default -> new long[] {6, CHANNELS, 2, 3, 4};
        };
    }

    private static MultiLayerNetwork network(int spatialRank, DataType type) {
        NeuralNetConfiguration.ListBuilder list =
                new NeuralNetConfiguration.Builder()
                        .dataType(type)
                        .updater(new Sgd(0.5))
                        .list()
                        .layer(
                                new BatchNorm.Builder()
                                        .eps(EPS)
                                        .momentum(MOMENTUM)
                                        .activation(Activation.TANH)
                                        .build());
        if (spatialRank > 0) {
            list.layer(new GlobalPoolingLayer(PoolingType.SUM));
        }
        MultiLayerNetwork network =
                new MultiLayerNetwork(
                        list.layer(
                                        new LossLayer.Builder(LossFunctions.LossFunction.MSE)
                                                .activation(Activation.IDENTITY)
                                                .build())
                                .setInputType(inputType(spatialRank))
                                .build());
        network.init();
        INDArray gamma = network.getLayer(0).getParam("gamma");
        INDArray beta = network.getLayer(0).getParam("beta");
        for (int c = 0; c < CHANNELS; c++) {
            gamma.putScalar(c, 0.5 + c);
            beta.putScalar(c, c - 1);
        }
        return network;
    }

    /** Training and evaluation, against loops; a large mean must not cost precision. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void equalsLoops(int spatialRank) {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            double tolerance = type == DataType.DOUBLE ? 1e-10 : 2e-3;
            MultiLayerNetwork network = network(spatialRank, type);
            Nd4j.getRandom().setSeed(spatialRank);
            INDArray x = Nd4j.randn(DataType.DOUBLE, shape(spatialRank)).muli(0.1).addi(40);
            x = x.castTo(DataType.FLOAT).castTo(type);
            double[] values = x.castTo(DataType.DOUBLE).dup('c').data().asDouble();
            int size = values.length / 6 / CHANNELS;
            double[] mean = new double[CHANNELS];
            double[] variance = new double[CHANNELS];
            int n = 6 * size;
            for (int i = 0; i < values.length; i++) {
                mean[i / size % CHANNELS] += values[i] / n;
            }
            for (int i = 0; i < values.length; i++) {
                int c = i / size % CHANNELS;
                variance[c] += Math.pow(values[i] - mean[c], 2) / n;
            }
            INDArray y = network.feedForward(x, true).get(1);
            assertNormalized(values, size, mean, variance, y, tolerance);

            network.fit(new DataSet(x, Nd4j.zeros(type, 6, CHANNELS)));
            INDArray runningMean = network.getLayer(0).getParam("mean");
            INDArray runningVariance = network.getLayer(0).getParam("var");
            double[] m = new double[CHANNELS];
            double[] v = new double[CHANNELS];
            for (int c = 0; c < CHANNELS; c++) {
                m[c] = MOMENTUM * mean[c];
                v[c] = 1 - MOMENTUM + MOMENTUM * variance[c] * n / (n - 1);
                assertEquals(m[c], runningMean.getDouble(c), tolerance * 10);
                assertEquals(v[c], runningVariance.getDouble(c), tolerance);
            }
            network.getLayer(0).getParam("gamma").assign(Nd4j.createFromArray(0.5, 1.5, 2.5));
            network.getLayer(0).getParam("beta").assign(Nd4j.createFromArray(-1.0, 0.0, 1.0));
            assertNormalized(
                    values, size, m, v, network.feedForward(x, false).get(1), 20 * tolerance);
        }
    }

    private static void assertNormalized(
            double[] x, int size, double[] mean, double[] variance, INDArray y, double tolerance) {
        double[] actual = y.dup('c').castTo(DataType.DOUBLE).data().asDouble();
        for (int i = 0; i < x.length; i++) {
            int c = i / size % CHANNELS;
            double hat = (x[i] - mean[c]) / Math.sqrt(variance[c] + EPS);
            assertEquals(Math.tanh((0.5 + c) * hat + c - 1), actual[i], tolerance);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void gradientsAreFiniteDifferences(int spatialRank) {
        MultiLayerNetwork network = network(spatialRank, DataType.DOUBLE);
        Nd4j.getRandom().setSeed(spatialRank);
        INDArray x = Nd4j.randn(DataType.DOUBLE, shape(spatialRank));
        INDArray labels = Nd4j.randn(DataType.DOUBLE, 6, CHANNELS);
        network.setInput(x);
        network.setLabels(labels);
        network.computeGradientAndScore();
        // gamma and beta come first; the rest are running statistics
        INDArray gradient = network.getFlattenedGradients().dup();
        INDArray params = network.params();
        double h = 1e-6;
        for (int i = 0; i < 2 * CHANNELS; i++) {
            double value = params.getDouble(i);
            params.putScalar(i, value + h);
            double plus = trainingScore(network, x, labels);
            params.putScalar(i, value - h);
            double minus = trainingScore(network, x, labels);
            params.putScalar(i, value);
            assertEquals((plus - minus) / (2 * h) * 6, gradient.getDouble(i), 1e-5);
        }
        INDArray dx = network.calculateGradients(x, labels, null, null).getSecond();
        for (int i = 0; i < Math.min(40, x.length()); i++) {
            double value = x.getDouble(i);
            x.putScalar(i, value + h);
            double plus = trainingScore(network, x, labels);
            x.putScalar(i, value - h);
            double minus = trainingScore(network, x, labels);
            x.putScalar(i, value);
            assertEquals((plus - minus) / (2 * h) * 6, dx.getDouble(i), 1e-5);
        }
    }

    private static double trainingScore(MultiLayerNetwork network, INDArray x, INDArray labels) {
        return network.score(new DataSet(x, labels), true);
    }

    @ParameterizedTest
    @EnumSource(
            value = CNN2DFormat.class,
            names = {"NCHW", "NHWC"})
    void takesBothDataFormats(CNN2DFormat format) {
        MultiLayerConfiguration conf =
                new NeuralNetConfiguration.Builder()
                        .list()
                        .layer(new BatchNorm.Builder().build())
                        .layer(
                                new CnnLossLayer.Builder()
                                        .format(format)
                                        .activation(Activation.IDENTITY)
                                        .build())
                        .setInputType(InputType.convolutional(4, 5, CHANNELS, format))
                        .build();
        MultiLayerNetwork network = new MultiLayerNetwork(conf);
        network.init();
        INDArray x = Nd4j.randn(DataType.FLOAT, shape(2)).muli(3).addi(1);
        INDArray y =
                format == CNN2DFormat.NCHW
                        ? network.feedForward(x, true).get(1)
                        : network.feedForward(x.permute(0, 2, 3, 1).dup(), true)
                                .get(1)
                                .permute(0, 3, 1, 2);
        for (int c = 0; c < CHANNELS; c++) {
            INDArray channel =
                    y.get(
                            org.nd4j.linalg.indexing.NDArrayIndex.all(),
                            org.nd4j.linalg.indexing.NDArrayIndex.point(c));
            assertEquals(0, channel.meanNumber().doubleValue(), 1e-5);
            assertEquals(1, channel.dup().var(false).getDouble(0), 1e-3);
        }
    }

    /** Statistics are no gradients: normalization of the gradient leaves them alone. */
    @Test
    void gradientNormalizationLeavesTheStatisticsAlone() {
        INDArray x = Nd4j.randn(DataType.DOUBLE, 6, CHANNELS).muli(2).addi(5);
        for (GradientNormalization normalization : GradientNormalization.values()) {
            MultiLayerNetwork network =
                    new MultiLayerNetwork(
                            new NeuralNetConfiguration.Builder()
                                    .dataType(DataType.DOUBLE)
                                    .gradientNormalization(normalization)
                                    .gradientNormalizationThreshold(0.01)
                                    .list()
                                    .layer(new BatchNorm.Builder().momentum(MOMENTUM).build())
                                    .layer(
                                            new LossLayer.Builder(LossFunctions.LossFunction.MSE)
                                                    .activation(Activation.IDENTITY)
                                                    .build())
                                    .setInputType(InputType.feedForward(CHANNELS))
                                    .build());
            network.init();
            network.fit(new DataSet(x, x));
            for (int c = 0; c < CHANNELS; c++) {
                double mean = 0;
                for (int i = 0; i < 6; i++) {
                    mean += x.getDouble(i, c) / 6;
                }
                assertEquals(
                        MOMENTUM * mean,
                        network.getLayer(0).getParam("mean").getDouble(c),
                        1e-9,
                        normalization.toString());
            }
        }
    }

    @Test
    void oneValuePerChannelCannotBeNormalizedInTraining() {
        MultiLayerNetwork network = network(0, DataType.FLOAT);
        INDArray one = Nd4j.randn(DataType.FLOAT, 1, CHANNELS);
        network.output(one);
        String message =
                assertThrows(
                                DL4JInvalidInputException.class,
                                () -> network.fit(new DataSet(one, one)))
                        .getMessage();
        assertTrue(message.contains("BatchNorm") && message.contains("[1, 3]"), message);
    }
}
