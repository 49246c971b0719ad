package org.lamina.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.kernels.FusedFunction;
import org.lamina.kernels.GraphKernel;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Convolution in float, which oneDNN does itself, against double, which libnd4j's ops do and which
 * other tests hold against loops.
 */
class ConvolutionTest {

    static Stream<Arguments> cases() {
        return Stream.of(
                row("plain", geometry(3, 3), 5, longs(2, 4, 9, 8)),
                row("one example, one channel", geometry(3, 3), 1, longs(1, 1, 5, 5)),
                row("no example's neighbour", geometry(1, 1), 3, longs(7, 2, 1, 1)),
                row("stride leaves a rest", geometry(3, 2).withStride(3, 2), 4, longs(2, 3, 9, 8)),
                row(
                        "dilated, padded on one side",
                        geometry(3, 3).withDilation(2, 3).withPadding(Padding.same()).withStride(1),
                        4,
                        longs(2, 3, 8, 9)),
                row("groups", geometry(3, 3).withGroups(3), 6, longs(2, 12, 6, 7)),
                row("depthwise", geometry(3, 3).withGroups(6), 6, longs(2, 6, 6, 7)),
                row("depthwise, 3 filters", geometry(3, 3).withGroups(6), 18, longs(2, 6, 6, 7)),
                row(
                        "depthwise, wide",
                        geometry(1, 16).withGroups(6).withPadding(Padding.same()).withStride(1),
                        6,
                        longs(2, 6, 1, 40)),
                row(
                        "depthwise, wide, several rows",
                        geometry(1, 9).withGroups(6).withPadding(Padding.same()).withStride(1),
                        12,
                        longs(2, 6, 3, 20)),
                row(
                        "depthwise, wide, dilated",
                        geometry(1, 5).withGroups(6).withDilation(2),
                        6,
                        longs(2, 6, 1, 40)),
                row("depthwise in one dimension", geometry(7).withGroups(5), 5, longs(3, 5, 40)),
                row(
                        "depthwise, high",
                        geometry(64, 1).withGroups(6).withPadding(Padding.same()).withStride(1),
                        6,
                        longs(2, 6, 70, 2)),
                row("column of a channel", geometry(5, 1).withGroups(4), 8, longs(3, 4, 5, 20)),
                row("column of all channels", geometry(5, 1), 6, longs(3, 4, 5, 20)),
                row("column in groups", geometry(5, 1).withGroups(2), 6, longs(3, 4, 5, 20)),
                row("slices, columns", geometry(8, 1), 20, longs(5, 20, 8, 700)),
                row("one dimension", geometry(5).withDilation(2), 4, longs(2, 3, 20)),
                row("causal", geometry(4).withPadding(Padding.causal()), 4, longs(2, 3, 20)),
                row(
                        "three dimensions",
                        geometry(2, 3, 3).withStride(2, 1, 1).withPadding(Padding.of(1)),
                        4,
                        longs(2, 3, 5, 6, 7)),
                row(
                        "reflected borders",
                        geometry(3, 3)
                                .withPadding(Padding.of(2))
                                .withPaddingMode(PaddingMode.REFLECT),
                        4,
                        longs(2, 3, 6, 7)),
                row("long kernel", geometry(1, 16), 3, longs(3, 1, 4, 40)),
                row(
                        "long kernel, padded",
                        geometry(2, 32).withPadding(Padding.same()).withStride(1),
                        3,
                        longs(3, 1, 4, 40)),
                row("long kernel in one dimension", geometry(24), 3, longs(3, 1, 40)),
                row("long kernel, stride", geometry(1, 16).withStride(2), 3, longs(3, 1, 4, 40)),
                row("slices of 3, 3 and 1 of a batch", geometry(3, 3), 8, longs(7, 3, 64, 250)),
                row("slices, one channel, long kernel", geometry(1, 16), 8, longs(5, 1, 8, 1800)),
                row(
                        "slices, depthwise, 2 filters",
                        geometry(3, 3).withGroups(4),
                        8,
                        longs(5, 4, 64, 250)),
                row(
                        "slices, depthwise, 16 channels",
                        geometry(3, 3).withGroups(16),
                        16,
                        longs(21, 16, 32, 32)),
                row("slices, pointwise, 16 channels", geometry(1, 1), 16, longs(21, 16, 32, 32)),
                row("long kernel, 12 taps", geometry(1, 12), 3, longs(3, 1, 4, 40)));
    }

    private static ConvGeometry geometry(int... kernel) {
        return ConvGeometry.ofKernel(kernel);
    }

    private static long[] longs(long... values) {
        return values;
    }

    private static Arguments row(String name, ConvGeometry geometry, long out, long[] x) {
        return Arguments.of(name, geometry, out, x);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void floatEqualsDouble(String name, ConvGeometry geometry, long out, long[] shape) {
        assertTrue(OneDnn.serves(Nd4j.scalar(1f)), "the engine under test does not run here");
        GraphKernel kernel = new FusedFunction.Convolution(geometry, out).kernel();
        long[] weightShape = new long[shape.length];
        weightShape[0] = out;
        weightShape[1] = shape[1] / geometry.groups();
        for (int d = 0; d < geometry.rank(); d++) {
            weightShape[2 + d] = geometry.kernelSize()[d];
        }
        INDArray[] given = {
            random(shape),
            random(weightShape),
            random(out),
            random(geometry.outputShape(shape, out))
        };
        INDArray[] expected = results(kernel, given, DataType.DOUBLE);
        INDArray[] actual = results(kernel, given, DataType.FLOAT);
        // A bias' gradient is a sum of all positions, which loses digits in float.
        double tolerance = given[3].length() < 100_000 ? 1e-5 : 1e-4;
        for (int i = 0; i < expected.length; i++) {
            double largest = Math.max(1, expected[i].amaxNumber().doubleValue());
            INDArray difference = actual[i].castTo(DataType.DOUBLE).sub(expected[i]);
            assertEquals(
                    0, difference.amaxNumber().doubleValue() / largest, tolerance, "result " + i);
        }
    }

    private static INDArray random(long... shape) {
        return Nd4j.rand(DataType.DOUBLE, shape).subi(0.5);
    }

    /** y, dx, dw, db. */
    private static INDArray[] results(GraphKernel kernel, INDArray[] given, DataType type) {
        INDArray[] a = Arrays.stream(given).map(g -> g.castTo(type)).toArray(INDArray[]::new);
        // Weights as part of a larger array, as a network's flat parameters hold them.
        INDArray w = Nd4j.create(type, 7 + a[1].length()).get(interval(7, a[1]));
        w = w.reshape('c', a[1].shape()).assign(a[1]);
        INDArray y = a[3].ulike();
        INDArray[] inputs = {a[0], w, a[2], null};
        kernel.forward(inputs, new INDArray[] {y});
        INDArray dx = a[0].ulike();
        INDArray dw = a[1].ulike();
        INDArray db = a[2].ulike();
        kernel.backward(inputs, null, a[3], new INDArray[] {dx, dw, db, null});
        return new INDArray[] {y, dx, dw, db};
    }

    private static INDArrayIndex interval(long from, INDArray like) {
        return NDArrayIndex.interval(from, from + like.length());
    }

    private static void run(GraphKernel kernel, INDArray x, INDArray w, INDArray y) {
        kernel.forward(new INDArray[] {x, w, null, null}, new INDArray[] {y});
    }

    @Test
    void threadsDoNotDisturbEachOther() {
        ConvGeometry geometry = geometry(3, 3).withPadding(Padding.of(1));
        GraphKernel kernel = new FusedFunction.Convolution(geometry, 8).kernel();
        INDArray w = Nd4j.rand(DataType.FLOAT, 8, 8, 3, 3);
        INDArray[] xs = new INDArray[4];
        INDArray[] expected = new INDArray[xs.length];
        for (int i = 0; i < xs.length; i++) {
            xs[i] = Nd4j.rand(DataType.FLOAT, 2 + i % 2, 8, 12, 12);
            expected[i] = xs[i].ulike();
            run(kernel, xs[i], w, expected[i]);
        }
        Stream.iterate(0, i -> i + 1)
                .limit(400)
                .parallel()
                .forEach(
                        i -> {
                            INDArray y = xs[i % xs.length].ulike();
                            run(kernel, xs[i % xs.length], w, y);
                            assertArrayEquals(
                                    expected[i % xs.length].data().asFloat(),
                                    y.data().asFloat(),
                                    1e-5f);
                        });
    }
}
