package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.harness.Option.NAME;
import static org.lamina.harness.Option.REDUCTION;
import static org.lamina.harness.Option.SCALE;

import java.util.List;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.lamina.harness.Option;
import org.lamina.spec.ECASpec;
import org.lamina.spec.SqueezeExcitationSpec;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Squeeze and excitation, efficient channel attention. */
class ChannelGateTest {

    private static LayerBuilder squeeze(Form form) {
        return LayerBuilder.of(form, "SqueezeExcitation").set(REDUCTION, 2);
    }

    private static MultiLayerNetwork network(LayerBuilder layer, InputType input, double scale) {
        MultiLayerNetwork net =
                Nets.single(layer.set(SCALE, scale).build(), input, DataType.DOUBLE);
        Nd4j.getRandom().setSeed(4);
        net.params().assign(Nd4j.randn(DataType.DOUBLE, net.params().shape()));
        return net;
    }

    /** The formula with loops. */
    private static double factor(MultiLayerNetwork net, double[] mean, int channel, double scale) {
        INDArray w1 = net.getParam("0_W1");
        INDArray w2 = net.getParam("0_W2");
        double z = net.getParam("0_b2").getDouble(channel);
        for (int h = 0; h < w1.size(1); h++) {
            double hidden = net.getParam("0_b1").getDouble(h);
            for (int c = 0; c < mean.length; c++) {
                hidden += mean[c] * w1.getDouble(c, h);
            }
            z += Math.max(0, hidden) * w2.getDouble(h, channel);
        }
        return scale / (1 + Math.exp(-z));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void squeezeAndExcitationIsTheFormula(Form form) {
        for (long[] shape :
                new long[][] {{3, 5}, {3, 5, 4}, {2, 5, 3, 4}, {2, 5, 2, 3, 2}, {1, 1, 2, 2}}) {
            MultiLayerNetwork net = network(squeeze(form), Nets.inputType(shape), 2);
            INDArray x = Nd4j.randn(DataType.DOUBLE, shape);
            INDArray expected = x.dup();
            double[][] mean = new double[(int) shape[0]][(int) shape[1]];
            for (long i = 0; i < x.length(); i++) {
                long[] index = Shape.ind2subC(shape, i);
                double share = (double) shape[0] * shape[1] / x.length();
                mean[(int) index[0]][(int) index[1]] += x.getDouble(index) * share;
            }
            for (long i = 0; i < x.length(); i++) {
                long[] index = Shape.ind2subC(shape, i);
                double factor = factor(net, mean[(int) index[0]], (int) index[1], 2);
                expected.putScalar(index, x.getDouble(index) * factor);
            }
            Close.of(DataType.DOUBLE).check("output", net.output(x), expected);
        }
    }

    /** The mean is over unmasked steps: a masked series is as good as a shorter one. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void aMaskedSeriesIsAShorterOne(Form form) {
        for (LayerBuilder layer : List.of(squeeze(form), LayerBuilder.of(form, "ECA"))) {
            checkMasked(network(layer, InputType.recurrent(4, 7), 1));
        }
    }

    private static void checkMasked(MultiLayerNetwork net) {
        INDArray x = Nd4j.randn(DataType.DOUBLE, 2, 4, 7);
        INDArray mask = Nd4j.ones(DataType.DOUBLE, 2, 7);
        mask.get(NDArrayIndex.all(), NDArrayIndex.interval(3, 7)).assign(0);
        INDArray g = Nd4j.randn(DataType.DOUBLE, 2, 4, 7);
        Nets.Pass masked = Nets.pass(net, x, mask, g);
        Nets.Pass shorter = Nets.pass(net, first(x), first(g));
        Close close = Close.of(DataType.DOUBLE);
        close.check("output", first(masked.output()), shorter.output());
        close.check("input gradient", first(masked.inputGradient()), shorter.inputGradient());
        shorter.gradients()
                .forEach((key, value) -> close.check(key, masked.gradients().get(key), value));
    }

    private static INDArray first(INDArray series) {
        return series.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, 3))
                .dup('c');
    }

    @Test
    void hiddenUnits() {
        assertEquals(0, SqueezeExcitationSpec.of(0).hidden());
        assertEquals(4, SqueezeExcitationSpec.of(64).hidden());
        assertEquals(1, SqueezeExcitationSpec.of(3).hidden());
        assertEquals(3, excitation(7, 2, null).hidden());
        assertEquals(9, excitation(0, null, 9L).hidden());
        assertEquals(8, excitation(4, 2, null).withInChannels(16).hidden());
    }

    private static SqueezeExcitationSpec excitation(long channels, Integer reduction, Long hidden) {
        return new SqueezeExcitationSpec(
                channels,
                reduction,
                hidden,
                true,
                new ActivationReLU(),
                new ActivationSigmoid(),
                1);
    }

    /** The sizes of the authors' code, of which timm's are a copy. */
    @Test
    void kernelSizeOfChannelAttention() {
        int[][] sizes = {
            {1, 3}, {16, 3}, {64, 3}, {127, 3}, {128, 5}, {512, 5}, {2047, 5}, {2048, 7}, {0, 0}
        };
        for (int[] size : sizes) {
            assertEquals(size[1], ECASpec.of(size[0]).kernelSize(), size[0] + "");
        }
        assertEquals(9, new ECASpec(0, 9, new ActivationSigmoid(), 1).kernelSize());
        assertEquals(5, ECASpec.of(4).withInChannels(256).kernelSize());
    }

    @Test
    void namesAFunctionThatSameDiffLacks() {
        for (Option field : List.of(Option.GATE, Option.INNER_ACTIVATION)) {
            LayerBuilder.of(Form.NATIVE, "SqueezeExcitation")
                    .set(field, new ActivationRReLU())
                    .build();
            LayerBuilder wrong =
                    LayerBuilder.of(Form.SAMEDIFF, "SqueezeExcitation")
                            .set(NAME, "probe")
                            .set(field, new ActivationRReLU());
            String message =
                    assertThrows(DL4JInvalidConfigException.class, wrong::build).getMessage();
            assertTrue(message.contains("\"probe\": " + field + " = "), message);
        }
    }
}
