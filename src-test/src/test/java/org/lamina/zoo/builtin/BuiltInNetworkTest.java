package org.lamina.zoo.builtin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.activations.Elu;
import org.lamina.activations.Gelu;
import org.lamina.activations.ScaledActivation;
import org.lamina.activations.Swish;
import org.lamina.harness.Close;
import org.lamina.harness.Jvm;
import org.lamina.harness.Nets;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.ConstrainedDense;
import org.lamina.layers.Conv2D;
import org.lamina.layers.ConvTranspose2D;
import org.lamina.layers.ECA;
import org.lamina.layers.FWS;
import org.lamina.layers.InstanceNorm;
import org.lamina.layers.Nonlinearity;
import org.lamina.layers.SeparableConv2D;
import org.lamina.layers.SwishLayer;
import org.lamina.layers.TemporalSpatialConv2D;
import org.lamina.layers.WSConv2D;
import org.lamina.layers.samediff.SameDiffWSConv2D;
import org.lamina.zoo.DeepConvNet;
import org.lamina.zoo.EEGInception;
import org.lamina.zoo.EEGNet;
import org.lamina.zoo.EEGTCNet;
import org.lamina.zoo.NFNet;
import org.lamina.zoo.ShallowConvNet;
import org.lamina.zoo.weights.StateDict;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Networks of DL4J's own layers give the outputs of those that they are made of. */
class BuiltInNetworkTest {

    private static final Close CLOSE = new Close(1e-5, 1e-5);

    @TempDir Path folder;

    /** All parameters away from their initial values, running variances above 0. */
    private static <M extends Model> M varied(M net) {
        Nd4j.getRandom().setSeed(5);
        net.paramTable()
                .forEach(
                        (name, array) -> {
                            INDArray noise = Nd4j.rand(array.dataType(), array.shape()).subi(0.4);
                            array.addi(noise.muli(name.endsWith("W") ? 0.05 : 0.5));
                        });
        return net;
    }

    private static INDArray output(Model net, INDArray x) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).output(x)
                : ((ComputationGraph) net).outputSingle(x);
    }

    private static ComputationGraph check(Model net, long... shape) {
        INDArray x = Nd4j.randn(DataType.FLOAT, shape);
        INDArray given = x.dup();
        ComputationGraph plain = BuiltInNetwork.of(net);
        assertFalse(plain.getConfiguration().toJson().contains("lamina"));
        CLOSE.check("output", output(plain, x), output(net, x));
        CLOSE.check("output again", output(plain, x), output(net, x));
        assertEquals(given, x);
        return plain;
    }

    @ParameterizedTest
    @EnumSource(EEGNet.Preset.class)
    void eegNet(EEGNet.Preset preset) {
        EEGNet.Builder net = EEGNet.builder().preset(preset).channels(4).samples(64).classes(3);
        ComputationGraph plain =
                check(varied(net.kernelLength(16).f1(3).f2(5).build().init()), 3, 1, 4, 64);
        // Batch normalization is folded, dropout is gone.
        long layers =
                Arrays.stream(plain.getLayers())
                        .filter(l -> l.conf().getLayer() instanceof ConvolutionLayer)
                        .count();
        assertEquals(4, layers);
    }

    @ParameterizedTest
    @EnumSource(DeepConvNet.Preset.class)
    void deepConvNet(DeepConvNet.Preset preset) {
        DeepConvNet.Builder net = DeepConvNet.builder().preset(preset).channels(4).samples(220);
        ComputationGraph plain =
                check(
                        varied(net.classes(3).kernelLength(4).f1(3).f2(2).build().init()),
                        3,
                        1,
                        4,
                        220);
        assertFolded(plain);
    }

    @Test
    void eegInception() {
        EEGInception.Builder net = EEGInception.builder().channels(4).samples(66).classes(3);
        assertFolded(check(varied(net.kernelLength(17).f1(2).build().init()), 3, 1, 4, 66));
    }

    /** Dilated and padded on one side, with sums. */
    @Test
    void eegTcNet() {
        EEGTCNet.Builder net = EEGTCNet.builder().channels(4).samples(260).classes(3);
        net.kernelLength(16).f1(2).f2(4).tcnFilters(3).tcnDepth(3);
        assertFolded(check(varied(net.build().init()), 3, 1, 4, 260));
    }

    private static void assertFolded(ComputationGraph plain) {
        for (org.deeplearning4j.nn.api.Layer layer : plain.getLayers()) {
            assertFalse(layer.conf().getLayer() instanceof BatchNormalization);
            assertFalse(layer.conf().getLayer() instanceof DropoutLayer);
        }
    }

    /** There is no logarithm among ND4J's activation functions. */
    @Test
    void shallowConvNetIsRefused() {
        assertRefused(
                ShallowConvNet.builder().channels(4).samples(64).build().init(),
                "spatial-norm: activation function ");
    }

    @Test
    void nfNetTiny() {
        ComputationGraph net =
                varied(NFNet.builder().preset(NFNet.Preset.NFNET_TINY).skipGain(0.5).init());
        check(net, 2, 3, 32, 32);
    }

    @Test
    void nfResNetAndSamePadding() {
        org.lamina.zoo.NFNetArchitecture tiny = NFNet.Preset.NFNET_TINY.architecture();
        for (var activation : Arrays.asList(new Swish(), new ActivationReLU())) {
            org.lamina.zoo.NFNetArchitecture same =
                    new org.lamina.zoo.NFNetArchitecture(
                            tiny.stem(),
                            tiny.stages(),
                            tiny.block(),
                            0,
                            activation,
                            tiny.standardization(),
                            org.lamina.zoo.NFNetArchitecture.Padding.SAME,
                            0.5,
                            0.5);
            ComputationGraph net =
                    NFNet.builder()
                            .preset(NFNet.Preset.NFNET_TINY)
                            .architecture(same)
                            .imageSize(27, 30)
                            .skipGain(1)
                            .init();
            check(varied(net), 2, 3, 27, 30);
        }
    }

    @Test
    void layersOneByOne() {
        MultiLayerNetwork net =
                Nets.init(
                        Nets.config(DataType.FLOAT, new Sgd(1))
                                .activation(Activation.IDENTITY)
                                .list()
                                .layer(new BatchNorm.Builder().activation(new Elu(0.5)).build())
                                .layer(
                                        new SameDiffWSConv2D.Builder(2, 3)
                                                .nOut(4)
                                                .groups(2)
                                                .hasGain(false)
                                                .padding("same")
                                                .activation(
                                                        ScaledActivation.unitVariance(
                                                                new ActivationReLU()))
                                                .build())
                                .layer(new BatchNorm.Builder().build())
                                .layer(new ECA.Builder().kernelSize(5).scale(2).build())
                                .layer(new SwishLayer.Builder().build())
                                .layer(new Conv2D.Builder(3).nOut(6).stride(2).dilation(1).build())
                                .layer(
                                        new ConvTranspose2D.Builder(3, 2)
                                                .nOut(4)
                                                .stride(2)
                                                .padding(1, 0)
                                                .dilation(1, 2)
                                                .outputPadding(1)
                                                .groups(2)
                                                .activation(new Swish())
                                                .build())
                                .layer(new ActivationLayer(Activation.TANH))
                                .layer(
                                        new SeparableConv2D.Builder(2)
                                                .nOut(3)
                                                .depthMultiplier(2)
                                                .hasBias(true)
                                                .padding("same")
                                                .activation(Activation.LEAKYRELU)
                                                .build())
                                .layer(
                                        new Nonlinearity.Builder()
                                                .activation(new ScaledActivation(new Swish(), -2))
                                                .build())
                                .layer(
                                        new ConstrainedDense.Builder()
                                                .nOut(5)
                                                .activation(Activation.SIGMOID)
                                                .build())
                                .layer(new ConstrainedDense.Builder().nOut(2).build())
                                .setInputType(InputType.convolutional(9, 8, 2)));
        check(varied(net), 3, 2, 9, 8);
    }

    @Test
    void temporalSpatialConvolution() {
        MultiLayerNetwork net =
                Nets.init(
                        Nets.config(DataType.FLOAT, new Sgd(1))
                                .list()
                                .layer(
                                        new TemporalSpatialConv2D.Builder(9, 6)
                                                .temporalFilters(3)
                                                .padding(2)
                                                .spatialBias(true)
                                                .activation(new Elu(1))
                                                .build())
                                .layer(new ConstrainedDense.Builder().nOut(2).build())
                                .setInputType(InputType.convolutional(9, 20, 1)));
        check(varied(net), 3, 1, 9, 20);
    }

    @Test
    void whatCannotBeFoldedIsNamed() {
        assertRefused(
                Nets.single(
                        new InstanceNorm.Builder().name("norm").build(),
                        InputType.convolutional(4, 4, 2),
                        DataType.FLOAT),
                "InstanceNorm \"norm\": DL4J has no layer that computes the same");
        assertRefused(
                Nets.single(
                        new WSConv2D.Builder(3).nOut(2).activation(new Gelu()).build(),
                        InputType.convolutional(4, 4, 2),
                        DataType.FLOAT),
                "ND4J has none that computes the same");
        assertRefused(
                Nets.single(
                        new Conv2D.Builder(3)
                                .nOut(2)
                                .padding(1)
                                .paddingMode(org.lamina.spec.PaddingMode.REFLECT)
                                .build(),
                        InputType.convolutional(4, 4, 2),
                        DataType.FLOAT),
                "padding with zeros");
    }

    private static void assertRefused(Model net, String message) {
        WeightsException e = assertThrows(WeightsException.class, () -> BuiltInNetwork.of(net));
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    /** Loads and runs the networks in a process without Lamina's classes. */
    @Test
    void needsNoLamina() throws Exception {
        INDArray x = Nd4j.randn(DataType.FLOAT, 2, 3, 32, 32);
        ComputationGraph net =
                varied(NFNet.builder().preset(NFNet.Preset.NFNET_TINY).skipGain(0.5).init());
        BuiltInNetwork.of(net).save(folder.resolve("plain.zip").toFile());
        new StateDict().put("x", x).write(folder.resolve("x.npz"));
        String classPath =
                Arrays.stream(Jvm.CLASS_PATH.split(File.pathSeparator))
                        .filter(entry -> !entry.matches(".*(samedif-ops|dl4j-layers|zoo).target.*"))
                        .collect(Collectors.joining(File.pathSeparator));
        Jvm program =
                Jvm.run(classPath, List.of("-Xmx1g"), BuiltInNetworkMain.class, folder.toString());
        assertEquals(0, program.code(), program.printed());
        INDArray output = Nd4j.readBinary(folder.resolve("y.bin").toFile());
        CLOSE.check("output", output, net.outputSingle(x));
    }

    /** Fails once ND4J has a GELU that NFNet-F's networks could be exported with. */
    @Test
    void nd4jsGelusAreOthers() {
        INDArray x = Nd4j.linspace(DataType.DOUBLE, -5, 0.01, 1001).reshape(1, 1001);
        INDArray exact = new Gelu().getActivation(x.dup(), false);
        for (boolean precise : new boolean[] {false, true}) {
            INDArray other = new ActivationGELU(precise).getActivation(x.dup(), false);
            double deviation = other.sub(exact).amaxNumber().doubleValue();
            assertTrue(deviation > 0.02, "precise " + precise + ": " + deviation);
        }
    }

    /** Layers that wrap others, in a list of layers. */
    @Test
    void wrappers() {
        LSTM lstm = new LSTM.Builder().nIn(3).nOut(4).build();
        check(
                varied(
                        Nets.init(
                                Nets.config(DataType.FLOAT, new Sgd(1))
                                        .list()
                                        .layer(new LastTimeStep(lstm))
                                        .layer(
                                                new FrozenLayerWithBackprop(
                                                        new ConstrainedDense.Builder()
                                                                .nIn(4)
                                                                .nOut(2)
                                                                .build())))),
                2,
                3,
                5);
        Model standardized =
                Nets.init(
                        Nets.config(DataType.FLOAT, new Sgd(1))
                                .list()
                                .layer(
                                        new FWS.Builder(
                                                        new ConvolutionLayer.Builder(2, 2)
                                                                .nIn(1)
                                                                .nOut(2)
                                                                .build())
                                                .name("wrapped")
                                                .build()));
        WeightsException e =
                assertThrows(WeightsException.class, () -> BuiltInNetwork.of(standardized));
        assertTrue(e.getMessage().startsWith("FWS \"wrapped\""), e.getMessage());
    }
}
