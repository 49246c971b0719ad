package org.lamina.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer.AlgoMode;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.constraints.MaxNorm;
import org.lamina.harness.Form;
import org.lamina.harness.Nets;
import org.lamina.layers.ConstrainedConv2D;
import org.lamina.layers.Conv1D;
import org.lamina.layers.Conv2D;
import org.lamina.layers.FWS;
import org.lamina.layers.samediff.SameDiffConstrainedConv2D;
import org.lamina.layers.samediff.SameDiffConv1D;
import org.lamina.layers.samediff.SameDiffConv2D;
import org.lamina.layers.samediff.SameDiffFWS;
import org.lamina.layers.samediff.SpecSameDiffLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** What DL4J promises of its own layers holds for the wrapper around each kind of layer, too. */
class FWSPromisesTest {

    private record Wrapped(Layer inner, long... size) implements Subject {

        /** The form is the wrapped layer's. */
        @Override
        public Layer build(Form form) {
            return fws(inner.clone());
        }

        @Override
        public InputType input() {
            return Nets.inputType(Row.withBatch(1, size));
        }

        @Override
        public INDArray batch(DataType type, long seed) {
            return Row.random(type, seed, Row.withBatch(BATCH, size));
        }

        @Override
        public void randomize(MultiLayerNetwork net, long seed) {
            INDArray params = net.params();
            params.assign(Row.random(params.dataType(), seed, params.shape()).muli(0.5));
        }

        @Override
        public Map<String, INDArray> trained(org.deeplearning4j.nn.api.Layer layer) {
            Map<String, INDArray> copies = new LinkedHashMap<>();
            layer.paramTable().forEach((key, param) -> copies.put(key, param.dup()));
            return copies;
        }

        @Override
        public List<String> weights() {
            return List.of("W");
        }
    }

    private static Layer fws(Layer inner) {
        return (inner instanceof SpecSameDiffLayer
                        ? new SameDiffFWS.Builder(inner)
                        : new FWS.Builder(inner))
                .name(Row.NAME)
                .differentiable(true)
                .build();
    }

    private static List<Wrapped> layers() {
        Activation tanh = Activation.TANH;
        long[] image = {2, 5, 6};
        long[] series = {2, 9};
        return List.of(
                new Wrapped(
                        new ConvolutionLayer.Builder(3, 2)
                                .convolutionMode(ConvolutionMode.Truncate)
                                .nOut(4)
                                .activation(tanh)
                                .build(),
                        image),
                new Wrapped(
                        new Convolution1DLayer.Builder(3).nOut(4).activation(tanh).build(), series),
                new Wrapped(
                        new Deconvolution2D.Builder(2, 3).nOut(3).activation(tanh).build(), image),
                new Wrapped(new Conv1D.Builder(3).nOut(4).activation(tanh).build(), series),
                new Wrapped(new Conv2D.Builder(3, 2).nOut(4).activation(tanh).build(), image),
                new Wrapped(new SameDiffConv1D.Builder(3).nOut(4).activation(tanh).build(), series),
                new Wrapped(
                        new SameDiffConv2D.Builder(3, 2).nOut(4).activation(tanh).build(), image));
    }

    @TestFactory
    List<DynamicTest> promises() {
        Map<String, BiConsumer<Subject, Form>> all = new LinkedHashMap<>();
        all.put("every way to train gives the same", Promises::driven);
        all.put("the learning rate can be set", Promises::learningRate);
        all.put("fine-tuning", Promises::fineTuned);
        all.put("summary() names the layer", Promises::summary);
        all.put("the score has l1 and l2", Promises::score);
        all.put("nIn and nOut can be replaced", Promises::replaced);
        List<DynamicTest> tests = new ArrayList<>();
        for (Wrapped layer : layers()) {
            String name = layer.inner().getClass().getSimpleName();
            all.forEach(
                    (promise, check) ->
                            tests.add(
                                    DynamicTest.dynamicTest(
                                            name + ": " + promise,
                                            () -> check.accept(layer, null))));
        }
        return tests;
    }

    // ---- settings -------------------------------------------------------------------------------

    private static MultiLayerNetwork network(NeuralNetConfiguration.Builder conf, Layer inner) {
        InputType input = InputType.convolutional(5, 6, 2);
        return Nets.init(conf.list().layer(fws(inner)).setInputType(input));
    }

    private static MultiLayerNetwork tuned(
            MultiLayerNetwork net, FineTuneConfiguration.Builder conf) {
        return new TransferLearning.Builder(net)
                .validateOutputLayerConfig(false)
                .fineTuneConfiguration(conf.build())
                .build();
    }

    private static Stream<Layer> unset() {
        return Stream.of(
                new ConvolutionLayer.Builder(3, 2).nOut(4).build(),
                new Conv2D.Builder(3, 2).nOut(4).build(),
                new SameDiffConv2D.Builder(3, 2).nOut(4).build());
    }

    @Test
    void fineTuningSetsWhatANetworkSets() {
        NeuralNetConfiguration.Builder built =
                Nets.config(DataType.DOUBLE, new Adam(0.02))
                        .activation(Activation.ELU)
                        .weightInit(WeightInit.RELU)
                        .biasInit(0.3)
                        .l1(0.01)
                        .l2(0.02)
                        .l1Bias(0.03)
                        .l2Bias(0.04)
                        .dropOut(0.8)
                        .weightNoise(new DropConnect(0.9))
                        .biasUpdater(new Sgd(0.7))
                        .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                        .gradientNormalizationThreshold(0.6)
                        .convolutionMode(ConvolutionMode.Same)
                        .cudnnAlgoMode(AlgoMode.NO_WORKSPACE);
        FineTuneConfiguration.Builder set =
                new FineTuneConfiguration.Builder()
                        .updater(new Adam(0.02))
                        .activation(Activation.ELU)
                        .weightInit(WeightInit.RELU)
                        .biasInit(0.3)
                        .l1(0.01)
                        .l2(0.02)
                        .l1Bias(0.03)
                        .l2Bias(0.04)
                        .dropOut(0.8)
                        .weightNoise(new DropConnect(0.9))
                        .biasUpdater(new Sgd(0.7))
                        .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                        .gradientNormalizationThreshold(0.6)
                        .convolutionMode(ConvolutionMode.Same)
                        .cudnnAlgoMode(AlgoMode.NO_WORKSPACE);
        unset().forEach(
                        inner ->
                                assertEquals(
                                        layer(network(built.clone(), inner)),
                                        layer(
                                                tuned(
                                                        network(
                                                                Nets.config(
                                                                        DataType.DOUBLE,
                                                                        new Sgd(0.1)),
                                                                inner),
                                                        set))));
    }

    private static Layer layer(MultiLayerNetwork net) {
        return net.getLayerWiseConfigurations().getConf(0).getLayer();
    }

    /** A layer's own norm constraint stays; a user's is replaced, as in DL4J's layers. */
    @ParameterizedTest
    @ValueSource(doubles = {0.2, 0.5})
    void fineTuningAddsToALayersConstraint(double own) {
        for (Layer inner :
                List.of(
                        new ConstrainedConv2D.Builder(3, 2).nOut(4).maxNorm(own).build(),
                        new SameDiffConstrainedConv2D.Builder(3, 2).nOut(4).maxNorm(own).build())) {
            assertEquals(0.2, largestNorm(inner, 0.7 - own), 1e-6);
        }
        Layer dl4j =
                new ConvolutionLayer.Builder(3, 2)
                        .nOut(4)
                        .constrainWeights(new MaxNorm(own))
                        .build();
        assertEquals(0.7 - own, largestNorm(dl4j, 0.7 - own), 1e-6);
    }

    private static double largestNorm(Layer inner, double tunedTo) {
        MultiLayerNetwork net =
                tuned(
                        network(Nets.config(DataType.DOUBLE, new Sgd(0.1)), inner),
                        new FineTuneConfiguration.Builder()
                                .constraints(List.of(new MaxNorm(tunedTo))));
        net.params().muli(1000);
        net.getLayer(0).applyConstraints(0, 0);
        return net.getParam("0_W").norm2(1, 2, 3).maxNumber().doubleValue();
    }

    @Test
    void aNetworksConstraintsHold() {
        unset().forEach(
                        inner -> {
                            MultiLayerNetwork net =
                                    network(
                                            Nets.config(DataType.DOUBLE, new Sgd(0.1))
                                                    .constrainWeights(new NonNegativeConstraint()),
                                            inner);
                            net.getLayer(0).applyConstraints(0, 0);
                            assertTrue(net.getParam("0_W").minNumber().doubleValue() >= 0);
                        });
    }

    // ---- storage --------------------------------------------------------------------------------

    /** Written when the wrapper was of DL4J's {@code BaseWrapperLayer}. */
    @Test
    void olderConfigurationsLoad() throws IOException {
        InputType input = InputType.convolutional(5, 6, 2);
        MultiLayerConfiguration built =
                Nets.config(DataType.DOUBLE, new Adam(0.02))
                        .l2(0.1)
                        .dropOut(0.8)
                        .constrainWeights(new NonNegativeConstraint())
                        .convolutionMode(ConvolutionMode.Same)
                        .list()
                        .layer(fws(unset().toList().get(0)))
                        .layer(fws(unset().toList().get(1)))
                        .layer(fws(unset().toList().get(2)))
                        .setInputType(input)
                        .build();
        try (InputStream json = getClass().getResourceAsStream("/fws/wrapper.json")) {
            String stored = new String(json.readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(built, MultiLayerConfiguration.fromJson(stored));
        }
    }
}
