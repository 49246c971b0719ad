package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.constraints.MaxNorm;
import org.lamina.harness.Close;
import org.lamina.harness.EveryOther;
import org.lamina.harness.Gradients;
import org.lamina.harness.HalfAsMuch;
import org.lamina.harness.Nets;
import org.lamina.layers.samediff.SameDiffFWS;
import org.lamina.layers.samediff.SpecSameDiffLayer;
import org.lamina.layers.wrapper.StandardizedWeights;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;

/** What the wrapped layer is given by {@link FWS}, the network and the user. */
class FWSSettingsTest {

    @ParameterizedTest
    @MethodSource("org.lamina.layers.WrappedLayer#all")
    void constraintsHoldForTheStoredWeights(WrappedLayer wrapped) {
        MultiLayerNetwork net =
                wrapped.classifier(
                        wrapped.builder()
                                .differentiable(true)
                                .constrainWeights(new NonNegativeConstraint())
                                .build());
        INDArray x = wrapped.batch(4, 1);
        net.fit(x, Nets.labels(net.output(x)));
        INDArray weight = net.getParam("0_W");
        assertTrue(weight.minNumber().doubleValue() >= 0, "negative: " + weight);
        assertTrue(weight.maxNumber().doubleValue() > 0, "all zero");
        net.fit(x, Nets.labels(net.output(x)));
        assertFalse(net.params().isNaN().any());
    }

    @Test
    void theWrappedLayerTakesTheNetworksDefaultsAndKeepsItsOwn() {
        Layer fws =
                new FWS.Builder(
                                new ConvolutionLayer.Builder(3, 3)
                                        .nOut(4)
                                        .l2(0.3)
                                        .constrainWeights(new MaxNorm(0.1))
                                        .build())
                        .differentiable(true)
                        .build();
        MultiLayerNetwork net =
                Nets.init(
                        Nets.config(DataType.DOUBLE, new Sgd(0.1))
                                .activation(Activation.TANH)
                                .dropOut(0.5)
                                .constrainWeights(new NonNegativeConstraint())
                                .list()
                                .layer(fws)
                                .setInputType(InputType.convolutional(5, 5, 2)));
        StandardizedWeights conf = (StandardizedWeights) net.getLayer(0).conf().getLayer();
        ConvolutionLayer inner = (ConvolutionLayer) conf.getUnderlying();
        assertEquals(Activation.TANH.getActivationFunction(), inner.getActivationFn());
        assertEquals(2, inner.getNIn());
        assertEquals(1, inner.getConstraints().size());
        assertTrue(inner.getConstraints().get(0) instanceof MaxNorm);
        assertEquals(new Sgd(0.1), conf.getUpdaterByParam("gain"));
        assertEquals(1, conf.getRegularizationByParam("W").size());
        assertNull(conf.getRegularizationByParam("gain"));
        assertEquals(inner.getIDropout(), conf.getIDropout());
        double sum = Math.pow(net.getParam("0_W").norm2Number().doubleValue(), 2);
        assertEquals(0.15 * sum, net.calcRegularizationScore(true), 1e-12);
        net.getLayer(0).params().muli(100);
        net.getLayer(0).applyConstraints(0, 0);
        INDArray norms = net.getParam("0_W").norm2(1, 2, 3);
        assertTrue(norms.maxNumber().doubleValue() <= 0.1 + 1e-9, "norms " + norms);
    }

    @ParameterizedTest
    @MethodSource("org.lamina.layers.WrappedLayer#all")
    void dropoutAndWeightNoiseOfTheWrappedLayer(WrappedLayer wrapped) {
        Layer fws = wrapped.builder().differentiable(true).dropOut(new EveryOther()).build();
        MultiLayerNetwork net = wrapped.single(fws);
        MultiLayerNetwork plain = wrapped.single(wrapped.builder().differentiable(true).build());
        INDArray x = wrapped.batch(2, 1);
        Close close = Close.of(DataType.DOUBLE);
        close.check("evaluation", net.output(x), plain.output(x));
        close.check("training", net.output(x, true), plain.output(EveryOther.applied(x)));

        Layer noisy = wrapped.layer().get();
        if (noisy instanceof Convolution1DLayer) {
            return; // DL4J's 1-D convolution has no weight noise, whatever its configuration says
        }
        if (noisy instanceof SpecSameDiffLayer) {
            ((SpecSameDiffLayer<?>) noisy).setWeightNoise(new HalfAsMuch());
        } else {
            ((org.deeplearning4j.nn.conf.layers.BaseLayer) noisy).setWeightNoise(new HalfAsMuch());
        }
        MultiLayerNetwork withNoise =
                wrapped.single(
                        new WrappedLayer("", () -> noisy, wrapped.size(), wrapped.shape())
                                .builder()
                                .differentiable(true)
                                .build());
        close.check("evaluation", withNoise.output(x), plain.output(x));
        plain.getParam("0_gain").muli(0.5);
        plain.getParam("0_b").muli(0.5);
        close.check("training", withNoise.output(x, true), plain.output(x));
    }

    @Test
    void masksReachTheWrappedLayer() {
        for (Layer fws :
                new Layer[] {
                    new FWS.Builder(WrappedLayer.all().toList().get(7).layer().get())
                            .differentiable(true)
                            .build(),
                    new SameDiffFWS.Builder(WrappedLayer.all().toList().get(8).layer().get())
                            .differentiable(true)
                            .build()
                }) {
            MultiLayerNetwork net = Nets.single(fws, InputType.recurrent(2, 9), DataType.DOUBLE);
            INDArray x = WrappedLayer.random(1, 3, 2, 9);
            INDArray mask = Nd4j.ones(DataType.DOUBLE, 3, 9);
            mask.getRow(1).assign(0);
            mask.getRow(2).get(NDArrayIndex.interval(5, 9)).assign(0);
            INDArray output = net.output(x, false, mask, null);
            assertEquals(0, output.slice(1).amaxNumber().doubleValue());
            Gradients.check(net, x, mask, WrappedLayer.random(2, output.shape()));
        }
    }
}
