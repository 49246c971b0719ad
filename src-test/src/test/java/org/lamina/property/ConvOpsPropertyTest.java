package org.lamina.property;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.lamina.harness.Close;
import org.lamina.harness.NaiveConv;
import org.lamina.samediff.ops.ConvOps;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The graph function against loops, on random geometries of every kind. */
class ConvOpsPropertyTest {

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

    private static void equalsLoops(ConvCase c) {
        equalsLoops(c, DataType.DOUBLE, Close.of(DataType.DOUBLE));
        // Sums of up to 2000 products in float.
        equalsLoops(c, DataType.FLOAT, new Close(1e-4, 1e-4));
    }

    private static void equalsLoops(ConvCase c, DataType type, Close close) {
        INDArray x = c.input(type);
        INDArray w = c.weight(type);
        INDArray b = c.bias() ? ConvCase.random(3, c.out()).castTo(type) : null;
        INDArray expected = c.naive().output(x, w, b);
        INDArray g = ConvCase.random(4, expected.shape()).castTo(type);

        SameDiff sd = SameDiff.create();
        long[] anyShape = new long[x.rank()];
        Arrays.fill(anyShape, -1);
        anyShape[1] = c.in();
        SDVariable input = sd.placeHolder("x", type, anyShape);
        SDVariable bias = c.bias() ? sd.var("b", b) : null;
        SDVariable y = ConvOps.conv(input, sd.var("w", w), bias, c.geometry());
        y.mul(sd.placeHolder("g", type, g.shape())).sum().markAsLoss();
        Map<String, INDArray> inputs = Map.of("x", x, "g", g);
        close.check("output of " + c, sd.outputSingle(inputs, y.name()), expected);

        List<String> names = new ArrayList<>(List.of("x", "w"));
        if (c.bias()) {
            names.add("b");
        }
        sd.createGradFunction("x");
        Map<String, INDArray> actual = sd.calculateGradients(inputs, names);
        NaiveConv.Gradients gradients = c.naive().gradients(x, w, g);
        close.check("gradient of the input of " + c, actual.get("x"), gradients.input());
        close.check("gradient of the weight of " + c, actual.get("w"), gradients.weight());
        if (c.bias()) {
            close.check("gradient of the bias of " + c, actual.get("b"), gradients.bias());
        }
    }
}
