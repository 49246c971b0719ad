package org.lamina.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

class ClassWeightedLossTest {
    /** The losses that networks for classes have. */
    private enum Output {
        SOFTMAX(new LossMCXENT(), Activation.SOFTMAX, 3),
        SIGMOID(new LossBinaryXENT(), Activation.SIGMOID, 1),
        LOGITS(new CrossEntropyWithLogits(), Activation.IDENTITY, 3),
        LOGIT(new CrossEntropyWithLogits(), Activation.IDENTITY, 1);

        final ILossFunction loss;
        final Activation activation;
        final int outputs;

        Output(ILossFunction loss, Activation activation, int outputs) {
            this.loss = loss;
            this.activation = activation;
            this.outputs = outputs;
        }

        int classes() {
            return Math.max(2, outputs);
        }

        INDArray labels(int[] classes) {
            INDArray labels = Nd4j.zeros(DataType.DOUBLE, classes.length, outputs);
            for (int i = 0; i < classes.length; i++) {
                if (outputs > 1) {
                    labels.putScalar(i, classes[i], 1);
                } else {
                    labels.putScalar(i, 0, classes[i]);
                }
            }
            return labels;
        }
    }

    @Property(tries = 200)
    void balancedClassesCountTheSame(
            @ForAll @Size(min = 1, max = 9) List<@IntRange(min = 1, max = 9999) Integer> examples) {
        int[] counts = examples.stream().mapToInt(count -> count).toArray();
        double[] weights = ClassWeightedLoss.balanced(counts);
        double all = IntStream.of(counts).sum();
        for (int k = 0; k < counts.length; k++) {
            assertEquals(all / counts.length, weights[k] * counts[k], 1e-9 * all);
        }
    }

    /**
     * Class k counts k + 1 times: loss and gradient, of all layers, are as if it occurred so often.
     */
    @ParameterizedTest
    @EnumSource
    void countsAsCopiesDo(Output output) {
        Random random = new Random(3);
        int[] classes = random.ints(20, 0, output.classes()).toArray();
        INDArray features = Nd4j.rand(DataType.DOUBLE, classes.length, 5);
        int[] copies =
                IntStream.range(0, classes.length)
                        .flatMap(i -> IntStream.generate(() -> i).limit(classes[i] + 1L))
                        .toArray();
        int[] copied = IntStream.of(copies).map(i -> classes[i]).toArray();
        double[] weights = IntStream.range(1, output.classes() + 1).asDoubleStream().toArray();

        MultiLayerNetwork plain = network(output, output.loss);
        MultiLayerNetwork weighted = network(output, new ClassWeightedLoss(output.loss, weights));
        weighted.setParams(plain.params());
        DataSet all = new DataSet(features.getRows(copies), output.labels(copied));
        double perCopy = plain.score(all) * copies.length;
        double perWeight =
                weighted.score(new DataSet(features, output.labels(classes))) * classes.length;
        assertEquals(perCopy, perWeight, 1e-9 * perCopy);
        // Summed over the examples.
        INDArray expected = gradient(plain, all);
        INDArray actual = gradient(weighted, new DataSet(features, output.labels(classes)));
        assertTrue(expected.equalsWithEps(actual, 1e-9), expected + " " + actual);
    }

    private static INDArray gradient(MultiLayerNetwork network, DataSet data) {
        network.setInput(data.getFeatures());
        network.setLabels(data.getLabels());
        network.computeGradientAndScore();
        return network.gradient().gradient().dup();
    }

    private static MultiLayerNetwork network(Output output, ILossFunction loss) {
        MultiLayerConfiguration conf =
                new NeuralNetConfiguration.Builder()
                        .seed(1)
                        .dataType(DataType.DOUBLE)
                        .list(
                                new DenseLayer.Builder()
                                        .nIn(5)
                                        .nOut(4)
                                        .activation(Activation.TANH)
                                        .build(),
                                new OutputLayer.Builder(loss)
                                        .nIn(4)
                                        .nOut(output.outputs)
                                        .activation(output.activation)
                                        .build())
                        .build();
        // Through JSON, as in a file.
        MultiLayerNetwork network =
                new MultiLayerNetwork(MultiLayerConfiguration.fromJson(conf.toJson()));
        network.init();
        return network;
    }

    /** Smoothed and mixed labels: the formula, and the gradient by differences. */
    @ParameterizedTest
    @EnumSource
    void softLabels(Output output) {
        IActivation activation = output.activation.getActivationFunction();
        double[] weights = IntStream.range(1, output.classes() + 1).asDoubleStream().toArray();
        ClassWeightedLoss loss = new ClassWeightedLoss(output.loss, weights);
        INDArray labels = Nd4j.rand(DataType.DOUBLE, 4, output.outputs).addi(0.1);
        if (output.outputs > 1) {
            labels.diviColumnVector(labels.sum(true, 1));
        } else {
            labels.divi(1.2);
        }
        INDArray logits = Nd4j.randn(DataType.DOUBLE, 4, output.outputs);
        double[] expected = new double[4];
        for (int i = 0; i < 4; i++) {
            double sum = output.outputs == 1 ? 1 : 0;
            for (int k = 0; k < output.outputs; k++) {
                sum += Math.exp(logits.getDouble(i, k));
            }
            for (int k = 0; k < output.outputs; k++) {
                double p = Math.exp(logits.getDouble(i, k)) / sum;
                double y = labels.getDouble(i, k);
                expected[i] -=
                        output.outputs > 1
                                ? weights[k] * y * Math.log(p)
                                : 2 * y * Math.log(p) + (1 - y) * Math.log(1 - p);
            }
        }
        INDArray scores = loss.computeScoreArray(labels, logits, activation, null);
        assertArrayEquals(expected, scores.toDoubleVector(), 1e-9);

        INDArray gradient = loss.computeGradient(labels, logits.dup(), activation, null);
        for (int i = 0; i < 4; i++) {
            for (int k = 0; k < output.outputs; k++) {
                double h = 1e-5;
                INDArray more = logits.dup().putScalar(i, k, logits.getDouble(i, k) + h);
                INDArray less = logits.dup().putScalar(i, k, logits.getDouble(i, k) - h);
                double slope =
                        (loss.computeScore(labels, more, activation, null, false)
                                        - loss.computeScore(labels, less, activation, null, false))
                                / (2 * h);
                assertEquals(slope, gradient.getDouble(i, k), 1e-7);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SOFTMAX"})
    void wrongWeights(Output output) {
        for (double weight : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new ClassWeightedLoss(output.loss, 1, weight));
        }
        assertThrows(IllegalArgumentException.class, () -> ClassWeightedLoss.balanced(3, 0));
        MultiLayerNetwork network = network(output, new ClassWeightedLoss(output.loss, 1, 2));
        DataSet data = new DataSet(Nd4j.rand(2, 5), output.labels(new int[] {0, 1}));
        String message =
                assertThrows(IllegalStateException.class, () -> network.score(data)).getMessage();
        assertTrue(message.contains("2 weights, but labels have 3 columns"), message);
    }
}
