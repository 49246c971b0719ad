package org.lamina.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.NormSpec;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.lamina.spec.SeparableConvSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A separable convolution in float, which oneDNN does in one piece, against its two convolutions in
 * double, which libnd4j's ops do and which other tests hold against loops.
 */
class SeparableConvolutionTest {

    static Stream<Arguments> cases() {
        ConvGeometry same = ConvGeometry.ofKernel(3, 3).withPadding(Padding.same());
        return Stream.of(
                row("3x3", same, 6, true, 2, 4, 9, 8),
                row("without bias", same, 6, false, 2, 4, 9, 8),
                row("16 channels", same, 32, true, 3, 16, 9, 8),
                row("stride", ConvGeometry.ofKernel(3, 2).withStride(2, 3), 5, true, 2, 4, 9, 8),
                row("dilation", ConvGeometry.ofKernel(3, 2).withDilation(2), 5, true, 2, 4, 9, 8),
                row(
                        "even kernel",
                        ConvGeometry.ofKernel(1, 16).withPadding(Padding.same()),
                        16,
                        false,
                        3,
                        16,
                        1,
                        64),
                row(
                        "wide padding",
                        ConvGeometry.ofKernel(1, 64).withPadding(Padding.same()),
                        5,
                        true,
                        3,
                        4,
                        2,
                        70),
                row("one dimension", ConvGeometry.ofKernel(5), 4, true, 3, 6, 40),
                row("three slices", same, 16, true, 21, 16, 32, 32),
                row("slices, few channels", same, 3, false, 7, 2, 300, 250));
    }

    private static Arguments row(
            String name, ConvGeometry geometry, long out, boolean bias, long... x) {
        return Arguments.of(name, geometry, out, bias, x);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void floatEqualsDouble(
            String name, ConvGeometry geometry, long out, boolean bias, long[] shape) {
        assertTrue(OneDnn.serves(Nd4j.scalar(1f)), "the engine under test does not run here");
        SeparableConvSpec spec = spec(geometry, shape[1], out, bias);
        long[] deepWeight = weight(shape[1], 1, geometry.kernelSize());
        long[] pointWeight = weight(out, shape[1], new int[geometry.rank()]);
        INDArray[] given = {
            random(shape),
            random(deepWeight),
            random(pointWeight),
            bias ? random(shape[1]) : null,
            bias ? random(out) : null,
            random(geometry.outputShape(shape, out))
        };
        INDArray[] expected = inSequence(spec, given);
        INDArray[] actual = together(spec, given, true);
        // The gradient of a bias or filter sums all positions, which loses digits in float.
        double tolerance = given[5].length() < 100_000 ? 1e-5 : 1e-4;
        for (int i = 0; i < expected.length; i++) {
            if (expected[i] != null) {
                assertClose(expected[i], actual[i], tolerance, "result " + i);
            }
        }
        INDArray[] parameters = together(spec, given, false);
        for (int i = 2; i < parameters.length; i++) {
            assertEquals(actual[i], parameters[i], "without the input's gradient, result " + i);
        }
    }

    private static void assertClose(
            INDArray expected, INDArray actual, double tolerance, String message) {
        double largest = Math.max(1, expected.amaxNumber().doubleValue());
        INDArray difference = actual.castTo(DataType.DOUBLE).sub(expected);
        assertEquals(0, difference.amaxNumber().doubleValue() / largest, tolerance, message);
    }

    private static SeparableConvSpec spec(ConvGeometry geometry, long in, long out, boolean bias) {
        DepthwiseConvSpec depthwise = new DepthwiseConvSpec(in, 1, geometry, bias, NormSpec.none());
        return new SeparableConvSpec(depthwise, out, bias, NormSpec.none());
    }

    private static long[] weight(long out, long in, int[] kernel) {
        long[] shape = new long[2 + kernel.length];
        shape[0] = out;
        shape[1] = in;
        for (int d = 0; d < kernel.length; d++) {
            shape[2 + d] = Math.max(1, kernel[d]);
        }
        return shape;
    }

    private static INDArray random(long... shape) {
        return Nd4j.rand(DataType.DOUBLE, shape).subi(0.5);
    }

    /** y, dx and the gradients of dW, pW, db, pb. */
    private static INDArray[] inSequence(SeparableConvSpec spec, INDArray[] a) {
        GraphKernel deep = convolution(spec.depthwise().asConv().geometry(), a[0].size(1));
        GraphKernel point = convolution(spec.pointwise().geometry(), spec.outChannels());
        INDArray[] deepIn = {a[0], a[1], a[3], null};
        INDArray between = Nd4j.create(DataType.DOUBLE, deep.outputShapes(deepIn)[0]);
        deep.forward(deepIn, new INDArray[] {between});
        INDArray[] pointIn = {between, a[2], a[4], null};
        INDArray y = a[5].ulike();
        point.forward(pointIn, new INDArray[] {y});
        INDArray[] d = alike(a);
        INDArray dBetween = between.ulike();
        point.backward(pointIn, null, a[5], new INDArray[] {dBetween, d[2], d[4], null});
        deep.backward(deepIn, null, dBetween, new INDArray[] {d[0], d[1], d[3], null});
        return new INDArray[] {y, d[0], d[1], d[2], d[3], d[4]};
    }

    private static GraphKernel convolution(ConvGeometry geometry, long out) {
        return new FusedFunction.Convolution(geometry, out).kernel();
    }

    private static INDArray[] together(SeparableConvSpec spec, INDArray[] given, boolean input) {
        assertTrue(FusedFunction.SeparableConvolution.pays(spec));
        INDArray[] a =
                Arrays.stream(given)
                        .map(array -> array == null ? null : array.castTo(DataType.FLOAT))
                        .toArray(INDArray[]::new);
        GraphKernel kernel = new FusedFunction.SeparableConvolution(spec).kernel();
        INDArray[] in = Arrays.copyOf(a, 5);
        INDArray y = a[5].ulike();
        kernel.forward(in, new INDArray[] {y});
        INDArray[] d = alike(a);
        if (!input) {
            d[0] = null;
        }
        kernel.backward(in, null, a[5], d);
        return new INDArray[] {y, d[0], d[1], d[2], d[3], d[4]};
    }

    /** Arrays for the gradients of the first five. */
    private static INDArray[] alike(INDArray[] arrays) {
        return Arrays.stream(arrays)
                .limit(5)
                .map(array -> array == null ? null : array.ulike())
                .toArray(INDArray[]::new);
    }

    @Test
    void leavesOtherCasesToTwoConvolutions() {
        ConvGeometry geometry = ConvGeometry.ofKernel(3, 3);
        ConvGeometry reflected =
                geometry.withPadding(Padding.of(1)).withPaddingMode(PaddingMode.REFLECT);
        assertFalse(FusedFunction.SeparableConvolution.pays(spec(reflected, 4, 6, true)));
        assertFalse(
                FusedFunction.SeparableConvolution.pays(
                        new SeparableConvSpec(
                                new DepthwiseConvSpec(4, 2, geometry, true, NormSpec.none()),
                                6,
                                true,
                                NormSpec.none())));
    }
}
