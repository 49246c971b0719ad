package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.harness.Option.ACTIVATION;
import static org.lamina.harness.Option.GROUPS;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.WEIGHT_INIT;

import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.lamina.harness.Option;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Convolutions with standardized weights against plain ones, and how their weights start. */
class WSConvTest {

    private static final int GEOMETRIES = 50;

    /** A random geometry, the same for every kind of layer. */
    private static final class Geometry {
        final int rank;
        final int[] kernel;
        final long[] size;
        final int out;
        final Object[] options;

        Geometry(long seed) {
            Random r = new Random(seed);
            rank = 1 + r.nextInt(3);
            int groups = 1 + r.nextInt(2);
            kernel = new int[rank];
            int[] stride = new int[rank];
            int[] dilation = new int[rank];
            int[] padding = new int[rank];
            size = new long[rank + 1];
            size[0] = (long) groups * (1 + r.nextInt(2));
            out = groups * (1 + r.nextInt(3));
            for (int d = 0; d < rank; d++) {
                kernel[d] = 2 + r.nextInt(2);
                stride[d] = 1 + r.nextInt(2);
                dilation[d] = 1 + r.nextInt(2);
                padding[d] = r.nextInt(3);
                // Large enough for what reflection and continuation can add.
                int least = Math.max(dilation[d] * (kernel[d] - 1), padding[d]) + 1;
                size[d + 1] = (long) least + r.nextInt(3);
            }
            options =
                    new Object[] {
                        Option.N_OUT, out,
                        Option.GROUPS, groups,
                        Option.STRIDE, stride,
                        Option.DILATION, dilation,
                        Option.PADDING, padding,
                        Option.PADDING_MODE, PaddingMode.values()[r.nextInt(4)],
                        Option.HAS_BIAS, r.nextBoolean(),
                        Option.ACTIVATION, Activation.TANH
                    };
        }

        MultiLayerNetwork network(Form form, String prefix) {
            LayerBuilder builder = LayerBuilder.of(form, prefix + rank + "D", kernel);
            for (int i = 0; i < options.length; i += 2) {
                builder.set((Option) options[i], options[i + 1]);
            }
            return Nets.single(builder.build(), Nets.inputType(batch(0).shape()), DataType.DOUBLE);
        }

        INDArray batch(long seed) {
            long[] shape = new long[size.length + 1];
            shape[0] = 2;
            System.arraycopy(size, 0, shape, 1, size.length);
            return random(seed, shape);
        }
    }

    private static INDArray random(long seed, long... shape) {
        Random random = new Random(seed);
        INDArray array = Nd4j.create(DataType.DOUBLE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, random.nextGaussian());
        }
        return array;
    }

    /** Plain loops: elektronn3's formula. */
    private static INDArray standardized(INDArray weight, INDArray gain) {
        long units = weight.size(0);
        INDArray rows = weight.dup('c').reshape('c', units, weight.length() / units);
        for (long u = 0; u < units; u++) {
            double mean = 0;
            for (long e = 0; e < rows.size(1); e++) {
                mean += rows.getDouble(u, e) / rows.size(1);
            }
            double squares = 0;
            for (long e = 0; e < rows.size(1); e++) {
                squares += Math.pow(rows.getDouble(u, e) - mean, 2);
            }
            double scaled = Math.max(squares / (rows.size(1) - 1) * weight.length(), 1e-4);
            for (long e = 0; e < rows.size(1); e++) {
                double centred = rows.getDouble(u, e) - mean;
                rows.putScalar(u, e, gain.getDouble(u) * centred / Math.sqrt(scaled));
            }
        }
        return rows.reshape('c', weight.shape());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void equalsThePlainConvolutionWithStandardizedWeights(Form form) {
        Close close = Close.of(DataType.DOUBLE);
        for (int seed = 0; seed < GEOMETRIES; seed++) {
            Geometry geometry = new Geometry(seed);
            MultiLayerNetwork net = geometry.network(form, "WSConv");
            MultiLayerNetwork plain = geometry.network(Form.NATIVE, "Conv");
            net.params().assign(random(seed, net.params().shape()));
            plain.getParam("0_W").assign(standardized(net.getParam("0_W"), net.getParam("0_gain")));
            if (plain.paramTable().containsKey("0_b")) {
                plain.getParam("0_b").assign(net.getParam("0_b"));
            }
            INDArray x = geometry.batch(seed + 1);
            INDArray g = random(seed + 2, plain.output(x).shape());
            Nets.Pass expected = Nets.pass(plain, x, g);
            Nets.Pass actual = Nets.pass(net, x, g);
            String what = ", seed " + seed;
            close.check("output" + what, actual.output(), expected.output());
            close.check("dx" + what, actual.inputGradient(), expected.inputGradient());
            INDArray dw = expected.gradients().get("0_W");
            INDArray dGain =
                    dw.mul(plain.getParam("0_W"))
                            .reshape(geometry.out, -1)
                            .sum(1)
                            .divi(net.getParam("0_gain"));
            close.check("dGain" + what, actual.gradients().get("0_gain"), dGain);
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void weightsStartAsKaimingsWhateverTheNetworkSays(Form form) {
        Layer layer = LayerBuilder.of(form, "WSConv2D", 3, 3).set(N_OUT, 64).set(GROUPS, 4).build();
        MultiLayerNetwork net = network(layer, WeightInit.ZERO);
        double expected = Math.sqrt(2.0 / (16 * 9));
        assertEquals(0, net.getParam("0_W").meanNumber().doubleValue(), 0.05 * expected);
        assertEquals(expected, net.getParam("0_W").stdNumber().doubleValue(), 0.03 * expected);
        assertEquals(Nd4j.ones(DataType.FLOAT, 64), net.getParam("0_gain"));
        assertEquals(Nd4j.zeros(DataType.FLOAT, 64), net.getParam("0_b"));

        Layer own =
                LayerBuilder.of(form, "WSConv2D", 3, 3)
                        .set(N_OUT, 64)
                        .set(WEIGHT_INIT, WeightInit.ONES)
                        .build();
        assertEquals(1, network(own, WeightInit.ZERO).getParam("0_W").minNumber().doubleValue());
        Layer plain = LayerBuilder.of(form, "Conv2D", 3, 3).set(N_OUT, 64).build();
        assertEquals(0, network(plain, WeightInit.ZERO).getParam("0_W").amaxNumber().doubleValue());
    }

    private static MultiLayerNetwork network(Layer layer, WeightInit global) {
        return Nets.init(
                Nets.config(DataType.FLOAT, new Sgd(0.1))
                        .weightInit(global)
                        .list()
                        .layer(layer)
                        .setInputType(InputType.convolutional(5, 5, 64)));
    }

    /** One unit's weights all alike: their variance is below eps, and no gradient is NaN. */
    @Test
    void constantWeightsGiveTheBias() {
        for (Form form : Form.values()) {
            MultiLayerNetwork net =
                    Nets.single(
                            LayerBuilder.of(form, "WSConv2D", 3, 3)
                                    .set(N_OUT, 2)
                                    .set(ACTIVATION, Activation.IDENTITY)
                                    .build(),
                            InputType.convolutional(5, 5, 2),
                            DataType.FLOAT);
            net.getParam("0_W").assign(0.3);
            net.getParam("0_b").assign(0.7);
            INDArray x = random(1, 2, 2, 5, 5).castTo(DataType.FLOAT);
            INDArray output = net.output(x);
            assertEquals(0.7, output.maxNumber().doubleValue(), 1e-4);
            assertEquals(0.7, output.minNumber().doubleValue(), 1e-4);
            Nets.Pass pass = Nets.pass(net, x, random(2, output.shape()).castTo(DataType.FLOAT));
            pass.gradients().values().forEach(g -> assertTrue(!g.isNaN().any(), "NaN"));
        }
    }

    /** Files from before gains could be left out do not say that there is one. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void anOlderConfigurationHasAGain(Form form) {
        for (String layer : List.of("WSConv2D", "WSConvTranspose2D")) {
            MultiLayerConfiguration conf =
                    network(LayerBuilder.of(form, layer, 3).set(N_OUT, 2).build(), WeightInit.ONES)
                            .getLayerWiseConfigurations();
            String older = conf.toJson().replaceAll("\"gain\" : true,|,\\s*\"gain\" : true", "");
            assertFalse(older.contains("\"gain\" :"), older);
            assertEquals(conf, MultiLayerConfiguration.fromJson(older));
        }
    }
}
