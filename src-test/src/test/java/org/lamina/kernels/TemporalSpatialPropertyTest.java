package org.lamina.kernels;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.lamina.harness.Close;
import org.lamina.harness.Lengths;
import org.lamina.harness.TemporalSpatialLoops;
import org.lamina.kernels.TemporalSpatialKernel.Statistics;
import org.lamina.kernels.TemporalSpatialKernel.Weights;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.NormSpec;
import org.lamina.spec.Padding;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Both orders of the kernel against loops, on random geometries. */
class TemporalSpatialPropertyTest {

    /** A layer with its input's size. */
    record Case(
            int n, int c, int t, int f, int d, int k, Padding padding, boolean bias, double eps) {

        /** With at least two windows. */
        static Case of(int n, int c, int t, int f, int d, int k, String rule, double eps) {
            boolean numbers = rule.equals("numbers");
            int before = numbers ? k / 2 : 0;
            int after = numbers ? (k + 2) / 3 : 0;
            int most = rule.equals("same") ? k : t + before + after - 1;
            Padding padding =
                    numbers
                            ? Padding.perSide(new int[] {0, before}, new int[] {0, after})
                            : Padding.named(rule);
            return new Case(n, c, t, f, d, Math.min(k, most), padding, t % 2 == 0, eps);
        }

        TemporalSpatialConvSpec spec() {
            return new TemporalSpatialConvSpec(
                    new ConvSpec(
                            1,
                            f,
                            ConvGeometry.ofKernel(1, k).withPadding(padding),
                            bias,
                            NormSpec.none()),
                    new BatchNormSpec(f, eps, 0.1),
                    new DepthwiseConvSpec(
                            f, d, ConvGeometry.ofKernel(c, 1), bias, NormSpec.none()));
        }

        private INDArray random(DataType type, int seed, long... shape) {
            Nd4j.getRandom().setSeed(seed);
            return Nd4j.randn(DataType.DOUBLE, shape).castTo(type);
        }

        /** Signals of different offsets. */
        INDArray input(DataType type) {
            return random(type, 1, n, 1, c, t).addi(random(type, 2, n, 1, c, 1));
        }

        INDArray[] params(DataType type) {
            return new INDArray[] {
                random(type, 3, f, 1, 1, k),
                bias ? random(type, 4, f) : null,
                random(type, 5, f),
                random(type, 6, f),
                random(type, 7, (long) f * d, 1, c, 1),
                bias ? random(type, 8, (long) f * d) : null
            };
        }

        INDArray[] given(DataType type) {
            INDArray variance = random(type, 10, f);
            return new INDArray[] {random(type, 9, f), variance.muli(variance).addi(0.1)};
        }
    }

    /** Any of them; long filters over short signals and signals of many tiles, too. */
    static final class Cases implements ArbitrarySupplier<Case> {
        @Override
        public Arbitrary<Case> get() {
            Arbitrary<Integer> few = Arbitraries.integers().between(1, 4);
            return Combinators.combine(
                            few,
                            Arbitraries.integers().between(1, 6),
                            Lengths.of(2, 20, 60, 150),
                            few,
                            few,
                            Lengths.of(1, 20, 30, 80),
                            Arbitraries.of("same", "valid", "numbers"),
                            Arbitraries.of(0.0, 1e-3, 0.1))
                    .as(Case::of);
        }
    }

    @Property
    void equalsLoops(@ForAll(supplier = Cases.class) Case c) {
        for (boolean training : new boolean[] {true, false}) {
            check(c, training, DataType.DOUBLE, new Close(1e-9, 1e-9));
        }
    }

    /** Float; a positive eps keeps what is divided by the deviation of few values in bounds. */
    @Property
    void equalsLoopsInFloat(@ForAll(supplier = Cases.class) Case c) {
        Case apart = new Case(c.n, c.c, c.t, c.f, c.d, c.k, c.padding, c.bias, c.eps + 0.1);
        for (boolean training : new boolean[] {true, false}) {
            check(apart, training, DataType.FLOAT, new Close(1e-3, 2e-5));
        }
    }

    /** The sizes that the other tests of the layer count on, and those that gain nothing. */
    @Example
    void spatialFiltersComeFirstWhereTheyGain() {
        for (boolean training : new boolean[] {true, false}) {
            assertTrue(
                    spatialFirst(
                            new Case(16, 16, 128, 4, 2, 16, Padding.same(), false, 0), training));
            assertTrue(
                    spatialFirst(
                            new Case(64, 4, 256, 8, 2, 64, Padding.same(), false, 0), training));
            assertFalse(
                    spatialFirst(
                            new Case(64, 1, 256, 8, 2, 64, Padding.same(), false, 0), training));
            assertFalse(
                    spatialFirst(
                            new Case(1, 4, 128, 8, 2, 32, Padding.same(), false, 0), training));
        }
    }

    private static boolean spatialFirst(Case c, boolean training) {
        long[] x = {c.n, 1, c.c, c.t};
        TemporalSpatialKernel kernel = new TemporalSpatialKernel(c.spec());
        assertFalse(kernel.spatialFirst(x, training, true));
        return kernel.spatialFirst(x, training, false);
    }

    private static void check(Case c, boolean training, DataType type, Close close) {
        INDArray x = c.input(type);
        INDArray[] params = c.params(type);
        INDArray[] given = training ? null : c.given(type);
        TemporalSpatialLoops loops = new TemporalSpatialLoops(c.spec(), x, params, given);
        INDArray dy = c.random(type, 11, loops.output().shape());
        INDArray[] expected = loops.gradients(dy);
        for (boolean spatialFirst : new boolean[] {true, false}) {
            String what = (spatialFirst ? "spatial" : "temporal") + " first, " + c + ": ";
            Weights w = weights(params, 0);
            Statistics s = given == null ? null : Statistics.given(given[0], given[1]);
            INDArray y = Nd4j.createUninitialized(type, loops.output().shape(), 'c');
            SpatialFirst one = new SpatialFirst(c.spec());
            TemporalFirst other = new TemporalFirst(c.spec());
            Statistics used =
                    spatialFirst ? one.forward(x, w, s, y) : other.forward(x, w, s, null, y);
            close.check(what + "output", y, loops.output());
            if (training) {
                close.check(what + "mean", used.norm().mean(), loops.mean());
                close.check(
                        what + "variance",
                        used.norm().unbiasedVariance(),
                        loops.unbiasedVariance());
            }
            INDArray[] gradients = new INDArray[expected.length];
            for (int i = 0; i < gradients.length; i++) {
                boolean has = i == 0 || params[i - 1] != null;
                gradients[i] =
                        has ? Nd4j.createUninitialized(type, expected[i].shape(), 'c') : null;
            }
            Weights into = weights(gradients, 1);
            if (spatialFirst) {
                one.backward(x, w, used, dy, gradients[0], into);
            } else {
                other.backward(x, w, used, null, dy, gradients[0], into);
            }
            for (int i = 0; i < gradients.length; i++) {
                // In training the normalization takes the temporal bias out: what is left of its
                // gradient is rounding.
                Close of = training && i == 2 ? new Close(0, 100 * close.atol()) : close;
                if (gradients[i] != null) {
                    of.check(what + "gradient " + i, gradients[i], expected[i]);
                }
            }
        }
    }

    private static Weights weights(INDArray[] arrays, int from) {
        return new Weights(
                arrays[from],
                arrays[from + 1],
                arrays[from + 2],
                arrays[from + 3],
                arrays[from + 4],
                arrays[from + 5]);
    }
}
