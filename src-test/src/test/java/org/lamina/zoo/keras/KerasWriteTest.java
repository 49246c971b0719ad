package org.lamina.zoo.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.harness.Close;
import org.lamina.harness.KerasRoundTrip;
import org.lamina.harness.Nets;
import org.lamina.layers.ConvModern1D;
import org.lamina.layers.InstanceNorm;
import org.lamina.layers.PReLU;
import org.lamina.layers.SkipInitGain;
import org.lamina.layers.SqueezeExcitation;
import org.lamina.layers.StochasticDepth;
import org.lamina.zoo.BaseZooModel;
import org.lamina.zoo.DeepConvNet;
import org.lamina.zoo.EEGInception;
import org.lamina.zoo.EEGNet;
import org.lamina.zoo.EEGTCNet;
import org.lamina.zoo.EncNet1D;
import org.lamina.zoo.NFNet;
import org.lamina.zoo.ShallowConvNet;
import org.lamina.zoo.UNet1D;
import org.lamina.zoo.network.NetworkGraph;
import org.lamina.zoo.weights.StateDict;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Networks of the zoo as models of Keras, which are read back the same. */
class KerasWriteTest {

    @TempDir Path folder;

    enum Network {
        EEGNET(EEGNet.builder().channels(3).samples(64).classes(3).kernelLength(8).build(), 64),
        EEGNET_FUSED(
                EEGNet.builder()
                        .channels(3)
                        .samples(64)
                        .classes(3)
                        .kernelLength(8)
                        .fused(true)
                        .build(),
                64),
        EEGNET_BRAINDECODE(
                EEGNet.builder()
                        .preset(EEGNet.Preset.BRAINDECODE)
                        .channels(3)
                        .samples(64)
                        .classes(3)
                        .kernelLength(8)
                        .build(),
                64),
        EEGNET_SELFEEG(
                EEGNet.builder()
                        .preset(EEGNet.Preset.SELFEEG)
                        .channels(3)
                        .samples(64)
                        .classes(2)
                        .kernelLength(8)
                        .build(),
                64),
        SSVEP(
                EEGNet.builder()
                        .preset(EEGNet.Preset.SSVEP)
                        .channels(3)
                        .samples(64)
                        .classes(3)
                        .kernelLength(9)
                        .f1(6)
                        .f2(6)
                        .build(),
                64),
        SHALLOW(ShallowConvNet.builder().channels(3).samples(80).classes(3).build(), 80),
        SHALLOW_FUSED(
                ShallowConvNet.builder().channels(3).samples(80).classes(3).fused(true).build(),
                80),
        SHALLOW_BRAINDECODE(
                ShallowConvNet.builder()
                        .preset(ShallowConvNet.Preset.BRAINDECODE)
                        .channels(3)
                        .samples(120)
                        .classes(3)
                        .build(),
                120),
        SHALLOW_SELFEEG(
                ShallowConvNet.builder()
                        .preset(ShallowConvNet.Preset.SELFEEG)
                        .channels(3)
                        .samples(120)
                        .classes(3)
                        .build(),
                120),
        DEEP(DeepConvNet.builder().channels(3).samples(130).classes(3).f1(3).f2(4).build(), 130),
        INCEPTION(EEGInception.builder().channels(3).samples(80).classes(3).build(), 80),
        TCNET(EEGTCNet.builder().channels(3).samples(320).classes(3).kernelLength(10).build(), 320);

        final BaseZooModel<?, ?> network;
        final int samples;

        Network(BaseZooModel<?, ?> network, int samples) {
            this.network = network;
            this.samples = samples;
        }
    }

    @ParameterizedTest
    @EnumSource
    void readBack(Network given) throws Exception {
        Model network = given.network.init();
        Nd4j.getRandom().setSeed(3);
        for (NetworkGraph.Vertex vertex : NetworkGraph.of(network).vertices()) {
            vertex.params()
                    .forEach(
                            (key, p) ->
                                    p.assign(
                                            Nd4j.rand(p.shape())
                                                    .subi(key.equals("var") ? 0 : 0.5)));
        }
        INDArray x = Nd4j.randn(DataType.FLOAT, 2, 1, 3, given.samples);
        INDArray y = KerasTest.outputs(network, x)[0];
        INDArray parameters = network.params().dup();
        // For models.py check.
        Path out = Path.of(System.getProperty("keras.out", folder.toString()));
        for (String type : List.of("h5", "keras")) {
            Path file = out.resolve(given.name().toLowerCase(Locale.ROOT) + "." + type);
            Keras.write(network, file, InputType.convolutional(3, given.samples, 1));
            Model again = Keras.read(file, KerasTest.options());
            assertEquals(network.numParams(), again.numParams());
            assertArrayEquals(KerasTest.sorted(parameters), KerasTest.sorted(again.params()));
            // EEGTCNet and what was fused add up in another order.
            new Close(0, 1e-7).check(file.toString(), KerasTest.outputs(again, x)[0], y);
        }
        new StateDict()
                .put("x", x.permute(0, 2, 3, 1).dup('c'))
                .put("y0", y)
                .write(out.resolve(given.name().toLowerCase(Locale.ROOT) + ".npz"));
    }

    /** What is folded for inference is the same to rounding, and from then on in every bit. */
    @Test
    void foldedNetworks() throws Exception {
        folded(
                "nfnet",
                NFNet.builder().preset(NFNet.Preset.NFNET_TINY).build().init(),
                InputType.convolutional(32, 32, 3),
                Nd4j.randn(DataType.FLOAT, 2, 3, 32, 32),
                "h5",
                "keras");
        folded(
                "nfregnet",
                NFNet.builder()
                        .preset(NFNet.Preset.NF_REGNET_B0)
                        .imageSize(64, 64)
                        .classes(10)
                        .build()
                        .init(),
                InputType.convolutional(64, 64, 3),
                Nd4j.randn(DataType.FLOAT, 2, 3, 64, 64),
                "keras"); // larger than .h5 takes
        folded(
                "encnet",
                EncNet1D.builder().width(3).channels(2).length(70).outputs(3).build().init(),
                InputType.recurrent(2, 70),
                Nd4j.randn(DataType.FLOAT, 2, 2, 70),
                "h5",
                "keras");
    }

    private void folded(String name, Model network, InputType type, INDArray x, String... formats)
            throws Exception {
        Nd4j.getRandom().setSeed(3);
        for (NetworkGraph.Vertex vertex : NetworkGraph.of(network).vertices()) {
            vertex.params().values().forEach(p -> p.addi(Nd4j.rand(p.shape()).subi(0.5).muli(0.2)));
        }
        INDArray y = KerasRoundTrip.outputs(network, x)[0];
        Path out = Path.of(System.getProperty("keras.out", folder.toString()));
        for (String format : formats) {
            Path file = out.resolve(name + "." + format);
            Keras.write(network, file, type);
            Model again = Keras.read(file);
            INDArray actual = KerasRoundTrip.outputs(again, x)[0];
            assertEquals(0, y.sub(actual).amaxNumber().doubleValue(), 2e-6, name);
            assertTrue(KerasRoundTrip.possible(Close.EXACT, again, x), name);
        }
        INDArray last = x.rank() == 3 ? x.permute(0, 2, 1) : x.permute(0, 2, 3, 1);
        new StateDict().put("x", last.dup('c')).put("y0", y).write(out.resolve(name + ".npz"));
    }

    /** DL4J's layer for a function, at the end and before another layer. */
    @ParameterizedTest
    @EnumSource(names = {"ELU", "SELU", "SOFTPLUS", "TANH"})
    void functions(Activation function) {
        MultiLayerNetwork network =
                Nets.init(
                        Nets.config(DataType.FLOAT, new Sgd(1))
                                .list()
                                .layer(new ActivationLayer(function))
                                .layer(new DenseLayer.Builder().nOut(3).build())
                                .layer(new ActivationLayer(function))
                                .setInputType(InputType.feedForward(4)));
        INDArray x = Nd4j.randn(DataType.FLOAT, 5, 4);
        assertTrue(KerasRoundTrip.possible(new Close(0, 1e-7), network, x));
    }

    /** Layers that become several, each with a function of its own. */
    @Test
    void functionsOfLayers() {
        List<BaseLayer> layers =
                List.of(
                        new PReLU.Builder().build(),
                        new SkipInitGain.Builder().initialGain(0.3).build(),
                        new StochasticDepth.Builder().dropRate(0.5).build(),
                        new SqueezeExcitation.Builder().reduction(2).build(),
                        new InstanceNorm.Builder().build(),
                        new ConvModern1D.Builder(3).nOut(4).build());
        INDArray x = Nd4j.randn(DataType.FLOAT, 2, 4, 7);
        for (BaseLayer layer : layers) {
            layer.setActivationFn(new ActivationTanH());
            Model network = Nets.single(layer, InputType.recurrent(4, 7), DataType.FLOAT);
            assertTrue(KerasRoundTrip.possible(new Close(0, 1e-6), network, x), layer.toString());
        }
    }

    /** Images that are flattened first are images still, with channels last in Keras. */
    @Test
    void flattenedFirst() {
        Model network =
                Nets.single(
                        new DenseLayer.Builder().nOut(3).build(),
                        InputType.convolutional(2, 5, 3),
                        DataType.FLOAT);
        INDArray x = Nd4j.randn(DataType.FLOAT, 4, 3, 2, 5);
        assertTrue(KerasRoundTrip.possible(Close.EXACT, network, x));
    }

    @Test
    void refusedWithoutAFile() {
        InputType epochs = InputType.convolutional(3, 120, 1);
        refused(
                "Keras has no upsampling whose outermost values stay",
                UNet1D.builder().depths(2, 3, 1).width(2).channels(2).length(27).build().init(),
                InputType.recurrent(2, 27));
        Model eegnet = EEGNet.builder().channels(3).samples(64).build().init();
        refused("does not fit the input types given", eegnet, epochs);
        refused("0 input types given; the network has the inputs [input]", eegnet);
    }

    private void refused(String message, Model network, InputType... types) {
        for (String type : List.of("h5", "keras")) {
            Path file = folder.resolve("refused." + type);
            WeightsException e =
                    assertThrows(WeightsException.class, () -> Keras.write(network, file, types));
            assertTrue(e.getMessage().contains(message), e.getMessage());
            assertFalse(Files.exists(file));
        }
    }
}
