package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.harness.Option.ACTIVATION;
import static org.lamina.harness.Option.DROP_RATE;
import static org.lamina.harness.Option.SCALE_BY_KEEP;
import static org.lamina.harness.Option.SEED;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.lamina.spec.StochasticDepthSpec;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

class StochasticDepthTest {

    private static final int EXAMPLES = 400;

    private static MultiLayerNetwork network(Form form, double rate, boolean scale, Long seed) {
        return Nets.single(
                LayerBuilder.of(form, "StochasticDepth")
                        .set(DROP_RATE, rate)
                        .set(SCALE_BY_KEEP, scale)
                        .set(SEED, seed)
                        .set(ACTIVATION, Activation.IDENTITY)
                        .build(),
                InputType.convolutional(2, 3, 4),
                DataType.FLOAT);
    }

    private static INDArray ones() {
        return Nd4j.ones(DataType.FLOAT, EXAMPLES, 4, 2, 3);
    }

    /** The factor of each example, which all its values must have. */
    private static float[] factors(INDArray output) {
        float[] factors = new float[EXAMPLES];
        for (int n = 0; n < EXAMPLES; n++) {
            factors[n] = output.getFloat(n, 0, 0, 0);
            assertTrue(output.slice(n).eq(factors[n]).all(), "a part of example " + n);
        }
        return factors;
    }

    /** Those of the first layer of several. */
    private static float[] trainingFactors(MultiLayerNetwork net) {
        return factors(net.feedForwardToLayer(0, ones(), true).get(1));
    }

    private static double droppedShare(float[] factors) {
        int dropped = 0;
        for (float factor : factors) {
            dropped += factor == 0 ? 1 : 0;
        }
        return (double) dropped / factors.length;
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void dropsWholeExamplesInTrainingOnly(Form form) {
        for (boolean scale : new boolean[] {true, false}) {
            MultiLayerNetwork net = network(form, 0.3, scale, 5L);
            float[] factors = factors(net.output(ones(), true));
            assertEquals(0.3, droppedShare(factors), 0.06);
            float kept = scale ? 1 / 0.7f : 1;
            for (float factor : factors) {
                assertTrue(factor == 0 || Math.abs(factor - kept) < 1e-6, "factor " + factor);
            }
            assertEquals(ones(), net.output(ones(), false));
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void theGradientIsThatOfTheSameExamples(Form form) {
        for (Long seed : new Long[] {null, 8L}) {
            Nets.Pass pass = Nets.pass(network(form, 0.5, true, seed), ones(), ones());
            assertTrue(
                    Arrays.equals(factors(pass.output()), factors(pass.inputGradient())),
                    "seed " + seed);
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void withoutASeedOfItsOwnFollowsTheGenerator(Form form) {
        MultiLayerNetwork net = network(form, 0.5, true, null);
        Nd4j.getRandom().setSeed(11);
        float[] first = factors(net.output(ones(), true));
        float[] second = factors(net.output(ones(), true));
        Nd4j.getRandom().setSeed(11);
        assertTrue(Arrays.equals(first, factors(net.output(ones(), true))));
        assertTrue(!Arrays.equals(first, second), "the same examples in every pass");
    }

    /** What is dropped changes with every update, and is the same again in a restored network. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void aSeedGoesWithTheNumberOfUpdates(Form form) throws IOException {
        MultiLayerNetwork net =
                Nets.classifier(
                        LayerBuilder.of(form, "StochasticDepth")
                                .set(DROP_RATE, 0.5)
                                .set(SEED, 3L)
                                .set(ACTIVATION, Activation.IDENTITY)
                                .build(),
                        InputType.convolutional(2, 3, 4),
                        DataType.FLOAT,
                        new Sgd(0.1));
        INDArray labels = Nets.labels(net.output(ones()));
        float[] before = trainingFactors(net);
        net.fit(ones(), labels);
        net.fit(ones(), labels);
        float[] after = trainingFactors(net);
        assertTrue(!Arrays.equals(before, after), "the same examples after an update");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, bytes, true);
        MultiLayerNetwork restored =
                ModelSerializer.restoreMultiLayerNetwork(
                        new ByteArrayInputStream(bytes.toByteArray()), true);
        assertTrue(Arrays.equals(after, trainingFactors(restored)), "restored");
        assertTrue(
                !Arrays.equals(after, factors(network(form, 0.5, true, 4L).output(ones(), true))),
                "another seed");
    }

    /** A generator that only counts on would give the last pass's numbers, shifted by some. */
    @Test
    void passesOfASeedAreNotShiftsOfEachOther() {
        StochasticDepthSpec spec = new StochasticDepthSpec(1, 0.5, true, 9L);
        double[] first = spec.exampleFactors(500, 0, null);
        for (int iteration = 1; iteration < 20; iteration++) {
            double[] other = spec.exampleFactors(500, iteration, null);
            for (int shift = -20; shift <= 20; shift++) {
                int equal = 0;
                for (int n = 20; n < 480; n++) {
                    equal += first[n] == other[n + shift] ? 1 : 0;
                }
                assertEquals(0.5, equal / 460.0, 0.12, "shift " + shift);
            }
        }
    }
}
