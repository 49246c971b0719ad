package org.lamina.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.harness.Close;
import org.lamina.samediff.ops.WeightStandardizationOps;
import org.lamina.spec.WeightStandardization;
import org.lamina.spec.WeightStandardization.Epsilon;
import org.lamina.spec.WeightStandardization.FanIn;
import org.lamina.spec.WeightStandardization.Variance;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** GraphKernel and graph function against plain loops and finite differences. */
class WeightStandardizationTest {

    /** The middle unit is nearly constant: its variance is below every lower bound used here. */
    private static final int FLAT_UNIT = 1;

    private static Stream<WeightStandardization> formulas() {
        return Stream.of(Variance.values())
                .flatMap(
                        v ->
                                Stream.of(FanIn.values())
                                        .flatMap(
                                                f ->
                                                        Stream.of(Epsilon.values())
                                                                .map(
                                                                        e ->
                                                                                new WeightStandardization(
                                                                                        v, f, e,
                                                                                        1e-3))));
    }

    private static double[][] standardized(double[][] w, double[] gain, WeightStandardization s) {
        int units = w.length;
        int elements = w[0].length;
        double[][] result = new double[units][elements];
        for (int u = 0; u < units; u++) {
            double mean = 0;
            for (double value : w[u]) {
                mean += value / elements;
            }
            double squares = 0;
            for (double value : w[u]) {
                squares += (value - mean) * (value - mean);
            }
            double var = squares / (s.variance() == Variance.BIASED ? elements : elements - 1);
            double fanIn =
                    switch (s.fanIn()) {
                        case ALL -> units * elements;
                        case UNIT -> elements;
                        case NONE -> 1;
                    };
            double d =
                    s.epsilon() == Epsilon.ADDED
                            ? (var + s.eps()) * fanIn
                            : Math.max(var * fanIn, s.eps());
            for (int e = 0; e < elements; e++) {
                result[u][e] = gain[u] * (w[u][e] - mean) / Math.sqrt(d);
            }
        }
        return result;
    }

    private static double loss(double[][] w, double[] gain, WeightStandardization s, double[][] g) {
        double[][] y = standardized(w, gain, s);
        double sum = 0;
        for (int u = 0; u < w.length; u++) {
            for (int e = 0; e < w[u].length; e++) {
                sum += y[u][e] * g[u][e];
            }
        }
        return sum;
    }

    private static double[][] weights(long seed, int units, int elements) {
        Random random = new Random(seed);
        double[][] w = new double[units][elements];
        for (int u = 0; u < units; u++) {
            for (int e = 0; e < elements; e++) {
                double spread = u == FLAT_UNIT ? 1e-3 : 1;
                w[u][e] = 0.3 + spread * random.nextGaussian();
            }
        }
        return w;
    }

    /** Expected: result, gradient of the weights, gradient of the gain. */
    private static INDArray[] expected(
            double[][] w, double[] gain, WeightStandardization s, double[][] g) {
        double step = 1e-7;
        double[][] dw = new double[w.length][w[0].length];
        double[] dGain = new double[w.length];
        for (int u = 0; u < w.length; u++) {
            for (int e = 0; e < w[u].length; e++) {
                double kept = w[u][e];
                w[u][e] = kept + step;
                double above = loss(w, gain, s, g);
                w[u][e] = kept - step;
                dw[u][e] = (above - loss(w, gain, s, g)) / (2 * step);
                w[u][e] = kept;
            }
            double kept = gain[u];
            gain[u] = kept + step;
            double above = loss(w, gain, s, g);
            gain[u] = kept - step;
            dGain[u] = (above - loss(w, gain, s, g)) / (2 * step);
            gain[u] = kept;
        }
        return new INDArray[] {
            Nd4j.createFromArray(standardized(w, gain, s)),
            Nd4j.createFromArray(dw),
            Nd4j.createFromArray(dGain)
        };
    }

    @ParameterizedTest
    @MethodSource("formulas")
    void kernelAndGraphEqualLoops(WeightStandardization formula) {
        for (boolean withGain : new boolean[] {true, false}) {
            for (int elements : new int[] {2, 3, 18}) {
                check(formula, withGain, 3, elements);
            }
        }
    }

    private static void check(
            WeightStandardization formula, boolean withGain, int units, int elements) {
        double[][] w = weights(7 + elements, units, elements);
        double[][] g = weights(8 + elements, units, elements);
        double[] gain = withGain ? new double[] {0.5, -2, 1.5} : new double[] {1, 1, 1};
        INDArray[] expected = expected(w, gain, formula, g);
        Close exact = new Close(1e-10, 1e-12);
        Close differences = new Close(1e-5, 1e-7);
        Close single = new Close(1e-4, 1e-4);
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            String what = ", " + type + ", " + elements + " elements, gain " + withGain;
            INDArray weight = Nd4j.createFromArray(w).castTo(type);
            INDArray gains = withGain ? Nd4j.createFromArray(gain).castTo(type) : null;
            INDArray dy = Nd4j.createFromArray(g).castTo(type);
            boolean isDouble = type == DataType.DOUBLE;

            WeightStandardizationKernel kernel = new WeightStandardizationKernel(formula);
            INDArray y = Nd4j.create(type, units, elements);
            kernel.forward(weight, gains, y);
            INDArray dw = Nd4j.create(type, units, elements);
            INDArray dGain = withGain ? Nd4j.create(type, units) : null;
            kernel.backward(weight, gains, dy, dw, dGain);
            (isDouble ? exact : single).check("kernel" + what, y, expected[0]);
            (isDouble ? differences : single).check("kernel dw" + what, dw, expected[1]);
            if (withGain) {
                (isDouble ? differences : single).check("kernel dGain" + what, dGain, expected[2]);
            }

            SameDiff sd = SameDiff.create();
            // As the weight of a convolution with kernel 1.
            SDVariable variable = sd.var("w", weight.reshape(units, elements, 1));
            SDVariable gainVariable = withGain ? sd.var("gain", gains) : null;
            SDVariable output =
                    WeightStandardizationOps.standardize(
                            variable, gainVariable, formula, units, elements, 1);
            output.mul(sd.constant(dy.reshape(units, elements, 1))).sum().markAsLoss();
            (isDouble ? exact : single)
                    .check("graph" + what, output.eval().reshape(units, elements), expected[0]);
            Map<String, INDArray> gradients =
                    withGain
                            ? sd.calculateGradients(Map.of(), "w", "gain")
                            : sd.calculateGradients(Map.of(), "w");
            (isDouble ? differences : single)
                    .check(
                            "graph dw" + what,
                            gradients.get("w").reshape(units, elements),
                            expected[1]);
            if (withGain) {
                (isDouble ? differences : single)
                        .check("graph dGain" + what, gradients.get("gain"), expected[2]);
            }
        }
    }

    @Test
    void worksInPlaceAndOnPermutedMatrices() {
        WeightStandardization formula = WeightStandardization.elektronn3();
        WeightStandardizationKernel kernel = new WeightStandardizationKernel(formula);
        INDArray w = Nd4j.createFromArray(weights(1, 4, 6));
        INDArray expected = w.ulike();
        kernel.forward(w, null, expected);
        INDArray permuted = w.transpose().dup('c').transpose();
        INDArray result = Nd4j.create(DataType.DOUBLE, 4, 6);
        kernel.forward(permuted, null, result);
        Close.of(DataType.DOUBLE).check("permuted", result, expected);
        INDArray dy = Nd4j.createFromArray(weights(2, 4, 6));
        INDArray dw = w.ulike();
        kernel.backward(w, null, dy, dw, null);
        kernel.backward(permuted, null, dy, dy, null);
        Close.of(DataType.DOUBLE).check("gradient in place", dy, dw);
        kernel.forward(w, null, w);
        Close.of(DataType.DOUBLE).check("in place", w, expected);
    }

    @Test
    void refusesWrongFormulas() {
        WeightStandardization formula = WeightStandardization.elektronn3();
        for (double eps : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            refused("eps = " + eps, () -> formula.withEps(eps));
        }
        refused("variance = null", () -> formula.withVariance(null));
        refused("fanIn = null", () -> formula.withFanIn(null));
        refused("epsilon = null", () -> formula.withEpsilon(null));
        refused("1 weight for each channel", () -> formula.checkUnit(1, "channel"));
    }

    private static void refused(String message, Runnable action) {
        String actual = assertThrows(IllegalArgumentException.class, action::run).getMessage();
        assertTrue(actual.contains(message), actual);
    }

    @Test
    void presetsAreThePublishedFormulas() {
        assertEquals(
                new WeightStandardization(Variance.UNBIASED, FanIn.ALL, Epsilon.LOWER_BOUND, 1e-4),
                WeightStandardization.elektronn3());
        assertEquals(
                WeightStandardization.elektronn3()
                        .withVariance(Variance.BIASED)
                        .withFanIn(FanIn.UNIT),
                WeightStandardization.nfnet());
        assertEquals(
                WeightStandardization.nfnet().withEpsilon(Epsilon.ADDED).withEps(1e-6),
                WeightStandardization.timm());
        assertEquals(
                WeightStandardization.timm().withFanIn(FanIn.NONE),
                WeightStandardization.stdConv());
    }
}
