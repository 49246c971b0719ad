package org.lamina.samediff.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Convolution and padding functions against plain loops, over random geometries. */
class ConvOpsTest {

    private static final int CASES = 60;

    /** One random convolution: L = sum(y * gradY). */
    private static final class Case {
        final ConvGeometry geometry;
        final boolean bias;
        final long[] spatial;
        final INDArray x;
        final INDArray w;
        final INDArray b;
        final INDArray gradY;

        Case(int rank, long seed) {
            Random r = new Random(seed);
            int groups = new int[] {1, 1, 2, 3}[r.nextInt(4)];
            int inPerGroup = 1 + r.nextInt(3);
            int outPerGroup = 1 + r.nextInt(3);
            int[] kernel = new int[rank];
            int[] stride = new int[rank];
            int[] dilation = new int[rank];
            spatial = new long[rank];
            int limit = rank == 3 ? 3 : 5;
            for (int d = 0; d < rank; d++) {
                kernel[d] = 1 + r.nextInt(limit - 1);
                stride[d] = 1 + r.nextInt(2);
                dilation[d] = 1 + r.nextInt(2);
                spatial[d] = dilation[d] * (kernel[d] - 1) + 1 + r.nextInt(limit);
            }
            if (rank == 2 && r.nextInt(3) == 0) {
                kernel[1] = 1;
            }
            ConvGeometry g =
                    ConvGeometry.ofKernel(kernel).withDilation(dilation).withGroups(groups);
            PaddingMode mode = PaddingMode.values()[r.nextInt(4)];
            switch (r.nextInt(rank == 1 ? 5 : 4)) {
                case 0:
                    g = g.withPadding(Padding.same());
                    break;
                case 1:
                    g = g.withStride(stride).withPadding(Padding.valid());
                    break;
                case 2:
                    g = g.withStride(stride).withPadding(Padding.of(r.nextInt(3)));
                    break;
                case 3:
                    int[] before = new int[rank];
                    int[] after = new int[rank];
                    for (int d = 0; d < rank; d++) {
                        before[d] = r.nextInt(4);
                        after[d] = r.nextInt(4);
                    }
                    g = g.withStride(stride).withPadding(Padding.perSide(before, after));
                    break;
                default:
                    g = g.withStride(stride).withPadding(Padding.causal());
                    break;
            }
            for (int d = 0; d < rank; d++) {
                // Large enough for what reflection and continuation can add.
                spatial[d] = Math.max(spatial[d], 1 + Math.max(g.padBefore()[d], g.padAfter()[d]));
            }
            geometry = g.withPaddingMode(mode);
            bias = r.nextBoolean();
            Nd4j.getRandom().setSeed(seed);
            int in = groups * inPerGroup;
            int out = groups * outPerGroup;
            x = random(concat(2, in, spatial));
            w = random(concat(out, inPerGroup, longs(kernel)));
            b = random(out);
            gradY = random(concat(2, out, geometry.outputSize(spatial)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void equalsLoopsForwardAndBackwardInDoubleAndFloat(int rank) {
        for (int seed = 0; seed < CASES; seed++) {
            Case c = new Case(rank, 1000 * rank + seed);
            INDArray[] expected = loops(c);
            for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
                String what = type + ", seed " + seed + ", " + c.geometry;
                INDArray[] actual = graph(c, type);
                double tolerance = type == DataType.DOUBLE ? 1e-10 : 1e-4;
                String[] names = {"output", "input gradient", "weight gradient", "bias gradient"};
                for (int i = 0; i < (c.bias ? 4 : 3); i++) {
                    close(expected[i], actual[i], tolerance, names[i] + ", " + what);
                }
            }
        }
    }

    /** The loops' own gradients, checked by differences, so that they may judge the graph's. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void loopGradientsEqualFiniteDifferences(int rank) {
        Case c = new Case(rank, rank + 7);
        INDArray[] expected = loops(c);
        differences(c, c.x, expected[1]);
        differences(c, c.w, expected[2]);
    }

    private static void differences(Case c, INDArray array, INDArray gradient) {
        double h = 1e-4;
        for (long i = 0; i < array.length(); i += 3) {
            double value = array.getDouble(i);
            array.putScalar(i, value + h);
            double up = loops(c)[0].mul(c.gradY).sumNumber().doubleValue();
            array.putScalar(i, value - h);
            double down = loops(c)[0].mul(c.gradY).sumNumber().doubleValue();
            array.putScalar(i, value);
            assertEquals((up - down) / (2 * h), gradient.getDouble(i), 1e-6, "element " + i);
        }
    }

    @Test
    void gradientsOfPaddingEqualFiniteDifferences() {
        INDArray x = random(2, 3, 4, 5);
        int[] before = {2, 0};
        int[] after = {1, 3};
        for (PaddingMode mode : PaddingMode.values()) {
            INDArray gradY = random(2, 3, 7, 8);
            SameDiff sd = SameDiff.create();
            SDVariable in = sd.var("x", x);
            SDVariable weight = sd.constant(gradY);
            SDVariable y = PaddingOps.pad(in, before, after, mode);
            y.mul(weight).sum().markAsLoss();
            INDArray out = y.eval();
            assertArrayEquals(new long[] {2, 3, 7, 8}, out.shape());
            INDArray expected = Nd4j.zeros(DataType.DOUBLE, x.shape());
            for (int n = 0; n < 2; n++) {
                for (int k = 0; k < 3; k++) {
                    for (int i = 0; i < 7; i++) {
                        for (int j = 0; j < 8; j++) {
                            long si = mode.sourceOf(i - 2, 4);
                            long sj = mode.sourceOf(j, 5);
                            double v = si < 0 || sj < 0 ? 0 : x.getDouble(n, k, si, sj);
                            assertEquals(v, out.getDouble(n, k, i, j), mode + " " + i + " " + j);
                            if (si >= 0 && sj >= 0) {
                                expected.putScalar(
                                        new long[] {n, k, si, sj},
                                        expected.getDouble(n, k, si, sj)
                                                + gradY.getDouble(n, k, i, j));
                            }
                        }
                    }
                }
            }
            close(expected, sd.calculateGradients(Map.of(), "x").get("x"), 1e-12, mode.name());
        }
    }

    /** Where oneDNN's own padding goes wrong: see {@code DepthPadding}. */
    @Test
    void paddedAndStridedDepthIsTheSameInFloatAndDouble() {
        ConvGeometry geometry =
                ConvGeometry.ofKernel(3, 1, 1).withStride(2, 1, 1).withPadding(Padding.of(1, 0, 0));
        for (int i = 0; i < 10; i++) {
            INDArray x = random(1, 3, 3, 3, 3);
            INDArray w = random(3, 3, 3, 1, 1);
            INDArray[] gradients = new INDArray[2];
            for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
                SameDiff sd = SameDiff.create();
                SDVariable input = sd.constant(x.castTo(type));
                SDVariable weights = sd.var("w", w.castTo(type));
                ConvOps.conv(input, weights, null, geometry).norm2().markAsLoss();
                gradients[type == DataType.DOUBLE ? 0 : 1] =
                        sd.calculateGradients(Map.of(), "w").get("w");
            }
            close(gradients[0], gradients[1], 1e-5, "weight gradient");
        }
    }

    @Test
    void weightsThatDoNotFitAreNamed() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, -1, 4, 8, 8);
        SDVariable w = sd.var("kernel", DataType.FLOAT, 6, 4, 3, 5);
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> ConvOps.conv(x, w, null, ConvGeometry.ofKernel(3, 3)));
        assertTrue(e.getMessage().contains("kernel") && e.getMessage().contains("[6, 4, 3, 5]"));
        SDVariable computed = w.mul(2);
        assertThrows(
                IllegalArgumentException.class,
                () -> ConvOps.conv(x, computed, null, ConvGeometry.ofKernel(3, 5).withGroups(2)));
    }

    private static INDArray[] graph(Case c, DataType type) {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", type, concat(-1, c.x.size(1), minusOnes(c.spatial)));
        SDVariable w = sd.var("w", c.w.castTo(type));
        SDVariable b = c.bias ? sd.var("b", c.b.castTo(type)) : null;
        SDVariable y = ConvOps.conv(x, w, b, c.geometry);
        SDVariable g = sd.placeHolder("g", type, c.gradY.shape());
        y.mul(g).sum().markAsLoss();
        Map<String, INDArray> in = Map.of("x", c.x.castTo(type), "g", c.gradY.castTo(type));
        INDArray out = sd.outputSingle(in, y.name()).dup();
        List<String> names = new ArrayList<>(List.of("x", "w"));
        if (c.bias) {
            names.add("b");
        }
        sd.createGradFunction("x");
        Map<String, INDArray> grads = sd.calculateGradients(in, names);
        return new INDArray[] {out, grads.get("x"), grads.get("w"), grads.get("b")};
    }

    /** Output and gradients of x, w and b, one product at a time. */
    private static INDArray[] loops(Case c) {
        ConvGeometry g = c.geometry;
        int rank = g.rank();
        long[] outSize = g.outputSize(c.spatial);
        INDArray y = Nd4j.zeros(DataType.DOUBLE, c.gradY.shape());
        INDArray dx = Nd4j.zeros(DataType.DOUBLE, c.x.shape());
        INDArray dw = Nd4j.zeros(DataType.DOUBLE, c.w.shape());
        INDArray db = Nd4j.zeros(DataType.DOUBLE, c.b.shape());
        long out = c.w.size(0);
        long inPerGroup = c.w.size(1);
        long outPerGroup = out / g.groups();
        long[] kernel = longs(g.kernel());
        for (long n = 0; n < c.x.size(0); n++) {
            for (long o = 0; o < out; o++) {
                for (long[] p : positions(outSize)) {
                    long[] at = concat(n, o, p);
                    double sum = c.bias ? c.b.getDouble(o) : 0;
                    double gy = c.gradY.getDouble(at);
                    db.putScalar(o, db.getDouble(o) + gy);
                    for (long[] k : positions(kernel)) {
                        long[] source = new long[rank];
                        boolean zero = false;
                        for (int d = 0; d < rank; d++) {
                            long position =
                                    p[d] * g.stride()[d]
                                            + k[d] * g.dilation()[d]
                                            - g.padBefore()[d];
                            source[d] = g.paddingMode().sourceOf(position, c.spatial[d]);
                            zero |= source[d] < 0;
                        }
                        for (long i = 0; i < inPerGroup && !zero; i++) {
                            long[] xi = concat(n, o / outPerGroup * inPerGroup + i, source);
                            long[] wi = concat(o, i, k);
                            sum += c.x.getDouble(xi) * c.w.getDouble(wi);
                            dx.putScalar(xi, dx.getDouble(xi) + gy * c.w.getDouble(wi));
                            dw.putScalar(wi, dw.getDouble(wi) + gy * c.x.getDouble(xi));
                        }
                    }
                    y.putScalar(at, sum);
                }
            }
        }
        return new INDArray[] {y, dx, dw, db};
    }

    private static List<long[]> positions(long[] size) {
        List<long[]> all = new ArrayList<>();
        all.add(new long[size.length]);
        for (int d = 0; d < size.length; d++) {
            List<long[]> next = new ArrayList<>();
            for (long[] p : all) {
                for (long i = 0; i < size[d]; i++) {
                    long[] q = p.clone();
                    q[d] = i;
                    next.add(q);
                }
            }
            all = next;
        }
        return all;
    }

    private static void close(INDArray expected, INDArray actual, double tolerance, String what) {
        assertArrayEquals(expected.shape(), actual.shape(), what);
        INDArray a = actual.castTo(DataType.DOUBLE);
        double scale = Math.max(1, expected.amaxNumber().doubleValue());
        double worst = expected.sub(a).amaxNumber().doubleValue();
        assertTrue(worst <= tolerance * scale, what + ": differs by " + worst);
    }

    private static INDArray random(long... shape) {
        return Nd4j.randn(DataType.DOUBLE, shape);
    }

    private static long[] longs(int[] values) {
        long[] result = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }

    private static long[] minusOnes(long[] like) {
        long[] result = like.clone();
        java.util.Arrays.fill(result, -1);
        return result;
    }

    private static long[] concat(long a, long b, long[] rest) {
        long[] result = new long[rest.length + 2];
        result[0] = a;
        result[1] = b;
        System.arraycopy(rest, 0, result, 2, rest.length);
        return result;
    }
}
