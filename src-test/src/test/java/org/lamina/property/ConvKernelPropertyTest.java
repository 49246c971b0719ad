package org.lamina.property;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.lamina.harness.Close;
import org.lamina.harness.NaiveConv;
import org.lamina.kernels.FusedFunction;
import org.lamina.kernels.GraphKernel;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The kernel against loops, on random geometries of every kind. */
class ConvKernelPropertyTest {

    @Property
    void oneDimension(@ForAll(supplier = ConvCase.OneDimension.class) ConvCase c) {
        equalsLoops(c);
    }

    @Property
    void twoDimensions(@ForAll(supplier = ConvCase.TwoDimensions.class) ConvCase c) {
        equalsLoops(c);
    }

    @Property
    void threeDimensions(@ForAll(supplier = ConvCase.ThreeDimensions.class) ConvCase c) {
        equalsLoops(c);
    }

    /** EEGNet's spatial filters: a kernel as high as the input and one wide. */
    @Property
    void columns(
            @ForAll @IntRange(min = 1, max = 6) int height,
            @ForAll @IntRange(min = 1, max = 3) int stride,
            @ForAll @IntRange(min = 1, max = 3) int groupInputs,
            @ForAll @IntRange(min = 1, max = 4) int groupOutputs) {
        int[] none = {0, 0};
        equalsLoops(
                new ConvCase(
                        new int[] {height, 1},
                        new int[] {1, stride},
                        new int[] {1, 1},
                        ConvCase.Rule.VALID,
                        none,
                        none,
                        PaddingMode.ZEROS,
                        3,
                        groupInputs,
                        groupOutputs,
                        true,
                        2,
                        new long[] {height, 7}));
    }

    private static void equalsLoops(ConvCase c) {
        equalsLoops(c, DataType.DOUBLE, Close.of(DataType.DOUBLE));
        // Sums of up to 2000 products in float.
        equalsLoops(c, DataType.FLOAT, new Close(1e-4, 1e-4));
    }

    private static void equalsLoops(ConvCase c, DataType type, Close close) {
        GraphKernel kernel = new FusedFunction.Convolution(c.geometry(), c.out()).kernel();
        INDArray x = c.input(type);
        INDArray w = c.weight(type);
        INDArray b = c.bias() ? ConvCase.random(3, c.out()).castTo(type) : null;
        INDArray expected = c.naive().output(x, w, b);
        INDArray[] inputs = {x, w, b, null};
        long[] shape = kernel.outputShapes(inputs)[0];
        assertArrayEquals(expected.shape(), shape, c.toString());

        INDArray y = Nd4j.createUninitialized(type, shape, 'c');
        kernel.forward(inputs, new INDArray[] {y});
        close.check("output of " + c, y, expected);

        INDArray dy = ConvCase.random(4, shape).castTo(type);
        NaiveConv.Gradients gradients = c.naive().gradients(x, w, dy);
        INDArray dx = Nd4j.createUninitialized(type, x.shape(), 'c');
        INDArray dw = Nd4j.createUninitialized(type, w.shape(), 'c');
        INDArray db = Nd4j.createUninitialized(type, c.out());
        kernel.backward(inputs, null, dy, new INDArray[] {dx, dw, db, null});
        close.check("gradient of the input of " + c, dx, gradients.input());
        close.check("gradient of the weight of " + c, dw, gradients.weight());
        close.check("gradient of the bias of " + c, db, gradients.bias());

        INDArray alone = Nd4j.createUninitialized(type, w.shape(), 'c');
        kernel.backward(inputs, null, dy, new INDArray[] {null, alone, null, null});
        close.check("gradient of the weight alone of " + c, alone, gradients.weight());
    }
}
