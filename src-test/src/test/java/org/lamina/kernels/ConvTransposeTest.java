package org.lamina.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.harness.Close;
import org.lamina.samediff.ops.ConvTransposeOps;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvTransposeGeometry;
import org.lamina.spec.Padding;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Transposed convolutions as a kernel and as a graph function, against loops over every element, on
 * random geometries of every kind. System properties: {@code geometries}, how many for each number
 * of dimensions, and {@code seed}.
 */
class ConvTransposeTest {

    private static final int CASES = Integer.getInteger("geometries", 20);
    private static final long SEED = Long.getLong("seed", 1);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void equalLoopsForwardAndBackwardInDoubleAndFloat(int rank) {
        for (int i = 0; i < CASES; i++) {
            Case c = new Case(rank, new Random(1000 * SEED + 100L * rank + i));
            for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
                c.checkKernel(type);
                c.checkGraph(type);
            }
        }
    }

    /** Several bundles of groups, and groups that are bundles of their own. */
    @ParameterizedTest
    @ValueSource(strings = {"40 40 40", "40 20 40", "2 40 6", "3 6 36"})
    void manyChannelsInGroupsEqualLoops(String channels) {
        int[] numbers = Arrays.stream(channels.split(" ")).mapToInt(Integer::parseInt).toArray();
        ConvGeometry convolution =
                ConvGeometry.ofKernel(3, 2)
                        .withStride(2, 1)
                        .withDilation(1, 2)
                        .withPadding(Padding.of(1, 0))
                        .withGroups(numbers[0]);
        int groups = numbers[0];
        int in = Math.max(groups, numbers[1] / groups * groups);
        int out = numbers[2] / groups * groups;
        ConvTransposeGeometry geometry =
                new ConvTransposeGeometry(convolution).withOutputPadding(1, 0);
        Case c = new Case(geometry, in, out, new long[] {3, 4}, true, new Random(SEED));
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            c.checkKernel(type);
            c.checkGraph(type);
        }
    }

    /** Two steps deep, where oneDNN's own padding goes wrong: see {@code DepthPadding}. */
    @Test
    void paddedAndStridedDepthEqualsLoops() {
        ConvGeometry convolution =
                ConvGeometry.ofKernel(3, 2, 1).withStride(2).withPadding(Padding.of(1, 0, 0));
        for (int i = 0; i < 5; i++) {
            for (int groups : new int[] {1, 2}) {
                ConvTransposeGeometry grouped =
                        new ConvTransposeGeometry(convolution.withGroups(groups));
                Case c = new Case(grouped, 2, 4, new long[] {2, 2, 2}, true, new Random(SEED + i));
                c.checkKernel(DataType.FLOAT);
                c.checkGraph(DataType.FLOAT);
            }
        }
    }

    /** A random transposed convolution, computed one product at a time. */
    private static final class Case {
        private final ConvTransposeGeometry geometry;
        private final INDArray x;
        private final INDArray w;
        private final INDArray b;
        private final INDArray dy;
        private final INDArray y;
        private final INDArray dx;
        private final INDArray dw;
        private final INDArray db;

        Case(int rank, Random r) {
            this(
                    geometry(rank, r),
                    1 + r.nextInt(3),
                    1 + r.nextInt(3),
                    r.ints(rank, 1, rank == 3 ? 4 : 6).asLongStream().toArray(),
                    r);
        }

        private Case(
                ConvTransposeGeometry geometry,
                int inPerGroup,
                int outPerGroup,
                long[] size,
                Random r) {
            this(
                    reachable(geometry, size, r),
                    inPerGroup * geometry.groups(),
                    outPerGroup * geometry.groups(),
                    size,
                    r.nextBoolean(),
                    r);
        }

        Case(ConvTransposeGeometry geometry, int in, int out, long[] size, boolean bias, Random r) {
            this.geometry = geometry;
            int[] kernel = geometry.convolution().kernelSize();
            x = random(r, joined(2, in, size));
            w =
                    random(
                            r,
                            joined(
                                    in,
                                    out / geometry.groups(),
                                    Arrays.stream(kernel).asLongStream().toArray()));
            b = bias ? random(r, out) : null;
            dy = random(r, joined(2, out, geometry.outputSize(size)));
            y = Nd4j.zeros(DataType.DOUBLE, dy.shape());
            dx = Nd4j.zeros(DataType.DOUBLE, x.shape());
            dw = Nd4j.zeros(DataType.DOUBLE, w.shape());
            db = Nd4j.zeros(DataType.DOUBLE, out);
            loops();
        }

        private static ConvTransposeGeometry geometry(int rank, Random r) {
            int[] kernel = r.ints(rank, 1, rank == 3 ? 4 : 6).toArray();
            int[] stride = r.ints(rank, 1, 4).toArray();
            int[] dilation = r.ints(rank, 1, 3).toArray();
            int[] padding = new int[rank];
            for (int d = 0; d < rank; d++) {
                // With an input of size 1 something must be left.
                padding[d] = r.nextInt((dilation[d] * (kernel[d] - 1)) / 2 + 1);
            }
            ConvGeometry convolution =
                    ConvGeometry.ofKernel(kernel)
                            .withStride(stride)
                            .withDilation(dilation)
                            .withPadding(Padding.of(padding))
                            .withGroups(new int[] {1, 1, 2, 3}[r.nextInt(4)]);
            return new ConvTransposeGeometry(convolution);
        }

        /** Without output padding, with some, or with an exact size. */
        private static ConvTransposeGeometry reachable(
                ConvTransposeGeometry geometry, long[] size, Random r) {
            int[] padding = new int[size.length];
            int[] exact = new int[size.length];
            for (int d = 0; d < size.length; d++) {
                padding[d] = r.nextInt(geometry.mostOutputPadding(d) + 1);
                exact[d] = (int) geometry.outputSize(size)[d] + padding[d];
            }
            switch (r.nextInt(3)) {
                case 0:
                    return geometry;
                case 1:
                    return geometry.withOutputPadding(padding);
                default:
                    return geometry.withOutputSize(exact);
            }
        }

        private void loops() {
            ConvGeometry g = geometry.convolution();
            long inPerGroup = x.size(1) / g.groups();
            long outPerGroup = w.size(1);
            long[] kernel = Arrays.copyOfRange(w.shape(), 2, w.rank());
            for (long[] at : positions(y.shape())) {
                double gradient = dy.getDouble(at);
                long bias = at[1];
                db.putScalar(bias, db.getDouble(bias) + gradient);
                y.putScalar(at, b == null ? 0 : b.getDouble(bias));
            }
            for (long[] from : positions(x.shape())) {
                long group = from[1] / inPerGroup;
                for (long o = 0; o < outPerGroup; o++) {
                    for (long[] k : positions(kernel)) {
                        long[] to = joined(from[0], group * outPerGroup + o, k);
                        boolean inside = true;
                        for (int d = 0; d < k.length; d++) {
                            to[2 + d] =
                                    from[2 + d] * g.stride()[d]
                                            + k[d] * g.dilation()[d]
                                            - g.padBefore()[d];
                            inside &= to[2 + d] >= 0 && to[2 + d] < y.size(2 + d);
                        }
                        if (inside) {
                            long[] weight = joined(from[1], o, k);
                            add(y, to, x.getDouble(from) * w.getDouble(weight));
                            add(dx, from, dy.getDouble(to) * w.getDouble(weight));
                            add(dw, weight, dy.getDouble(to) * x.getDouble(from));
                        }
                    }
                }
            }
        }

        void checkKernel(DataType type) {
            ConvTransposeKernel kernel = new ConvTransposeKernel(geometry);
            INDArray input = x.castTo(type);
            INDArray weight = w.castTo(type);
            assertArrayEquals(y.shape(), kernel.outputShape(x.shape(), y.size(1)), toString());
            INDArray output = Nd4j.createUninitialized(type, y.shape(), 'c');
            kernel.forward(input, weight, b == null ? null : b.castTo(type), output);
            INDArray dInput = Nd4j.createUninitialized(type, x.shape(), 'c');
            INDArray dWeight = Nd4j.createUninitialized(type, w.shape(), 'c');
            INDArray dBias = Nd4j.createUninitialized(type, db.shape(), 'c');
            kernel.backward(input, weight, dy.castTo(type), dInput, dWeight, dBias);
            check(type, "kernel", output, dInput, dWeight, dBias);
            dWeight.assign(Double.NaN);
            kernel.backward(input, weight, dy.castTo(type), null, dWeight, null);
            check(type, "kernel, weight gradient alone", output, dInput, dWeight, dBias);
        }

        void checkGraph(DataType type) {
            SameDiff sd = SameDiff.create();
            long[] any = x.shape().clone();
            Arrays.fill(any, -1);
            any[1] = x.size(1);
            SDVariable input = sd.placeHolder("x", type, any);
            SDVariable weight = sd.var("w", w.castTo(type));
            SDVariable bias = b == null ? null : sd.var("b", b.castTo(type));
            SDVariable output = ConvTransposeOps.conv(input, weight, bias, geometry);
            SDVariable gradient = sd.placeHolder("g", type, dy.shape());
            output.mul(gradient).sum().markAsLoss();
            Map<String, INDArray> in = Map.of("x", x.castTo(type), "g", dy.castTo(type));
            INDArray result = sd.outputSingle(in, output.name()).dup();
            List<String> names = new ArrayList<>(List.of("x", "w"));
            if (b != null) {
                names.add("b");
            }
            sd.createGradFunction("x");
            Map<String, INDArray> all = sd.calculateGradients(in, names);
            check(type, "graph", result, all.get("x"), all.get("w"), b == null ? db : all.get("b"));
        }

        private void check(
                DataType type,
                String form,
                INDArray output,
                INDArray dInput,
                INDArray dWeight,
                INDArray dBias) {
            Close close = Close.of(type);
            String what = " of the " + form + ", " + type + ", " + this;
            close.check("output" + what, output, y);
            close.check("input gradient" + what, dInput, dx);
            close.check("weight gradient" + what, dWeight, dw);
            close.check("bias gradient" + what, dBias, db);
        }

        @Override
        public String toString() {
            return geometry + ", input " + Arrays.toString(x.shape());
        }

        private static void add(INDArray array, long[] at, double value) {
            array.putScalar(at, array.getDouble(at) + value);
        }

        /** Representable in float. */
        private static INDArray random(Random r, long... shape) {
            INDArray array = Nd4j.createUninitialized(DataType.DOUBLE, shape, 'c');
            for (long i = 0; i < array.length(); i++) {
                array.putScalar(i, (float) r.nextGaussian());
            }
            return array;
        }

        private static long[] joined(long first, long second, long[] rest) {
            long[] all = new long[2 + rest.length];
            all[0] = first;
            all[1] = second;
            System.arraycopy(rest, 0, all, 2, rest.length);
            return all;
        }

        private static List<long[]> positions(long[] size) {
            List<long[]> all = List.of(new long[size.length]);
            for (int d = 0; d < size.length; d++) {
                List<long[]> next = new ArrayList<>();
                for (long[] position : all) {
                    for (long i = 0; i < size[d]; i++) {
                        long[] moved = position.clone();
                        moved[d] = i;
                        next.add(moved);
                    }
                }
                all = next;
            }
            return all;
        }
    }
}
