package org.lamina.zoo.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.zoo.weights.StateDictTest.resource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.activations.Gelu;
import org.lamina.activations.Swish;
import org.lamina.constraints.MaxNorm;
import org.lamina.harness.Close;
import org.lamina.harness.Nets;
import org.lamina.layers.ConstrainedConv2D;
import org.lamina.layers.LocalConv2D;
import org.lamina.layers.SpecLayer;
import org.lamina.layers.WSConv2D;
import org.lamina.layers.samediff.SameDiffBatchNorm;
import org.lamina.spec.ParamSpec;
import org.lamina.spec.WeightStandardization;
import org.lamina.zoo.DeepConvNet;
import org.lamina.zoo.EEGInception;
import org.lamina.zoo.EEGNet;
import org.lamina.zoo.EEGTCNet;
import org.lamina.zoo.EegModelBuilder;
import org.lamina.zoo.NFNet;
import org.lamina.zoo.NFNetArchitecture;
import org.lamina.zoo.NFNetArchitecture.Attention;
import org.lamina.zoo.NFNetArchitecture.Block;
import org.lamina.zoo.NFNetArchitecture.Stage;
import org.lamina.zoo.NFNetArchitecture.Stem;
import org.lamina.zoo.ShallowConvNet;
import org.lamina.zoo.builtin.BuiltInNetwork;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Weights of other implementations: their outputs, and out again what went in. */
class WeightsTest {

    private static final Close CLOSE = new Close(1e-4, 1e-5);

    @TempDir Path folder;

    /** An EEGNet as the fixtures have it. */
    private static EEGNet.Builder eegNet(EEGNet.Preset preset) {
        return EEGNet.builder()
                .preset(preset)
                .channels(4)
                .samples(64)
                .classes(3)
                .kernelLength(preset == EEGNet.Preset.KERAS ? 15 : 16)
                .f1(3)
                .d(2)
                .f2(5);
    }

    /** What the fixtures' timm networks are here. */
    private static ComputationGraph timm(boolean dm) {
        WeightStandardization formula = WeightStandardization.timm().withEps(1e-5);
        NFNetArchitecture net =
                dm
                        ? new NFNetArchitecture(
                                new Stem(3, List.of(2, 4, 8, 16), List.of(2, 1, 1, 2), false),
                                List.of(new Stage(16, 1, 1), new Stage(32, 2, 2)),
                                new Block(0.5, 8, 2, Attention.squeezeExcitation(0.5), true, false),
                                2,
                                new Gelu(),
                                formula,
                                NFNetArchitecture.Padding.SAME,
                                0,
                                0)
                        : new NFNetArchitecture(
                                new Stem(7, List.of(16), List.of(2), true),
                                List.of(new Stage(32, 1, 1), new Stage(64, 2, 2)),
                                new Block(0.25, 0, 1, Attention.none(), true, false),
                                0,
                                new ActivationReLU(),
                                formula,
                                NFNetArchitecture.Padding.SYMMETRIC,
                                0,
                                0);
        return NFNet.builder()
                .architecture(net)
                .classes(5)
                .imageSize(dm ? 30 : 32, dm ? 33 : 32)
                .init();
    }

    /** The network gives the fixture's outputs. */
    private static void assertOutputs(String fixture, Model net) throws Exception {
        StateDict golden = StateDict.read(resource(fixture + ".npz"));
        INDArray x = golden.get("input");
        if (x.rank() == 3) {
            x = x.reshape(x.size(0), 1, x.size(1), x.size(2));
        }
        INDArray output =
                net instanceof MultiLayerNetwork
                        ? ((MultiLayerNetwork) net).output(x)
                        : ((ComputationGraph) net).outputSingle(x);
        INDArray expected = golden.get("output");
        // The originals put out logits or probabilities.
        boolean probabilities = Math.abs(expected.sum(1).getDouble(0) - 1) < 1e-4;
        CLOSE.check(fixture, output, probabilities ? expected : Transforms.softmax(expected));
    }

    private static void assertSame(StateDict expected, StateDict actual, double tolerance) {
        assertEquals(new TreeSet<>(expected.names()), new TreeSet<>(actual.names()));
        for (String name : expected.names()) {
            INDArray e = expected.get(name);
            assertArrayEquals(e.shape(), actual.get(name).shape(), name);
            if (!name.endsWith("num_batches_tracked")) {
                INDArray a = actual.get(name);
                assertTrue(tolerance == 0 ? e.equals(a) : e.equalsWithEps(a, tolerance), name);
            }
        }
    }

    @Test
    void braindecode() throws Exception {
        StateDict weights = StateDict.read(resource("braindecode-eegnetv4.safetensors"));
        MultiLayerNetwork net = eegNet(EEGNet.Preset.BRAINDECODE).build().init();
        assertEquals(Set.of(), Weights.importInto(net, weights, NameMaps.BRAINDECODE_EEGNETV4));
        assertOutputs("braindecode-eegnetv4", net);
        // The names of current versions, and of the first.
        StateDict current =
                renamed(
                        weights,
                        name ->
                                name.replace(
                                        "conv_spatial.weight",
                                        "conv_spatial.parametrizations.weight.original"));
        assertSame(current, Weights.export(net, NameMaps.BRAINDECODE_EEGNETV4), 0);
        for (StateDict other :
                List.of(current, renamed(weights, name -> name.replace("final_layer.", "")))) {
            MultiLayerNetwork again = eegNet(EEGNet.Preset.BRAINDECODE).seed(2).build().init();
            Weights.importInto(again, other, NameMaps.BRAINDECODE_EEGNETV4);
            assertEquals(net.params(), again.params());
        }
    }

    private static StateDict renamed(StateDict weights, UnaryOperator<String> names) {
        StateDict renamed = new StateDict();
        weights.arrays().forEach((name, array) -> renamed.put(names.apply(name), array));
        return renamed;
    }

    private static StateDict replaced(StateDict weights, String name, INDArray array) {
        StateDict replaced = new StateDict();
        weights.arrays().forEach((n, a) -> replaced.put(n, n.equals(name) ? array : a));
        return replaced;
    }

    private static void assertRefused(
            String part, Model network, StateDict weights, NameMap names) {
        INDArray before = network.params().dup();
        WeightsException e =
                assertThrows(
                        WeightsException.class, () -> Weights.importInto(network, weights, names));
        assertTrue(e.getMessage().contains(part), e.getMessage());
        assertEquals(before, network.params());
    }

    @ParameterizedTest
    @ValueSource(strings = {"module.", "model._orig_mod.", "net.", ""})
    void namesBehindAPrefix(String prefix) throws Exception {
        StateDict weights = StateDict.read(resource("braindecode-eegnetv4.safetensors"));
        MultiLayerNetwork expected = eegNet(EEGNet.Preset.BRAINDECODE).build().init();
        Weights.importInto(expected, weights, NameMaps.BRAINDECODE_EEGNETV4);
        StateDict prefixed = renamed(weights, prefix::concat);
        MultiLayerNetwork net = eegNet(EEGNet.Preset.BRAINDECODE).seed(2).build().init();
        assertEquals(prefix, Weights.prefix(net, prefixed, NameMaps.BRAINDECODE_EEGNETV4));
        Weights.importInto(net, prefixed, NameMaps.BRAINDECODE_EEGNETV4);
        assertEquals(expected.params(), net.params());
        prefixed.put("loss.weight", Nd4j.zeros(1));
        assertRefused("'loss.weight' is not used", net, prefixed, NameMaps.BRAINDECODE_EEGNETV4);
    }

    @Test
    void negativeVariances() {
        MultiLayerNetwork net = eegNet(EEGNet.Preset.SELFEEG).build().init();
        StateDict weights = Weights.export(net, NameMaps.SELFEEG_EEGNET);
        String name = "encoder.batchnorm2.running_var";
        INDArray variance = weights.get(name).dup().putScalar(0, -0.5);
        assertRefused(
                "'" + name + "' has the negative variance -0.5",
                net,
                replaced(weights, name, variance),
                NameMaps.SELFEEG_EEGNET);
        for (Layer norm :
                List.of(
                        new BatchNormalization.Builder().nOut(2).useLogStd(false).build(),
                        new SameDiffBatchNorm.Builder().nIn(2).build())) {
            MultiLayerNetwork one =
                    Nets.single(norm, InputType.convolutional(4, 4, 2), DataType.DOUBLE);
            StateDict own = Weights.export(one, NameMap.own());
            String var =
                    own.names().stream().filter(n -> n.endsWith(".var")).findFirst().orElseThrow();
            INDArray negative = own.get(var).mul(-1);
            assertRefused("negative variance", one, replaced(own, var, negative), NameMap.own());
        }
    }

    /** hypnettorch's ParameterList has every parameter again. */
    @Test
    void copiesOfParameters() {
        MultiLayerNetwork net =
                Nets.single(
                        new LocalConv2D.Builder(2).nIn(1).nOut(2).inputSize(3, 3).build(),
                        InputType.convolutional(3, 3, 1),
                        DataType.FLOAT);
        NameMap names = NameMaps.HYPNETTORCH_LOCALCONV2D.at("layer0", "local");
        StateDict weights = Weights.export(net, names);
        assertEquals(
                Set.of("local.filters", "local.bias", "local._weights.0", "local._weights.1"),
                weights.names());
        assertEquals(weights.get("local.filters"), weights.get("local._weights.0"));
        Weights.importInto(net, weights, names);
        INDArray other = weights.get("local.bias").add(1e-6);
        assertRefused(
                "'local._weights.1' differs from 'local.bias'",
                net,
                replaced(weights, "local._weights.1", other),
                names);
    }

    @Test
    void longListsAreCut() {
        MultiLayerNetwork net = eegNet(EEGNet.Preset.SELFEEG).build().init();
        StateDict weights = Weights.export(net, NameMap.own());
        weights.put("encoder.conv1.weight", Nd4j.zeros(1, 2));
        WeightsException e =
                assertThrows(
                        WeightsException.class,
                        () -> Weights.importInto(net, weights, NameMaps.SELFEEG_EEGNET));
        // Of each kind ten, and how many more.
        assertEquals(10, e.getMessage().split("' is missing", -1).length - 1);
        assertEquals(10, e.getMessage().split("' is not used", -1).length - 1);
        assertTrue(e.getMessage().contains("; ... and 7 more are missing;"), e.getMessage());
        assertTrue(e.getMessage().contains("has shape [1, 2]"), e.getMessage());
        assertTrue(weights.toString().endsWith("... and 9 more]"), weights.toString());
    }

    /** A map of a network that has parameters of which the source stores nothing. */
    @Test
    void aNetworkWithinAnother() throws Exception {
        StateDict weights = StateDict.read(resource("timm-nf-resnet.safetensors"));
        ComputationGraph net = timm(false);
        NameMap names = NameMaps.TIMM_NF_RESNET.at("", "backbone");
        Weights.importInto(net, renamed(weights, "backbone."::concat), names);
        assertOutputs("timm-nf-resnet", net);
        assertThrows(WeightsException.class, () -> NameMap.own().at("", "backbone"));
    }

    /** Versions of the source that are not known to be the same network. */
    @ParameterizedTest
    @ValueSource(strings = {"classification.1", "final_layer.1"})
    void earlyInceptionIsRefused(String classifier) throws Exception {
        Eeg source = Eeg.BRAINDECODE_EEGINCEPTIONERP;
        StateDict weights = StateDict.read(resource(source.file() + "-state.npz"));
        assertRefused(
                "'" + classifier + ".weight': a name of braindecode 0.8",
                source.network.build().init(),
                renamed(weights, name -> name.replace("final_layer.fc", classifier)),
                source.names);
    }

    /** Names in braindecode's versions, newest first. */
    private static final Map<String, List<String>> BRAINDECODE_NAMES =
            Map.of(
                    "conv_time_spat.", List.of(""),
                    "final_layer.conv_classifier", List.of("conv_classifier"));

    private enum Eeg {
        SELFEEG_SHALLOWNET(
                NameMaps.SELFEEG_SHALLOWNET,
                ShallowConvNet.builder()
                        .preset(ShallowConvNet.Preset.SELFEEG)
                        .kernelLength(5)
                        .f1(4)
                        .f2(4)
                        .poolLength(11)
                        .samples(64)),
        SELFEEG_DEEPCONVNET(
                NameMaps.SELFEEG_DEEPCONVNET,
                DeepConvNet.builder()
                        .preset(DeepConvNet.Preset.SELFEEG)
                        .kernelLength(4)
                        .f1(2)
                        .f2(2)
                        .samples(210)),
        SELFEEG_EEGINCEPTION(
                NameMaps.SELFEEG_EEGINCEPTION,
                EEGInception.builder()
                        .preset(EEGInception.Preset.SELFEEG)
                        .kernelLength(33)
                        .f1(2)
                        .samples(72)),
        BRAINDECODE_SHALLOWFBCSPNET(
                NameMaps.BRAINDECODE_SHALLOWFBCSPNET,
                ShallowConvNet.builder()
                        .preset(ShallowConvNet.Preset.BRAINDECODE)
                        .kernelLength(5)
                        .f1(4)
                        .f2(5)
                        .poolLength(11)
                        .poolStride(4)
                        .samples(64)),
        BRAINDECODE_DEEP4NET(
                NameMaps.BRAINDECODE_DEEP4NET,
                DeepConvNet.builder()
                        .preset(DeepConvNet.Preset.BRAINDECODE)
                        .kernelLength(4)
                        .f1(2)
                        .f2(2)
                        .samples(210)),
        BRAINDECODE_EEGTCNET(
                NameMaps.BRAINDECODE_EEGTCNET,
                EEGTCNet.builder()
                        .preset(EEGTCNet.Preset.BRAINDECODE)
                        .kernelLength(10)
                        .f1(2)
                        .f2(4)
                        .tcnKernel(3)
                        .tcnFilters(3)
                        .samples(320)),
        BRAINDECODE_EEGINCEPTIONERP(
                NameMaps.BRAINDECODE_EEGINCEPTIONERP,
                EEGInception.builder().kernelLength(17).f1(2).samples(72));

        private final NameMap names;
        private final EegModelBuilder<?, ?> network;

        Eeg(NameMap names, EegModelBuilder<?, ?> network) {
            this.names = names;
            this.network = network;
            network.channels(3).classes(3);
        }

        String file() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @ParameterizedTest
    @EnumSource(Eeg.class)
    void networksForEeg(Eeg source) throws Exception {
        StateDict weights = StateDict.read(resource(source.file() + "-state.npz"));
        Model net = source.network.build().init();
        assertEquals(Set.of(), Weights.importInto(net, weights, source.names));
        assertOutputs(source.file(), net);
        StateDict current =
                renamed(
                        weights,
                        name ->
                                name.replace(
                                        "final_layer.weight",
                                        "final_layer.parametrizations.weight.original"));
        assertSame(current, Weights.export(net, source.names), 0);
        BRAINDECODE_NAMES.forEach(
                (newest, others) ->
                        others.forEach(
                                other -> {
                                    StateDict old =
                                            renamed(weights, name -> name.replace(newest, other));
                                    Model again = source.network.build().init();
                                    Weights.importInto(again, old, source.names);
                                    assertEquals(net.params(), again.params());
                                }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"keras-legacy.h5", "keras3.weights.h5"})
    void keras(String file) throws Exception {
        StateDict weights = KerasWeights.read(resource(file));
        assertArrayEquals(new long[] {4, 1, 3, 2}, weights.get("depthwise_conv2d.0").shape());
        MultiLayerNetwork net = eegNet(EEGNet.Preset.KERAS).build().init();
        // Keras's norms are those of this network's constraints: nothing is to be projected.
        Weights.importInto(net, weights, NameMaps.KERAS_EEGNET, Weights.OutsideNorm.REFUSE);
        assertOutputs("keras-eegnet", net);
        assertSame(weights, Weights.export(net, NameMaps.KERAS_EEGNET), 0);
        // Twice as large in one filter, or one class: outside.
        for (String name : List.of("depthwise_conv2d.0", "dense.0")) {
            StateDict larger = new StateDict();
            weights.arrays().forEach((n, a) -> larger.put(n, n.equals(name) ? a.mul(2) : a));
            assertEquals(1, Weights.importInto(net, larger, NameMaps.KERAS_EEGNET).size(), name);
        }
    }

    @Test
    void damagedHdf5() throws Exception {
        Path file = folder.resolve("damaged.h5");
        byte[] bytes = Files.readAllBytes(resource("keras-legacy.h5"));
        for (int length : new int[] {0, 10, 1000, bytes.length / 2}) {
            Files.write(file, Arrays.copyOf(bytes, length));
            WeightsException e =
                    assertThrows(WeightsException.class, () -> KerasWeights.read(file));
            assertTrue(e.getMessage().contains("damaged.h5"), e.getMessage());
        }
        WeightsException e =
                assertThrows(
                        WeightsException.class,
                        () -> KerasWeights.read(folder.resolve("missing.h5")));
        assertTrue(e.getMessage().contains("no such file"), e.getMessage());
    }

    @Test
    void timmNfNet() throws Exception {
        StateDict weights = StateDict.read(resource("timm-dm-nfnet.safetensors"));
        ComputationGraph net = timm(true);
        Weights.importInto(net, weights, NameMaps.TIMM_DM_NFNET);
        assertOutputs("timm-dm-nfnet", net);
        assertSame(weights, Weights.export(net, NameMaps.TIMM_DM_NFNET), 0);
    }

    @Test
    void timmNfResNet() throws Exception {
        StateDict weights = StateDict.read(resource("timm-nf-resnet.safetensors"));
        ComputationGraph net = timm(false);
        Weights.importInto(net, weights, NameMaps.TIMM_NF_RESNET);
        assertOutputs("timm-nf-resnet", net);
        assertOutputs("timm-nf-resnet", BuiltInNetwork.of(net));
        assertSame(weights, Weights.export(net, NameMaps.TIMM_NF_RESNET), 1e-6);
        net.getParam("stage1-block1-gain_gain").assign(0.5);
        WeightsException e =
                assertThrows(
                        WeightsException.class, () -> Weights.export(net, NameMaps.TIMM_NF_RESNET));
        assertTrue(e.getMessage().contains("1.0 for stage1-block1-gain.gain"), e.getMessage());
    }

    /** Small networks of timm's other kinds; {@code networks.py} wrote them. */
    private enum Timm {
        NF_REGNET(
                NameMaps.TIMM_NF_REGNET,
                new Stem(3, List.of(8), List.of(2), false),
                List.of(new Stage(16, 1, 2), new Stage(24, 2, 2)),
                new Block(2.25, 8, 1, squeeze(0.5, true), true, true),
                40 / 24.0,
                new Swish()),
        NFNET_L(NameMaps.TIMM_NFNET_L, light(squeeze(0.25, false))),
        ECA_NFNET_L(NameMaps.TIMM_NFNET_L, light(Attention.eca())),
        NF_SERESNET(NameMaps.TIMM_NF_RESNET, resnet(squeeze(1 / 16.0, false))),
        NF_ECARESNET(NameMaps.TIMM_NF_RESNET, resnet(Attention.eca()));

        private final NameMap names;
        private final NFNetArchitecture architecture;

        Timm(NameMap names, NFNetArchitecture architecture) {
            this.names = names;
            this.architecture = architecture;
        }

        Timm(
                NameMap names,
                Stem stem,
                List<Stage> stages,
                Block block,
                double last,
                IActivation activation) {
            this(names, net(stem, stages, block, last, activation));
        }

        private static NFNetArchitecture net(
                Stem stem, List<Stage> stages, Block block, double last, IActivation activation) {
            return new NFNetArchitecture(
                    stem,
                    stages,
                    block,
                    last,
                    activation,
                    WeightStandardization.timm().withEps(1e-5),
                    NFNetArchitecture.Padding.SYMMETRIC,
                    0,
                    0);
        }

        private static Attention squeeze(double share, boolean inside) {
            return new Attention(Attention.Kind.SQUEEZE_EXCITATION, share, 8, inside);
        }

        private static NFNetArchitecture light(Attention attention) {
            return net(
                    new Stem(3, List.of(2, 4, 8, 16), List.of(2, 1, 1, 2), false),
                    List.of(new Stage(32, 1, 1), new Stage(64, 2, 2)),
                    new Block(0.25, 8, 2, attention, true, false),
                    1.5,
                    new Swish());
        }

        private static NFNetArchitecture resnet(Attention attention) {
            return net(
                    new Stem(7, List.of(16), List.of(2), true),
                    List.of(new Stage(32, 1, 1), new Stage(64, 2, 2)),
                    new Block(0.25, 0, 1, attention, true, false),
                    0,
                    new ActivationReLU());
        }
    }

    @ParameterizedTest
    @EnumSource(Timm.class)
    void timm(Timm source) throws Exception {
        String file = "timm-" + source.name().toLowerCase(Locale.ROOT).replace('_', '-');
        StateDict weights = StateDict.read(resource(file + "-state.npz"));
        ComputationGraph net =
                NFNet.builder()
                        .architecture(source.architecture)
                        .classes(5)
                        .imageSize(31, 36)
                        .init();
        Weights.importInto(net, weights, source.names);
        assertOutputs(file, net);
        assertSame(weights, Weights.export(net, source.names), 1e-6);
    }

    /** Names and shapes of timm's whole models, without making arrays of that size. */
    @ParameterizedTest
    @CsvSource({
        "timm-dm-nfnet, dm-nfnet-f0, NFNET_F0",
        "timm-nf-resnet, nf-resnet50, NF_RESNET_50",
        "timm-nf-resnet, nf-seresnet26, NF_SERESNET_26",
        "timm-nfnet-l, eca-nfnet-l0, ECA_NFNET_L0",
        "timm-nf-regnet, nf-regnet-b0, NF_REGNET_B0"
    })
    void timmNamesAndShapes(String map, String model, NFNet.Preset preset) throws Exception {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        NFNet.builder()
                .preset(preset)
                .build()
                .conf()
                .getVertices()
                .forEach((name, vertex) -> addShapes(shapes, name, vertex));
        Map<String, String> expected = new TreeMap<>();
        for (String line : Files.readAllLines(resource("timm-" + model + "-shapes.txt"))) {
            String[] parts = line.split(" ", 2);
            expected.put(parts[0], parts[1]);
        }
        Map<String, String> actual = new TreeMap<>();
        for (Mapping mapping : NameMap.resource(map).mappings(shapes)) {
            shapes.remove(mapping.parameter());
            if (mapping.names() != null) {
                String shape = Arrays.toString(mapping.shape()).replaceAll("[\\[\\] ]", "");
                actual.put(mapping.names().get(0), shape);
            }
        }
        assertEquals(expected, actual);
        assertEquals(Set.of(), shapes.keySet());
    }

    private static void addShapes(Map<String, long[]> shapes, String name, GraphVertex vertex) {
        if (!(vertex instanceof LayerVertex)) {
            return;
        }
        Layer layer = ((LayerVertex) vertex).getLayerConf().getLayer();
        if (layer instanceof SpecLayer) {
            for (ParamSpec param : ((SpecLayer<?>) layer).getSpec().params()) {
                shapes.put(name + "." + param.name(), param.shape());
            }
        } else if (layer instanceof OutputLayer) {
            OutputLayer dense = (OutputLayer) layer;
            shapes.put(name + ".W", new long[] {dense.getNIn(), dense.getNOut()});
            shapes.put(name + ".b", new long[] {dense.getNOut()});
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.safetensors", "a.npz"})
    void ownNames(String name) throws Exception {
        MultiLayerNetwork net = eegNet(EEGNet.Preset.KERAS).seed(1).build().init();
        // Some steps, so that the running statistics are not what they were.
        INDArray x = Nd4j.rand(DataType.FLOAT, 6, 1, 4, 64);
        INDArray y = Nd4j.eye(3).castTo(DataType.FLOAT);
        for (int i = 0; i < 3; i++) {
            net.fit(x, Nd4j.vstack(y, y));
        }
        Weights.export(net, NameMap.own()).write(folder.resolve(name));
        MultiLayerNetwork other = eegNet(EEGNet.Preset.KERAS).seed(2).build().init();
        StateDict read = StateDict.read(folder.resolve(name));
        Weights.importInto(other, read, NameMap.own());
        assertEquals(net.params(), other.params());
        assertEquals(net.output(x), other.output(x));

        ComputationGraph graph = timm(false);
        Weights.export(graph, NameMap.own()).write(folder.resolve(name));
        ComputationGraph twin = timm(false);
        twin.params().muli(2);
        Weights.importInto(twin, StateDict.read(folder.resolve(name)), NameMap.own());
        assertEquals(graph.params(), twin.params());
    }

    @Test
    void everythingWrongIsNamedAndNothingIsLoaded() {
        MultiLayerNetwork net = eegNet(EEGNet.Preset.SELFEEG).build().init();
        StateDict whole = Weights.export(net, NameMaps.SELFEEG_EEGNET);
        INDArray before = net.params().dup();
        StateDict wrong = new StateDict();
        whole.arrays()
                .forEach(
                        (name, array) -> {
                            switch (name) {
                                case "encoder.conv1.weight":
                                    break;
                                case "encoder.conv2.weight":
                                    wrong.put(name, Nd4j.zeros(6, 1, 5, 1));
                                    break;
                                case "Dense.bias":
                                    wrong.put(name, Nd4j.zeros(DataType.INT32, 3));
                                    break;
                                case "encoder.batchnorm1.weight":
                                    wrong.put(name, array.dup().putScalar(0, Double.NaN));
                                    break;
                                default:
                                    wrong.put(name, array.add(1));
                            }
                        });
        wrong.put("more", Nd4j.zeros(1));
        WeightsException e =
                assertThrows(
                        WeightsException.class,
                        () -> Weights.importInto(net, wrong, NameMaps.SELFEEG_EEGNET));
        for (String part :
                List.of(
                        "'encoder.conv1.weight' is missing (for temporal.W)",
                        "'encoder.conv2.weight' has shape [6, 1, 5, 1], must have [6, 1, 4, 1]",
                        "'Dense.bias' has data type INT",
                        "'encoder.batchnorm1.weight' has values that are not finite",
                        "'more' is not used")) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
        assertEquals(before, net.params());
        e =
                assertThrows(
                        WeightsException.class,
                        () -> Weights.importInto(timm(false), whole, NameMaps.SELFEEG_EEGNET));
        assertTrue(
                e.getMessage().contains("no name for the parameter stem-conv0.W"), e.getMessage());
    }

    /** Weights that float arithmetic has projected are projected once more for one in double. */
    @Test
    void weightsAreProjectedInTheNetworksType() {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            MultiLayerNetwork net =
                    Nets.single(
                            new ConstrainedConv2D.Builder(3).nOut(1).maxNorm(0.3).build(),
                            Nets.inputType(1, 2, 5, 5),
                            type);
            StateDict weights = Weights.export(net, NameMap.own());
            INDArray weight = Nd4j.rand(type, 1, 2, 3, 3);
            weight.muli((0.3 + 3e-8) / weight.norm2Number().doubleValue());
            weights.get("layer0.W").assign(weight);
            assertEquals(Set.of(), Weights.importInto(net, weights, NameMap.own()));
            INDArray expected =
                    type == DataType.FLOAT ? weight : weight.mul(0.3 / (0.3 + 3e-8 + 1e-9));
            new Close(0, 1e-15).check("weight", net.getParam("0_W"), expected);
        }
    }

    @Test
    void weightsOutsideTheirNormAreProjectedOrRefused() {
        MultiLayerNetwork net = eegNet(EEGNet.Preset.SELFEEG).build().init();
        StateDict weights = Weights.export(net, NameMaps.SELFEEG_EEGNET);
        StateDict large = new StateDict();
        weights.arrays()
                .forEach((n, a) -> large.put(n, n.equals("encoder.conv2.weight") ? a.mul(100) : a));
        WeightsException e =
                assertThrows(
                        WeightsException.class,
                        () ->
                                Weights.importInto(
                                        net,
                                        large,
                                        NameMaps.SELFEEG_EEGNET,
                                        Weights.OutsideNorm.REFUSE));
        assertTrue(e.getMessage().contains("spatial.W is outside"), e.getMessage());
        assertEquals(Set.of("spatial.W"), Weights.importInto(net, large, NameMaps.SELFEEG_EEGNET));
        assertEquals(1, net.getParam("2_W").norm2(1, 2, 3).maxNumber().doubleValue(), 1e-6);
    }

    @Test
    void aMapOfOnesOwnAndLayersOfANetwork() throws Exception {
        MultiLayerNetwork net =
                Nets.init(
                        Nets.config(DataType.FLOAT, new org.nd4j.linalg.learning.config.Sgd(1))
                                .list()
                                .layer(new WSConv2D.Builder(3).name("a").nOut(4).build())
                                .layer(new WSConv2D.Builder(3).nOut(2).build())
                                .layer(
                                        new DenseLayer.Builder()
                                                .name("c")
                                                .nOut(2)
                                                .constrainWeights(new MaxNorm(100))
                                                .build())
                                .setInputType(InputType.convolutional(8, 8, 1)));
        Path file = folder.resolve("dense.json");
        Files.writeString(
                file,
                "{\"source\": \"mine\", \"rules\": ["
                        + "{\"parameter\": \"c.W\", \"name\": \"fc.weight\", \"axes\": [1, 0]},"
                        + "{\"parameter\": \"c.b\", \"name\": \"fc.bias\"}]}");
        NameMap names =
                NameMap.read(file)
                        .and(NameMaps.ELEKTRONN3_WSCONV.at("a", "down.0"))
                        .and(NameMaps.ELEKTRONN3_WSCONV.at("layer1", "down.1"));
        StateDict weights = Weights.export(net, names);
        assertEquals(
                Set.of(
                        "fc.weight",
                        "fc.bias",
                        "down.0.weight",
                        "down.0.bias",
                        "down.0.gain",
                        "down.1.weight",
                        "down.1.bias",
                        "down.1.gain"),
                weights.names());
        INDArray params = net.params().dup();
        net.params().muli(0);
        Weights.importInto(net, weights, names);
        assertEquals(params, net.params());

        Files.writeString(file, "{\"source\": \"mine\", \"rules\": [{\"name\": \"a\"}]}");
        WeightsException e = assertThrows(WeightsException.class, () -> NameMap.read(file));
        assertTrue(e.getMessage().contains("needs a parameter"), e.getMessage());
        Files.writeString(file, "{\"rule\": 1}");
        e = assertThrows(WeightsException.class, () -> NameMap.read(file));
        assertTrue(e.getMessage().contains("no name map"), e.getMessage());
    }
}
