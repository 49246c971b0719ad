package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Arrays;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.harness.Close;
import org.lamina.harness.Gradients;
import org.lamina.harness.Nets;
import org.lamina.layers.samediff.SameDiffConv2D;
import org.lamina.layers.samediff.SameDiffFWS;
import org.lamina.spec.WeightStandardization;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Numbers of the wrapper that standardizes a convolution's weights, around DL4J's layers and this
 * project's. Golden values are in {@code GoldenTest}.
 */
class FWSTest {

    @ParameterizedTest
    @MethodSource("org.lamina.layers.WrappedLayer#all")
    void gradientsFlowIfDifferentiable(WrappedLayer wrapped) {
        for (boolean learnable : new boolean[] {true, false}) {
            MultiLayerNetwork net =
                    wrapped.single(
                            wrapped.builder()
                                    .differentiable(true)
                                    .learnableGain(learnable)
                                    .standardization(WeightStandardization.nfnet())
                                    .build());
            INDArray x = wrapped.batch(2, 1);
            INDArray stored = net.params().dup();
            INDArray g = WrappedLayer.random(2, net.output(x).shape());
            assertEquals(stored, net.params(), "the stored weights changed");
            if (learnable) {
                Gradients.check(net, x, null, g);
            } else {
                Nets.Pass pass = Nets.pass(net, x, g);
                assertEquals(0, pass.gradients().get("0_gain").amaxNumber().doubleValue());
                assertNotEquals(0, pass.gradients().get("0_W").amaxNumber().doubleValue());
            }
        }
    }

    /** Wherever its parameters begin in the network's; see the layer contract's placement. */
    @ParameterizedTest
    @MethodSource("org.lamina.layers.WrappedLayer#all")
    void isTheSameBehindOtherLayers(WrappedLayer wrapped) {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            Supplier<Layer> layer = () -> wrapped.builder().differentiable(true).build();
            MultiLayerNetwork first = Nets.single(layer.get(), wrapped.input(), type);
            first.params().assign(WrappedLayer.random(5, first.params().shape()).muli(0.5));
            INDArray x = wrapped.batch(2, 1).castTo(type);
            INDArray g = WrappedLayer.random(2, first.output(x).shape()).castTo(type);
            Nets.Pass expected = Nets.pass(first, x, g);
            for (long offset : Nets.offsets(first.paramTable())) {
                Nets.Pass actual =
                        Nets.pass(
                                Nets.behind(offset, layer.get(), wrapped.input(), first.params()),
                                x,
                                g);
                Close.of(type).check("output", actual.output(), expected.output());
                Close.of(type).check("dx", actual.inputGradient(), expected.inputGradient());
                expected.gradients()
                        .forEach((k, v) -> Close.of(type).check(k, actual.gradients().get(k), v));
            }
        }
    }

    /** What shifts or scales all weights of one unit changes nothing. */
    @ParameterizedTest
    @MethodSource("org.lamina.layers.WrappedLayer#all")
    void eachUnitIsStandardizedByItself(WrappedLayer wrapped) {
        MultiLayerNetwork net = wrapped.single(wrapped.builder().differentiable(true).build());
        INDArray x = wrapped.batch(2, 1);
        INDArray expected = net.output(x).dup();
        INDArray weight = net.getParam("0_W").reshape('c', wrapped.shape());
        for (long unit = 0; unit < weight.size(wrapped.unitAxes()[0]); unit++) {
            INDArrayIndex[] index = new INDArrayIndex[weight.rank()];
            Arrays.fill(index, NDArrayIndex.all());
            for (int axis : wrapped.unitAxes()) {
                index[axis] = NDArrayIndex.interval(0, 1);
            }
            index[wrapped.unitAxes()[0]] = NDArrayIndex.interval(unit, unit + 1);
            INDArray part = weight.get(index);
            part.muli(3 + unit).addi(0.7 - unit);
        }
        Close.of(DataType.DOUBLE).check("output", net.output(x), expected);
        weight.putScalar(new long[weight.rank()], 9);
        assertNotEquals(expected, net.output(x));
    }

    @ParameterizedTest
    @MethodSource("org.lamina.layers.WrappedLayer#all")
    void inPlaceComputesTheSameAndKeepsIt(WrappedLayer wrapped) {
        MultiLayerNetwork differentiable =
                wrapped.single(wrapped.builder().differentiable(true).build());
        MultiLayerNetwork inPlace = wrapped.single(wrapped.builder().build());
        INDArray x = wrapped.batch(2, 1);
        INDArray g = WrappedLayer.random(2, differentiable.output(x).shape());
        Nets.Pass expected = Nets.pass(differentiable, x, g);
        Nets.Pass actual = Nets.pass(inPlace, x, g);
        Close close = Close.of(DataType.DOUBLE);
        close.check("output", actual.output(), expected.output());
        close.check("input gradient", actual.inputGradient(), expected.inputGradient());
        assertEquals(0, actual.gradients().get("0_gain").amaxNumber().doubleValue());

        // The wrapped layer alone, with the weights that are stored now.
        MultiLayerNetwork plain = wrapped.single(wrapped.layer().get());
        plain.getParam("0_W").assign(inPlace.getParam("0_W"));
        plain.getParam("0_b").assign(inPlace.getParam("0_b"));
        Nets.Pass alone = Nets.pass(plain, x, g);
        close.check("output, layer alone", alone.output(), actual.output());
        close.check("W", actual.gradients().get("0_W"), alone.gradients().get("0_W"));
        close.check("b", actual.gradients().get("0_b"), alone.gradients().get("0_b"));
    }

    @ParameterizedTest
    @MethodSource("org.lamina.layers.WrappedLayer#all")
    void constEvalUsesStoredWeightsInEvaluation(WrappedLayer wrapped) {
        for (boolean differentiable : new boolean[] {false, true}) {
            MultiLayerNetwork net =
                    wrapped.single(
                            wrapped.builder()
                                    .constEval(true)
                                    .differentiable(differentiable)
                                    .build());
            MultiLayerNetwork plain = wrapped.single(wrapped.layer().get());
            plain.getParam("0_W").assign(net.getParam("0_W"));
            plain.getParam("0_b").assign(net.getParam("0_b"));
            INDArray x = wrapped.batch(2, 1);
            INDArray stored = net.params().dup();
            Close.of(DataType.DOUBLE).check("evaluation", net.output(x), plain.output(x));
            assertEquals(stored, net.params());
            assertNotEquals(plain.output(x), net.output(x, true));
            assertEquals(differentiable, stored.equals(net.params()));
        }
    }

    @Test
    void bothFormsTrainAlike() {
        for (boolean differentiable : new boolean[] {false, true}) {
            for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
                InputType input = InputType.convolutional(6, 7, 3);
                Layer nat =
                        new FWS.Builder(new Conv2D.Builder(3, 3).nOut(4).build())
                                .differentiable(differentiable)
                                .build();
                Layer same =
                        new SameDiffFWS.Builder(new SameDiffConv2D.Builder(3, 3).nOut(4).build())
                                .differentiable(differentiable)
                                .build();
                MultiLayerNetwork a = Nets.classifier(nat, input, type, new Adam(0.01));
                MultiLayerNetwork b = Nets.classifier(same, input, type, new Adam(0.01));
                b.setParams(a.params());
                INDArray x = WrappedLayer.random(3, 5, 3, 6, 7).castTo(type);
                INDArray y = Nets.labels(a.output(x));
                INDArray gain = a.getParam("0_gain").dup();
                for (int step = 0; step < 20; step++) {
                    a.fit(x, y);
                    b.fit(x, y);
                }
                Close close =
                        type == DataType.DOUBLE ? new Close(1e-7, 1e-8) : new Close(1e-3, 1e-3);
                close.check("parameters", b.params(), a.params());
                assertEquals(!differentiable, gain.equals(a.getParam("0_gain")), "gain");
            }
        }
    }
}
