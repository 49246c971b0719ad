package org.lamina.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.lamina.harness.Close;
import org.lamina.harness.Lengths;
import org.lamina.kernels.CombinedConvKernel.Weights;
import org.lamina.spec.CombinedConvSpec;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.NormSpec;
import org.lamina.spec.Padding;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The kernel, combined and in sequence, against loops on random geometries. */
class CombinedConvPropertyTest {

    /** A layer with its input's size. */
    record Case(int n, int c, int t, int f, int o, int k, int left, int right, int biases) {

        /** With at least one window. */
        static Case of(int n, int c, int t, int f, int o, int k, boolean padded, int biases) {
            int left = padded ? k / 2 : 0;
            int right = padded ? (k + 2) / 3 : 0;
            return new Case(n, c, t, f, o, Math.min(k, t + left + right), left, right, biases);
        }

        boolean temporalBias() {
            return (biases & 1) != 0;
        }

        boolean spatialBias() {
            return (biases & 2) != 0;
        }

        int windows() {
            return left + t + right - k + 1;
        }

        CombinedConvSpec spec() {
            Padding padding = Padding.perSide(new int[] {0, left}, new int[] {0, right});
            ConvGeometry temporal = ConvGeometry.ofKernel(1, k).withPadding(padding);
            ConvGeometry spatial = ConvGeometry.ofKernel(c, 1);
            return new CombinedConvSpec(
                    new ConvSpec(1, f, temporal, temporalBias(), NormSpec.none()),
                    new ConvSpec(f, o, spatial, spatialBias(), NormSpec.none()));
        }

        /** x, tW, tb, sW, sb, dy; null for a bias that is not there. */
        INDArray[] arrays(DataType type) {
            Nd4j.getRandom().setSeed(n + 31L * t + 997L * k);
            return new INDArray[] {
                random(type, n, 1, c, t),
                random(type, f, 1, 1, k),
                temporalBias() ? random(type, f) : null,
                random(type, o, f, c, 1),
                spatialBias() ? random(type, o) : null,
                random(type, n, o, 1, windows())
            };
        }

        private static INDArray random(DataType type, long... shape) {
            return Nd4j.randn(DataType.DOUBLE, shape).castTo(type);
        }
    }

    /** Any of them; long filters over short signals and signals longer than a block, too. */
    static final class Cases implements ArbitrarySupplier<Case> {
        @Override
        public Arbitrary<Case> get() {
            Arbitrary<Integer> few = Arbitraries.integers().between(1, 4);
            return Combinators.combine(
                            few,
                            Arbitraries.integers().between(1, 6),
                            Lengths.of(1, 20, 60, 150),
                            few,
                            Arbitraries.integers().between(1, 20),
                            Lengths.of(1, 12, 20, 70),
                            Arbitraries.of(true, false),
                            Arbitraries.integers().between(0, 3))
                    .as(Case::of);
        }
    }

    @Property(tries = 500)
    void equalsLoops(@ForAll(supplier = Cases.class) Case c) {
        check(c, DataType.DOUBLE, new Close(1e-10, 1e-10));
    }

    @Property(tries = 500)
    void equalsLoopsInFloat(@ForAll(supplier = Cases.class) Case c) {
        check(c, DataType.FLOAT, new Close(1e-4, 2e-4));
    }

    /** The random geometries have both. */
    @Example
    void combinesWhereThatTakesFewerMultiplications() {
        for (boolean combines : new boolean[] {true, false}) {
            Case c = Case.of(2, 4, 100, combines ? 4 : 1, combines ? 2 : 20, 10, true, 3);
            assertEquals(combines, c.spec().combines(c.n, c.windows()));
            check(c, DataType.DOUBLE, new Close(1e-10, 1e-10));
        }
    }

    /** As chosen, and with a mask of ones, which never combines. */
    private static void check(Case c, DataType type, Close close) {
        INDArray[] a = c.arrays(type);
        INDArray[] expected = new Loops(c, a).outputAndGradients();
        CombinedConvKernel kernel = new CombinedConvKernel(c.spec());
        Weights w = new Weights(a[1], a[2], a[3], a[4]);
        INDArray ones = Nd4j.ones(type, c.n, 1, c.c, c.windows());
        for (INDArray mask : new INDArray[] {null, ones}) {
            INDArray[] actual = new INDArray[expected.length];
            for (int i = 0; i < actual.length; i++) {
                boolean has = i == 0 || a[i - 1] != null;
                actual[i] = has ? Nd4j.createUninitialized(type, expected[i].shape(), 'c') : null;
            }
            kernel.forward(a[0], w, mask, actual[0]);
            Weights gradients = new Weights(actual[2], actual[3], actual[4], actual[5]);
            kernel.backward(a[0], w, mask, a[5], actual[1], gradients);
            for (int i = 0; i < actual.length; i++) {
                if (actual[i] != null) {
                    String what = i == 0 ? "output" : "gradient " + (i - 1);
                    close.check(
                            (mask == null ? "" : "masked ") + what + " of " + c,
                            actual[i],
                            expected[i]);
                }
            }
        }
    }

    /** The two convolutions in loops, one after the other, in double. */
    private static final class Loops {

        private final Case c;
        private final INDArray[] shapes;
        private final double[] x;
        private final double[] tw;
        private final double[] tb;
        private final double[] sw;
        private final double[] sb;
        private final double[] dy;

        Loops(Case c, INDArray[] arrays) {
            this.c = c;
            this.shapes = arrays;
            this.x = values(arrays[0], 0);
            this.tw = values(arrays[1], 0);
            this.tb = values(arrays[2], c.f);
            this.sw = values(arrays[3], 0);
            this.sb = values(arrays[4], c.o);
            this.dy = values(arrays[5], 0);
        }

        private static double[] values(INDArray array, int zeros) {
            return array == null
                    ? new double[zeros]
                    : array.castTo(DataType.DOUBLE).dup('c').data().asDouble();
        }

        /** y, then gradients of x, tW, tb, sW, sb. */
        INDArray[] outputAndGradients() {
            double[] y = new double[dy.length];
            double[] dx = new double[x.length];
            double[] dtw = new double[tw.length];
            double[] dtb = new double[tb.length];
            double[] dsw = new double[sw.length];
            double[] dsb = new double[sb.length];
            for (int i = 0; i < y.length; i++) {
                int time = i % c.windows();
                int out = i / c.windows() % c.o;
                int example = i / c.windows() / c.o;
                y[i] = sb[out];
                dsb[out] += dy[i];
                for (int f = 0; f < c.f; f++) {
                    for (int row = 0; row < c.c; row++) {
                        int s = (out * c.f + f) * c.c + row;
                        double u = tb[f];
                        double du = sw[s] * dy[i];
                        dtb[f] += du;
                        for (int k = 0; k < c.k; k++) {
                            int at = time + k - c.left;
                            if (at >= 0 && at < c.t) {
                                int from = (example * c.c + row) * c.t + at;
                                u += tw[f * c.k + k] * x[from];
                                dtw[f * c.k + k] += du * x[from];
                                dx[from] += du * tw[f * c.k + k];
                            }
                        }
                        y[i] += sw[s] * u;
                        dsw[s] += dy[i] * u;
                    }
                }
            }
            return new INDArray[] {
                array(y, shapes[5].shape()),
                array(dx, shapes[0].shape()),
                array(dtw, shapes[1].shape()),
                array(dtb, c.f),
                array(dsw, shapes[3].shape()),
                array(dsb, c.o)
            };
        }

        private static INDArray array(double[] values, long... shape) {
            return Nd4j.createFromArray(values).reshape('c', shape);
        }
    }
}
