package org.lamina.property;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.Nets;
import org.lamina.harness.Option;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Every convolutional layer on random geometries: the output and its shape are those of loops, the
 * gradients those of differences of the loops, in both forms; both forms agree.
 */
class ConvLayerPropertyTest {

    private static final DataType TYPE = DataType.DOUBLE;
    private static final double STEP = 1e-4;

    @Property
    void oneDimension(@ForAll(supplier = ConvCase.OneDimension.class) ConvCase c) {
        checkLayers(c);
    }

    @Property
    void twoDimensions(@ForAll(supplier = ConvCase.TwoDimensions.class) ConvCase c) {
        checkLayers(c);
    }

    @Property
    void threeDimensions(@ForAll(supplier = ConvCase.ThreeDimensions.class) ConvCase c) {
        checkLayers(c);
    }

    private static void checkLayers(ConvCase c) {
        for (ConvLayer layer : ConvLayer.ALL) {
            if (layer.rank() == c.rank() && layer.takes().test(c)) {
                try {
                    check(layer, c);
                } catch (RuntimeException | AssertionError e) {
                    throw new AssertionError(layer.name() + ", " + c + ": " + e.getMessage(), e);
                }
            }
        }
    }

    private static void check(ConvLayer layer, ConvCase c) {
        INDArray x = c.input(TYPE);
        MultiLayerNetwork nat = network(layer, Form.NATIVE, c);
        nat.setParams(ConvCase.random(2, nat.params().shape()));
        Map<String, INDArray> params = new LinkedHashMap<>();
        nat.paramTable().forEach((key, value) -> params.put(key.substring(2), value.dup('c')));
        INDArray expected = layer.loops().output(c, x, params);
        INDArray dy = ConvCase.random(3, expected.shape());

        Nets.Pass pass = Nets.pass(nat, x, dy);
        Close.of(TYPE).check("output", pass.output(), expected);
        checkSize(layer, c, expected);
        checkGradient(layer, c, "the input", x, pass.inputGradient(), x, params, dy);
        pass.gradients()
                .forEach(
                        (key, gradient) -> {
                            INDArray param = params.get(key.substring(2));
                            checkGradient(layer, c, key, param, gradient, x, params, dy);
                        });

        MultiLayerNetwork same = network(layer, Form.SAMEDIFF, c);
        same.setParams(nat.params());
        Nets.Pass other = Nets.pass(same, x, dy);
        Close close = Close.of(TYPE);
        close.check("SameDiff's output", other.output(), pass.output());
        close.check("SameDiff's input gradient", other.inputGradient(), pass.inputGradient());
        assertEquals(pass.gradients().keySet(), other.gradients().keySet());
        other.gradients()
                .forEach(
                        (k, g) ->
                                close.check(
                                        "SameDiff's gradient " + k, g, pass.gradients().get(k)));
    }

    private static MultiLayerNetwork network(ConvLayer layer, Form form, ConvCase c) {
        return Nets.single(layer.builder(form, c).build(), inputType(c), TYPE);
    }

    private static void checkSize(ConvLayer layer, ConvCase c, INDArray expected) {
        for (Form form : Form.values()) {
            InputType type =
                    layer.builder(form, c)
                            .set(Option.N_IN, c.in())
                            .build()
                            .getOutputType(0, inputType(c));
            long[] shape = type.getShape(true);
            shape[0] = expected.size(0);
            assertArrayEquals(expected.shape(), shape, form + ": output type");
        }
    }

    /**
     * The derivative along a random direction: it has every element of the gradient in it. The
     * array is changed in place and restored.
     */
    private static void checkGradient(
            ConvLayer layer,
            ConvCase c,
            String what,
            INDArray array,
            INDArray gradient,
            INDArray x,
            Map<String, INDArray> params,
            INDArray dy) {
        INDArray direction = ConvCase.random(4, array.shape());
        INDArray original = array.dup('c');
        array.addi(direction.mul(STEP));
        double above = layer.loops().output(c, x, params).mul(dy).sumNumber().doubleValue();
        array.assign(original).subi(direction.mul(STEP));
        double below = layer.loops().output(c, x, params).mul(dy).sumNumber().doubleValue();
        array.assign(original);
        double expected = (above - below) / (2 * STEP);
        double actual = gradient.mul(direction).sumNumber().doubleValue();
        double scale = 1 + gradient.norm2Number().doubleValue();
        assertEquals(expected, actual, 1e-6 * scale, "gradient of " + what);
    }

    private static InputType inputType(ConvCase c) {
        long[] s = c.size();
        return switch (c.rank()) {
            case 1 -> InputType.recurrent(c.in(), s[0], RNNFormat.NCW);
            case 2 -> InputType.convolutional(s[0], s[1], c.in(), CNN2DFormat.NCHW);
            default ->
                    InputType.convolutional3D(
                            Convolution3D.DataFormat.NCDHW, s[0], s[1], s[2], c.in());
        };
    }
}
