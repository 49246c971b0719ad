package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.harness.Option.INPUT_GRADIENT;
import static org.lamina.harness.Option.N_OUT;
import static org.lamina.harness.Option.OUTPUT_SIZE;
import static org.lamina.harness.Option.SEED;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.constraints.Constraints;
import org.lamina.harness.Form;
import org.lamina.harness.LayerBuilder;
import org.lamina.harness.Nets;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.layers.samediff.SameDiffConstrainedConv2D;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** What a layer owes DL4J beside its numbers. */
class LayerBehaviourTest {

    private static MultiLayerNetwork network(InputType input, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list =
                new NeuralNetConfiguration.Builder().updater(new Sgd(0.5)).list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        MultiLayerNetwork network =
                new MultiLayerNetwork(
                        list.layer(
                                        new OutputLayer.Builder()
                                                .nOut(2)
                                                .activation(Activation.SOFTMAX)
                                                .build())
                                .setInputType(input)
                                .build());
        network.init();
        return network;
    }

    private static DataSet data() {
        return new DataSet(
                Nd4j.randn(DataType.FLOAT, 4, 2, 5, 6),
                Nd4j.createFromArray(new float[][] {{1, 0}, {0, 1}, {1, 0}, {0, 1}}));
    }

    private static Layer conv(boolean sameDiff) {
        return sameDiff
                ? new SameDiffConstrainedConv2D.Builder(3)
                        .name("conv")
                        .nOut(3)
                        .maxNorm(0.5)
                        .constrainOnForward(true)
                        .constrainBias(new NonNegativeConstraint())
                        .activation(Activation.TANH)
                        .build()
                : new ConstrainedConv2D.Builder(3)
                        .name("conv")
                        .nOut(3)
                        .maxNorm(0.5)
                        .constrainOnForward(true)
                        .constrainBias(new NonNegativeConstraint())
                        .activation(Activation.TANH)
                        .build();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void constrainOnForwardKeepsOtherConstraints(boolean sameDiff) {
        MultiLayerNetwork network = network(InputType.convolutional(5, 6, 2), conv(sameDiff));
        network.getLayer(0).getParam("b").assign(-1);
        network.fit(data());
        assertTrue(network.getLayer(0).getParam("b").minNumber().doubleValue() >= 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void projectReachesLayersThatConstrainOnForward(boolean sameDiff) {
        MultiLayerNetwork network = network(InputType.convolutional(5, 6, 2), conv(sameDiff));
        INDArray weight = network.getLayer(0).getParam("W");
        weight.muli(100);
        Constraints.project(network);
        assertEquals(0.5, weight.norm2(1, 2, 3).maxNumber().doubleValue(), 1e-5);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMaskOfAnotherRankIsAnError(boolean sameDiff) {
        MultiLayerNetwork network = network(InputType.convolutional(5, 6, 2), conv(sameDiff));
        String message =
                assertThrows(
                                DL4JInvalidInputException.class,
                                () ->
                                        network.getLayer(0)
                                                .feedForwardMaskArray(
                                                        Nd4j.ones(4, 1), MaskState.Active, 4))
                        .getMessage();
        assertTrue(message.contains("\"conv\"") && message.contains("[4, 1]"), message);
    }

    private static AbstractSpecLayer.Builder<?, ?> conv(Form form) {
        return form == Form.NATIVE
                ? new ConstrainedConv2D.Builder(3).nOut(3)
                : new SameDiffConstrainedConv2D.Builder(3).nOut(3);
    }

    @ParameterizedTest
    @EnumSource
    void inputGradientIsForAFirstLayer(Form form) {
        AbstractSpecLayer.Builder<?, ?> without = conv(form);
        without.name("second").inputGradient(false);
        MultiLayerNetwork network =
                network(
                        InputType.convolutional(5, 6, 2),
                        conv(form).name("first").build(),
                        without.build());
        String message =
                assertThrows(DL4JInvalidConfigException.class, () -> network.fit(data()))
                        .getMessage();
        assertTrue(message.contains("\"first\"") && message.contains("inputGradient"), message);

        without.name("flat");
        String flat =
                assertThrows(
                                DL4JInvalidConfigException.class,
                                () ->
                                        network(
                                                InputType.convolutionalFlat(5, 6, 2),
                                                without.build()))
                        .getMessage();
        assertTrue(flat.contains("\"flat\"") && flat.contains("inputGradient"), flat);
    }

    @ParameterizedTest
    @EnumSource
    void withoutInputGradientParametersHaveTheirs(Form form) {
        InputType input = InputType.convolutional(5, 6, 4);
        INDArray x = Nd4j.randn(DataType.FLOAT, 3, 4, 5, 6);
        List<Executable> checks = new ArrayList<>();
        for (Supplier<LayerBuilder> layer : layers(form)) {
            MultiLayerNetwork with = Nets.single(layer.get().build(), input, DataType.FLOAT);
            Layer conf = layer.get().set(INPUT_GRADIENT, false).build();
            MultiLayerNetwork without = Nets.single(conf, input, DataType.FLOAT);
            without.setParams(with.params());
            INDArray dy = Nd4j.randn(with.output(x).shape());
            checks.add(
                    () -> {
                        Nets.Pass expected = Nets.pass(with, x, dy);
                        Nets.Pass actual = Nets.pass(without, x, dy);
                        assertNotNull(expected.inputGradient(), conf.toString());
                        assertNull(actual.inputGradient(), conf.toString());
                        assertEquals(expected.gradients(), actual.gradients(), conf.toString());
                    });
        }
        assertAll(checks);
    }

    private static List<Supplier<LayerBuilder>> layers(Form form) {
        List<Supplier<LayerBuilder>> layers = new ArrayList<>();
        for (String name :
                List.of(
                        "BatchNorm",
                        "ECA",
                        "InstanceNorm",
                        "Nonlinearity",
                        "PReLU",
                        "SkipInitGain",
                        "SqueezeExcitation",
                        "SwishLayer")) {
            layers.add(() -> LayerBuilder.of(form, name));
        }
        layers.add(() -> LayerBuilder.of(form, "StochasticDepth").set(SEED, 1L));
        layers.add(() -> LayerBuilder.of(form, "Upsample2D").set(OUTPUT_SIZE, new long[] {7, 9}));
        layers.add(() -> LayerBuilder.of(form, "DepthwiseConv2D", 3));
        for (String name :
                List.of(
                        "ConstrainedConv2D",
                        "Conv2D",
                        "ConvModern2D",
                        "ConvTranspose2D",
                        "DepthwiseSeparableConv2D",
                        "LocalConv2D",
                        "SeparableConv2D",
                        "WSConv2D",
                        "WSConvTranspose2D")) {
            layers.add(() -> LayerBuilder.of(form, name, 3).set(N_OUT, 4));
        }
        return layers;
    }
}
