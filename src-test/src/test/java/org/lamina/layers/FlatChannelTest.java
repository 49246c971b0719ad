package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.lamina.harness.Option.ACTIVATION;
import static org.lamina.harness.Option.EPS;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.lamina.samediff.ops.NormOps;
import org.lamina.spec.BatchNormSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Batch normalization without eps of a channel that is constant, to a value whose mean is not
 * exact: its output is beta, and only beta has a gradient, as in PyTorch's training.
 */
class FlatChannelTest {

    private static final int FLAT = 1;
    private static final int CHANNELS = 3;

    /** Below 8 positions, and above, float takes other code. */
    static List<Arguments> layers() {
        List<Arguments> layers = new ArrayList<>();
        for (Form form : Form.values()) {
            for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
                for (long[] shape :
                        new long[][] {
                            {7, 3}, {6, 3, 5}, {3, 3, 4, 7}, {1, 3, 70}, {2, 3, 2, 3, 4}
                        }) {
                    layers.add(Arguments.of(form, type, shape));
                }
            }
        }
        return layers;
    }

    private static INDArray input(DataType type, long... shape) {
        INDArray x = Nd4j.randn(type, shape);
        channel(x).assign(0.3);
        return x;
    }

    private static INDArray channel(INDArray array) {
        return array.get(NDArrayIndex.all(), NDArrayIndex.point(FLAT));
    }

    private static MultiLayerNetwork network(Form form, DataType type, long... shape) {
        LayerBuilder layer = LayerBuilder.of(form, "BatchNorm").set(EPS, 0.0);
        layer.set(ACTIVATION, Activation.IDENTITY);
        MultiLayerNetwork net = Nets.single(layer.build(), Nets.inputType(shape), type);
        net.getParam("0_gamma").assign(Nd4j.createFromArray(0.5, 2, -1).castTo(type));
        net.getParam("0_beta").assign(Nd4j.createFromArray(1.0, 0.25, 3).castTo(type));
        return net;
    }

    @ParameterizedTest
    @MethodSource("layers")
    void inTraining(Form form, DataType type, long[] shape) {
        MultiLayerNetwork net = network(form, type, shape);
        INDArray x = input(type, shape);
        INDArray dy = Nd4j.randn(type, shape);
        Nets.Pass pass = Nets.pass(net, x, dy);
        checkFlat(type, pass.output(), pass.inputGradient(), pass.gradients(), dy, "0_");
        // The others are as if they were alone.
        INDArray other = x.dup();
        channel(other).assign(Nd4j.randn(type, channel(other).shape()));
        Nets.Pass expected = Nets.pass(network(form, type, shape), other, dy);
        for (INDArray array : List.of(expected.output(), pass.output())) {
            channel(array).assign(0);
        }
        channel(expected.inputGradient()).assign(0);
        Close.of(type).check("output", pass.output(), expected.output());
        Close.of(type).check("gradient", pass.inputGradient(), expected.inputGradient());
    }

    private static void checkFlat(
            DataType type,
            INDArray output,
            INDArray dx,
            Map<String, INDArray> gradients,
            INDArray dy,
            String prefix) {
        Close close = Close.of(type);
        INDArray flat = channel(output);
        close.check("output", flat, Nd4j.valueArrayOf(flat.shape(), 0.25, type));
        close.check("input gradient", channel(dx), Nd4j.zeros(type, flat.shape()));
        INDArray dGamma = gradients.get(prefix + "gamma");
        assertFalse(dGamma.isNaN().any() || dGamma.getDouble(FLAT) != 0, "gamma: " + dGamma);
        close.check(
                "gradient of beta",
                Nd4j.scalar(gradients.get(prefix + "beta").getDouble(FLAT)),
                Nd4j.scalar(channel(dy).sumNumber().doubleValue()));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void inEvaluation(Form form, DataType type, long[] shape) {
        MultiLayerNetwork net = network(form, type, shape);
        net.getParam("0_mean").assign(5);
        net.getParam("0_var").putScalar(FLAT, 0);
        INDArray y = net.output(Nd4j.randn(type, shape));
        INDArray flat = channel(y);
        Close.of(type).check("output", flat, Nd4j.valueArrayOf(flat.shape(), 0.25, type));
        assertFalse(y.isNaN().any());
    }

    /** Masked steps do not count, whatever they are; with fewer of them nothing is constant. */
    @ParameterizedTest
    @MethodSource("layers")
    void withMask(Form form, DataType type, long[] shape) {
        if (shape.length != 3) {
            return;
        }
        MultiLayerNetwork net = network(form, type, shape);
        INDArray mask = Nd4j.ones(type, shape[0], shape[2]);
        mask.putScalar(0, shape[2] - 1, 0);
        INDArray x = input(type, shape);
        x.putScalar(new long[] {0, FLAT, shape[2] - 1}, 40);
        Nets.Pass pass = Nets.pass(net, x, mask, Nd4j.ones(type, shape));
        INDArray flat = channel(pass.output());
        flat.putScalar(new long[] {0, shape[2] - 1}, 0.25);
        Close.of(type).check("output", flat, Nd4j.valueArrayOf(flat.shape(), 0.25, type));
        assertFalse(pass.inputGradient().isNaN().any());
        INDArray dGamma = pass.gradients().get("0_gamma");
        assertFalse(dGamma.isNaN().any() || dGamma.getDouble(FLAT) != 0, "gamma: " + dGamma);
    }

    /** In a graph of one's own, given statistics and the minibatch's. */
    @Test
    void inAGraph() {
        for (boolean training : new boolean[] {true, false}) {
            long[] shape = {6, CHANNELS, 5};
            SameDiff sd = SameDiff.create();
            SDVariable x = sd.var("x", input(DataType.DOUBLE, shape));
            Map<String, SDVariable> params =
                    Map.of(
                            BatchNormSpec.GAMMA, sd.var("gamma", Nd4j.createFromArray(0.5, 2, -1)),
                            BatchNormSpec.BETA, sd.var("beta", Nd4j.createFromArray(1, 0.25, 3)),
                            BatchNormSpec.MEAN, sd.constant(Nd4j.createFromArray(1.0, 2, 3)),
                            BatchNormSpec.VARIANCE, sd.constant(Nd4j.createFromArray(1.0, 0, 3)));
            SDVariable y = NormOps.batchNorm(x, 3, params, 0, training, null).output();
            INDArray dy = Nd4j.randn(DataType.DOUBLE, shape);
            y.mul(sd.constant(dy)).sum().markAsLoss();
            Map<String, INDArray> gradients = sd.calculateGradients(null, "x", "gamma", "beta");
            checkFlat(DataType.DOUBLE, y.eval(), gradients.get("x"), gradients, dy, "");
        }
    }
}
