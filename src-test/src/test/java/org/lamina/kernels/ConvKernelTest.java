package org.lamina.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The kernel against loops over every element, on random geometries of every kind. */
class ConvKernelTest {

    private static final int CASES = 80;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void equalsLoopsInDouble(int rank) {
        compare(rank, DataType.DOUBLE, 1e-10);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void equalsLoopsInFloat(int rank) {
        compare(rank, DataType.FLOAT, 2e-5);
    }

    /**
     * A kernel so wide that the input is padded before the op: as if it had been padded by hand.
     */
    @ParameterizedTest
    @ValueSource(ints = {40, 41})
    void widePaddingIsThatOfAPaddedInput(int width) {
        ConvGeometry valid = ConvGeometry.ofKernel(1, width);
        ConvKernel same = new ConvKernel(valid.withPadding(Padding.same()));
        INDArray x = Nd4j.randn(DataType.DOUBLE, 2, 1, 3, 50);
        INDArray w = Nd4j.randn(DataType.DOUBLE, 4, 1, 1, width);
        INDArray dy = Nd4j.randn(DataType.DOUBLE, 2, 4, 3, 50);
        INDArray padded = Nd4j.zeros(DataType.DOUBLE, 2, 1, 3, 50 + width - 1);
        int before = (width - 1) / 2;
        INDArrayIndex[] inner = {
            NDArrayIndex.all(),
            NDArrayIndex.all(),
            NDArrayIndex.all(),
            NDArrayIndex.interval(before, before + 50)
        };
        padded.get(inner).assign(x);

        INDArray y = dy.ulike();
        INDArray expected = dy.ulike();
        same.forward(x, w, null, y);
        new ConvKernel(valid).forward(padded, w, null, expected);
        assertTrue(y.equalsWithEps(expected, 1e-10));

        INDArray dx = x.ulike();
        INDArray dw = w.ulike();
        INDArray dPadded = padded.ulike();
        INDArray dwExpected = w.ulike();
        same.backward(x, w, dy, dx, dw, null);
        new ConvKernel(valid).backward(padded, w, dy, dPadded, dwExpected, null);
        assertTrue(dw.equalsWithEps(dwExpected, 1e-9));
        assertTrue(dx.equalsWithEps(dPadded.get(inner), 1e-9));
        same.backward(x, w, dy, null, dw, null);
        assertTrue(dw.equalsWithEps(dwExpected, 1e-9));
    }

    /** Where oneDNN's own padding goes wrong: see {@code DepthPadding}. */
    @Test
    void paddedAndStridedDepthIsTheSameInFloatAndDouble() {
        ConvKernel kernel =
                new ConvKernel(
                        ConvGeometry.ofKernel(3, 1, 1)
                                .withStride(2, 1, 1)
                                .withPadding(Padding.of(1, 0, 0)));
        for (int i = 0; i < 10; i++) {
            INDArray x = Nd4j.rand(DataType.DOUBLE, 1, 3, 3, 3, 3);
            INDArray w = Nd4j.rand(DataType.DOUBLE, 3, 3, 3, 1, 1);
            INDArray dy = Nd4j.rand(DataType.DOUBLE, 1, 3, 2, 3, 3);
            INDArray dw = w.ulike();
            kernel.backward(x, w, dy, null, dw, null);
            INDArray dwFloat = w.castTo(DataType.FLOAT).ulike();
            kernel.backward(
                    x.castTo(DataType.FLOAT),
                    w.castTo(DataType.FLOAT),
                    dy.castTo(DataType.FLOAT),
                    null,
                    dwFloat,
                    null);
            assertTrue(dw.equalsWithEps(dwFloat.castTo(DataType.DOUBLE), 1e-4));
        }
    }

    private static void compare(int rank, DataType type, double tolerance) {
        Random random = new Random(rank);
        for (int i = 0; i < CASES; i++) {
            Case c = new Case(rank, random);
            ConvKernel kernel = new ConvKernel(c.geometry);
            INDArray x = Nd4j.createFromArray(c.x).castTo(type).reshape(c.xShape);
            INDArray w = Nd4j.createFromArray(c.w).castTo(type).reshape(c.wShape);
            INDArray b = Nd4j.createFromArray(c.b).castTo(type);
            long[] yShape = kernel.outputShape(c.xShape, c.wShape[0]);
            assertArrayEquals(c.yShape, yShape, c.toString());

            INDArray y = Nd4j.createUninitialized(type, yShape, 'c');
            kernel.forward(x, w, b, y);
            assertClose("output", c.y, y, tolerance, c);

            INDArray dx = Nd4j.createUninitialized(type, c.xShape, 'c');
            INDArray dw = Nd4j.createUninitialized(type, c.wShape, 'c');
            INDArray db = Nd4j.createUninitialized(type, b.length());
            INDArray dy = Nd4j.createFromArray(c.dy).castTo(type).reshape(yShape);
            kernel.backward(x, w, dy, dx, dw, db);
            assertClose("gradient of the input", c.dx, dx, tolerance, c);
            assertClose("gradient of the weight", c.dw, dw, tolerance, c);
            assertClose("gradient of the bias", c.db, db, tolerance, c);

            INDArray alone = Nd4j.createUninitialized(type, c.wShape, 'c');
            kernel.backward(x, w, dy, null, alone, null);
            assertClose("gradient of the weight alone", c.dw, alone, tolerance, c);
        }
    }

    private static void assertClose(
            String what, double[] expected, INDArray actual, double tolerance, Case c) {
        double[] values = actual.dup('c').data().asDouble();
        double scale = Math.max(1, Arrays.stream(expected).map(Math::abs).max().orElse(0));
        assertEquals(expected.length, values.length);
        for (int i = 0; i < values.length; i++) {
            int at = i;
            assertEquals(
                    expected[i], values[i], tolerance * scale, () -> what + "[" + at + "] of " + c);
        }
    }

    /** A random convolution, computed element by element. */
    private static final class Case {

        final ConvGeometry geometry;
        final long[] xShape;
        final long[] wShape;
        final long[] yShape;
        final double[] x;
        final double[] w;
        final double[] b;
        final double[] y;
        final double[] dy;
        final double[] dx;
        final double[] dw;
        final double[] db;

        Case(int rank, Random r) {
            int[] groupChoices = {1, 1, 2, 3, 4};
            int groups = groupChoices[r.nextInt(groupChoices.length)];
            // 40 channels and more: one convolution for each group
            int inPerGroup = r.nextInt(8) == 0 ? 40 / groups + 1 : r.nextBoolean() ? 1 : 2;
            int outPerGroup = 1 + r.nextInt(3);
            int[] kernel = new int[rank];
            int[] stride = new int[rank];
            int[] dilation = new int[rank];
            int[] before = new int[rank];
            int[] after = new int[rank];
            long[] size = new long[rank];
            boolean same = r.nextInt(3) == 0;
            boolean symmetric = r.nextBoolean();
            for (int d = 0; d < rank; d++) {
                kernel[d] = 1 + r.nextInt(4);
                stride[d] = same ? 1 : 1 + r.nextInt(2);
                dilation[d] = r.nextInt(3) == 0 ? 2 : 1;
                before[d] = r.nextInt(3);
                after[d] = symmetric ? before[d] : r.nextInt(3);
                size[d] = dilation[d] * (kernel[d] - 1) + 1 + r.nextInt(4) + (same ? 2 : 0);
            }
            if (rank == 2 && r.nextInt(4) == 0) { // as high as the input: EEGNet's spatial filter
                kernel[0] = (int) size[0];
                kernel[1] = 1;
                Arrays.fill(stride, 1);
                Arrays.fill(dilation, 1);
                Arrays.fill(before, 0);
                Arrays.fill(after, 0);
                same = false;
            }
            PaddingMode mode = PaddingMode.values()[r.nextInt(4)];
            for (int d = 0; d < rank; d++) {
                if (size[d] < 4) {
                    mode = PaddingMode.ZEROS;
                }
            }
            ConvGeometry g =
                    ConvGeometry.ofKernel(kernel)
                            .withStride(stride)
                            .withDilation(dilation)
                            .withGroups(groups)
                            .withPaddingMode(mode)
                            .withPadding(same ? Padding.same() : Padding.perSide(before, after));
            if (rank == 1 && r.nextInt(5) == 0) {
                g = g.withPadding(Padding.causal()).withPaddingMode(PaddingMode.ZEROS);
            }
            if (same) {
                boolean fits = true;
                for (int d = 0; d < rank; d++) {
                    fits &= g.padAfter()[d] < size[d];
                }
                g = fits ? g : g.withPaddingMode(PaddingMode.ZEROS);
            }
            geometry = g;
            before = g.padBefore();
            after = g.padAfter();

            xShape = new long[rank + 2];
            wShape = new long[rank + 2];
            yShape = new long[rank + 2];
            xShape[0] = yShape[0] = 1 + r.nextInt(2);
            xShape[1] = (long) inPerGroup * groups;
            yShape[1] = wShape[0] = (long) outPerGroup * groups;
            wShape[1] = inPerGroup;
            for (int d = 0; d < rank; d++) {
                xShape[2 + d] = size[d];
                wShape[2 + d] = kernel[d];
                long padded = size[d] + before[d] + after[d];
                yShape[2 + d] = (padded - dilation[d] * (kernel[d] - 1) - 1) / stride[d] + 1;
            }
            x = random(xShape, r);
            w = random(wShape, r);
            b = random(new long[] {yShape[1]}, r);
            dy = random(yShape, r);
            y = new double[dy.length];
            dx = new double[x.length];
            dw = new double[w.length];
            db = new double[b.length];
            compute(rank, inPerGroup, outPerGroup, before, mode(g), stride, dilation);
        }

        private static PaddingMode mode(ConvGeometry g) {
            return g.paddingMode();
        }

        private static double[] random(long[] shape, Random r) {
            int length = 1;
            for (long s : shape) {
                length *= (int) s;
            }
            // Exact in float, so that both types start from the same numbers.
            return r.doubles(length, -1, 1).map(v -> (float) v).toArray();
        }

        private void compute(
                int rank,
                int inPerGroup,
                int outPerGroup,
                int[] before,
                PaddingMode mode,
                int[] stride,
                int[] dilation) {
            int outputs = 1;
            int taps = 1;
            for (int d = 0; d < rank; d++) {
                outputs *= (int) yShape[2 + d];
                taps *= (int) wShape[2 + d];
            }
            int inputs = x.length / (int) (xShape[0] * xShape[1]);
            for (int n = 0; n < xShape[0]; n++) {
                for (int o = 0; o < yShape[1]; o++) {
                    for (int p = 0; p < outputs; p++) {
                        int at = (n * (int) yShape[1] + o) * outputs + p;
                        y[at] += b[o];
                        db[o] += dy[at];
                        for (int c = 0; c < inPerGroup; c++) {
                            int channel = o / outPerGroup * inPerGroup + c;
                            for (int k = 0; k < taps; k++) {
                                int source = source(rank, p, k, before, mode, stride, dilation);
                                if (source < 0) {
                                    continue;
                                }
                                int xi = (n * (int) xShape[1] + channel) * inputs + source;
                                int wi = (o * inPerGroup + c) * taps + k;
                                y[at] += w[wi] * x[xi];
                                dx[xi] += w[wi] * dy[at];
                                dw[wi] += x[xi] * dy[at];
                            }
                        }
                    }
                }
            }
        }

        /** Index within a channel of the input that output p sees through tap k; -1 for zero. */
        private int source(
                int rank,
                int p,
                int k,
                int[] before,
                PaddingMode mode,
                int[] stride,
                int[] dilation) {
            int result = 0;
            int scale = 1;
            for (int d = rank - 1; d >= 0; d--) {
                int out = p % (int) yShape[2 + d];
                int tap = k % (int) wShape[2 + d];
                p /= (int) yShape[2 + d];
                k /= (int) wShape[2 + d];
                int size = (int) xShape[2 + d];
                int i = out * stride[d] - before[d] + tap * dilation[d];
                if (i < 0 || i >= size) {
                    switch (mode) {
                        case REFLECT -> i = i < 0 ? -i : 2 * size - 2 - i;
                        case REPLICATE -> i = i < 0 ? 0 : size - 1;
                        case CIRCULAR -> i = (i + size) % size;
                        default -> {
                            return -1;
                        }
                    }
                }
                result += i * scale;
                scale *= size;
            }
            return result;
        }

        @Override
        public String toString() {
            return geometry + ", x " + Arrays.toString(xShape) + ", w " + Arrays.toString(wShape);
        }
    }
}
