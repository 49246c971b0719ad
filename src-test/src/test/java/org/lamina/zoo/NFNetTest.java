package org.lamina.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;
import static org.nd4j.linalg.indexing.NDArrayIndex.point;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.activations.Swish;
import org.lamina.layers.StochasticDepth;
import org.lamina.layers.WSConv2D;
import org.lamina.optimize.AdaptiveGradientClipping;
import org.lamina.spec.ConvGeometry;
import org.lamina.zoo.NFNetArchitecture.Attention;
import org.lamina.zoo.NFNetArchitecture.Block;
import org.lamina.zoo.NFNetArchitecture.Stage;
import org.lamina.zoo.NFNetArchitecture.Stem;
import org.nd4j.linalg.activations.impl.ActivationCube;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.ops.transforms.Transforms;

class NFNetTest {

    /**
     * The published counts; those of NF-ResNets, NF-RegNets and light NFNets are timm's and one
     * gain for each block.
     */
    @ParameterizedTest
    @CsvSource({
        "NFNET_F0, 71489284",
        "NFNET_F1, 132634256",
        "NFNET_F2, 193779228",
        "NFNET_F3, 254924200",
        "NFNET_F4, 316069172",
        "NFNET_F5, 377214144",
        "NFNET_F6, 438359116",
        "NF_RESNET_26, 15995184",
        "NF_RESNET_50, 25557048",
        "NF_RESNET_101, 44549193",
        "NF_SERESNET_26, 17395984",
        "NF_SERESNET_50, 28088040",
        "NF_SERESNET_101, 49326905",
        "NF_ECARESNET_26, 15995228",
        "NF_ECARESNET_50, 25557134",
        "NF_ECARESNET_101, 44549364",
        "NF_REGNET_B0, 8764304",
        "NF_REGNET_B1, 10224004",
        "NF_REGNET_B2, 14314630",
        "NF_REGNET_B3, 18593857",
        "NF_REGNET_B4, 30210846",
        "NF_REGNET_B5, 49741766",
        "NFNET_L0, 35074500",
        "ECA_NFNET_L0, 24143936",
        "ECA_NFNET_L1, 41407752",
        "ECA_NFNET_L2, 56722384",
        "ECA_NFNET_L3, 72037016",
        "NFNET_TINY, 136686"
    })
    void hasThePublishedNumberOfParameters(NFNet.Preset preset, long expected) {
        assertEquals(expected, NFNet.builder().preset(preset).build().numParams());
    }

    /** The stem and the stages together shrink the image by 32; the tiny one's by 8. */
    @ParameterizedTest
    @EnumSource(NFNet.Preset.class)
    void hasTheShapesOfItsPlan(NFNet.Preset preset) {
        NFNet model = NFNet.builder().preset(preset).build();
        ComputationGraphConfiguration conf = model.conf();
        boolean tiny = preset == NFNet.Preset.NFNET_TINY;
        int size = preset.imageSize();
        var types = conf.getLayerActivationTypes(InputType.convolutional(size, size, 3));
        int end = tiny ? size / 8 : (size + 31) / 32;
        assertEquals(InputType.convolutional(end, end, width(preset)), types.get("last-act"));
        assertEquals(InputType.feedForward(tiny ? 10 : 1000), types.get("classifier"));
        int[] shape = model.metaData().getInputShape()[0];
        assertArrayEquals(new int[] {3, size, size}, shape);
        assertEquals(preset.architecture().blocks(), model.expectedVariances().size());
    }

    private static int width(NFNet.Preset preset) {
        NFNetArchitecture net = preset.architecture();
        int last = net.stages().get(net.stages().size() - 1).width();
        return (int) Math.round(last * (net.lastWidth() == 0 ? 1 : net.lastWidth()));
    }

    private static NFNet.Builder tiny() {
        return NFNet.builder().preset(NFNet.Preset.NFNET_TINY);
    }

    /** For comparison: without standardization the network is the same but for the gains. */
    @Test
    void standardizationCanBeLeftOut() {
        ComputationGraph plain = tiny().standardized(false).init();
        long gains =
                Arrays.stream(tiny().init().getLayers())
                        .filter(layer -> layer.conf().getLayer() instanceof WSConv2D)
                        .mapToLong(layer -> layer.getParam("gain").length())
                        .sum();
        assertTrue(gains > 0);
        assertEquals(136686 - gains, plain.numParams());
        DataSet data = images(6, 3, 3, 32, 32);
        plain = tiny().standardized(false).classes(3).updater(new Nesterovs(0.01, 0.9)).init();
        double before = plain.score(data);
        for (int step = 0; step < 10; step++) {
            plain.fit(data);
        }
        assertTrue(plain.score(data) < before, "loss " + before + " -> " + plain.score(data));
    }

    /** An image for each class, in noise. */
    private static DataSet images(int examples, int classes, int... size) {
        Nd4j.getRandom().setSeed(5);
        INDArray patterns = Nd4j.randn(DataType.FLOAT, classes, size[0], size[1], size[2]);
        INDArray x = Nd4j.randn(DataType.FLOAT, examples, size[0], size[1], size[2]);
        INDArray y = Nd4j.zeros(DataType.FLOAT, examples, classes);
        for (int n = 0; n < examples; n++) {
            x.slice(n).addi(patterns.slice(n % classes));
            y.putScalar(n, n % classes, 1);
        }
        return new DataSet(x, y);
    }

    /** Gray images of 28x28, with dropout and stochastic depth. */
    @Test
    void learns() {
        ComputationGraph network =
                tiny().channels(1)
                        .imageSize(28, 28)
                        .classes(3)
                        .dropout(0.1)
                        .stochasticDepth(0.2)
                        .updater(new Nesterovs(0.05, 0.9))
                        .init();
        DataSet data = images(12, 3, 1, 28, 28);
        double before = network.score(data);
        assertEquals(Math.log(3), before, 0.05); // the classifier begins with small weights
        for (int step = 0; step < 25; step++) {
            network.fit(data);
        }
        assertTrue(
                network.score(data) < 0.75 * before,
                "loss " + before + " -> " + network.score(data));
        assertTrue(
                network.getLayer("stage1-block1-gain").getParam("gain").getDouble(0) != 0,
                "the residual branch is off");
    }

    private static NFNet.Builder withBlocks(Block block) {
        NFNetArchitecture net = NFNet.Preset.NFNET_TINY.architecture();
        return tiny().architecture(
                        new NFNetArchitecture(
                                net.stem(),
                                List.of(new Stage(16, 1, 2), new Stage(24, 2, 2)),
                                block,
                                1.25,
                                net.activation(),
                                net.standardization(),
                                net.padding(),
                                0,
                                0));
    }

    /** Blocks with ECA, and those of NF-RegNet: wide inside, with squeeze and excitation there. */
    @Test
    void learnsWithOtherBlocks() {
        Attention inside = new Attention(Attention.Kind.SQUEEZE_EXCITATION, 0.5, 8, true);
        for (Block block :
                List.of(
                        new Block(0.5, 4, 1, Attention.eca(), true, false),
                        new Block(2.25, 8, 1, inside, true, true))) {
            ComputationGraph network =
                    withBlocks(block)
                            .classes(3)
                            .skipGain(0.5)
                            .gradientClipping(null)
                            .updater(new Adam(1e-2))
                            .init();
            DataSet data = images(12, 3, 3, 32, 32);
            INDArray last = network.getParam("last-conv_W");
            assertArrayEquals(new long[] {30, 24, 1, 1}, last.shape());
            double before = network.score(data);
            for (int step = 0; step < 30; step++) {
                network.fit(data);
            }
            assertTrue(network.score(data) < 0.75 * before, block + ": " + network.score(data));
        }
    }

    /** Without skip gains a block is its shortcut; the output does not depend on the branch. */
    @Test
    void beginsWithTheShortcuts() {
        ComputationGraph network = tiny().init();
        INDArray x = Nd4j.randn(DataType.FLOAT, 2, 3, 32, 32);
        INDArray before = network.feedForward(x, false).get("pool").dup();
        INDArray weight = network.getParam("stage2-block2-conv1_W");
        weight.assign(Nd4j.randn(DataType.FLOAT, weight.shape()));
        assertEquals(before, network.feedForward(x, false).get("pool"));
        network.getParam("stage2-block2-gain_gain").assign(1);
        INDArray after = network.feedForward(x, false).get("pool");
        assertTrue(
                before.distance2(after) > 0.01 * before.norm2Number().doubleValue(), "no branch");
    }

    /** The formula of a block, from the values before and after its layers. */
    @ParameterizedTest
    @CsvSource({"stage1-block1, stem-conv0, 0", "stage2-block2, stage2-block1, 0.04"})
    void aBlockIsItsFormula(String block, String input, double varianceBefore) {
        ComputationGraph network = tiny().skipGain(0.7).init();
        Map<String, INDArray> values =
                network.feedForward(Nd4j.randn(DataType.FLOAT, 2, 3, 32, 32), false);
        INDArray activated =
                Transforms.relu(values.get(input), true)
                        .muli(1.7139588594436646 / Math.sqrt(1 + varianceBefore));
        assertTrue(activated.equalsWithEps(values.get(block + "-act0"), 1e-5), "activation");

        INDArray residual = values.get(block + "-conv2");
        INDArray w1 = network.getParam(block + "-se_W1");
        INDArray hidden =
                residual.mean(2, 3).mmul(w1).addiRowVector(row(network, block + "-se_b1"));
        INDArray factor =
                Transforms.sigmoid(
                        Transforms.relu(hidden, false)
                                .mmul(network.getParam(block + "-se_W2"))
                                .addiRowVector(row(network, block + "-se_b2")));
        INDArray branch =
                residual.mul(factor.muli(2 * 0.2 * 0.7).reshape(2, residual.size(1), 1, 1));
        boolean transition = block.equals("stage1-block1");
        INDArray shortcut = values.get(transition ? block + "-shortcut" : input);
        assertTrue(shortcut.add(branch).equalsWithEps(values.get(block), 1e-5), "output");
        if (transition) {
            INDArray pooled = values.get(block + "-pool");
            assertEquals(
                    values.get(block + "-act0")
                            .get(point(1), point(2), interval(4, 6), interval(8, 10))
                            .meanNumber()
                            .doubleValue(),
                    pooled.getDouble(1, 2, 2, 4),
                    1e-5);
        }
    }

    private static INDArray row(ComputationGraph network, String name) {
        INDArray vector = network.getParam(name);
        return vector.reshape(1, vector.length());
    }

    /** The whole network's, along random directions, against finite differences. */
    @Test
    void gradientIsThatOfTheLoss() {
        ComputationGraphConfiguration conf =
                tiny().activation(new Swish()).imageSize(13, 12).skipGain(0.7).build().conf();
        conf.setDataType(DataType.DOUBLE);
        ComputationGraph network = new ComputationGraph(conf);
        network.init();
        INDArray params = network.params().dup();
        Nd4j.getRandom().setSeed(1);
        INDArray x = Nd4j.randn(DataType.DOUBLE, 3, 3, 13, 12);
        INDArray y = Nd4j.zeros(DataType.DOUBLE, 3, 10);
        for (int n = 0; n < 3; n++) {
            y.putScalar(n, n, 1);
        }
        network.setInputs(x);
        network.setLabels(y);
        network.computeGradientAndScore();
        INDArray gradient = network.getGradientsViewArray().div(3); // a sum over the minibatch
        double step = 1e-6;
        for (int k = 0; k < 3; k++) {
            INDArray direction = Nd4j.randn(DataType.DOUBLE, params.shape());
            network.setParams(params.add(direction.mul(step)));
            double above = network.score(new DataSet(x, y), true);
            network.setParams(params.sub(direction.mul(step)));
            double below = network.score(new DataSet(x, y), true);
            double expected = gradient.mul(direction).sumNumber().doubleValue();
            assertEquals(expected, (above - below) / (2 * step), 1e-5 * Math.abs(expected) + 1e-6);
        }
    }

    /** TensorFlow's rule: of an uneven number the larger part comes after the image. */
    @Test
    void padsAsTensorFlowDoes() {
        NFNet.Builder f0 = NFNet.builder().preset(NFNet.Preset.NFNET_F0).imageSize(64, 67);
        ComputationGraphConfiguration conf = f0.build().conf();
        assertPadding(conf, "stem-conv0", new int[] {0, 1}, new int[] {1, 1});
        assertPadding(conf, "stem-conv1", new int[] {1, 1}, new int[] {1, 1});
        assertPadding(conf, "stem-conv3", new int[] {0, 0}, new int[] {1, 1}); // of 32 x 34
        assertPadding(conf, "stage2-block1-conv1", new int[] {0, 1}, new int[] {1, 1}); // 16 x 17
        assertPadding(conf, "stage2-block1-conv0", new int[] {0, 0}, new int[] {0, 0});
    }

    private static void assertPadding(
            ComputationGraphConfiguration conf, String name, int[] before, int[] after) {
        LayerVertex vertex = (LayerVertex) conf.getVertices().get(name);
        ConvGeometry geometry =
                ((WSConv2D) vertex.getLayerConf().getLayer()).getSpec().conv().geometry();
        assertArrayEquals(before, geometry.padBefore(), name);
        assertArrayEquals(after, geometry.padAfter(), name);
    }

    /** The drop rate grows with the block's place; the first block is never dropped. */
    @Test
    void stochasticDepthGrows() {
        ComputationGraphConfiguration conf =
                NFNet.builder().preset(NFNet.Preset.NFNET_F0).build().conf();
        assertEquals(null, conf.getVertices().get("stage1-block1-depth"));
        String[] names = {"stage2-block1", "stage2-block2", "stage3-block1", "stage4-block3"};
        int[] places = {1, 2, 3, 11};
        for (int i = 0; i < names.length; i++) {
            LayerVertex vertex = (LayerVertex) conf.getVertices().get(names[i] + "-depth");
            StochasticDepth layer = (StochasticDepth) vertex.getLayerConf().getLayer();
            assertEquals(0.25 * places[i] / 12, layer.getSpec().dropRate(), 1e-12);
            assertTrue(!layer.getSpec().scaleByKeep());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = NFNet.Preset.class,
            names = {"NFNET_F0", "NF_RESNET_26", "NFNET_TINY"})
    void configurationSurvivesJsonAndYaml(NFNet.Preset preset) {
        ComputationGraphConfiguration conf = NFNet.builder().preset(preset).build().conf();
        assertEquals(conf, ComputationGraphConfiguration.fromJson(conf.toJson()));
        assertEquals(conf, ComputationGraphConfiguration.fromYaml(conf.toYaml()));
    }

    /** A stem with max pooling, blocks with one convolution and without squeeze and excitation. */
    @Test
    void aSmallResNetGivesProbabilities() {
        NFNetArchitecture net = NFNet.Preset.NF_RESNET_26.architecture();
        NFNetArchitecture small =
                new NFNetArchitecture(
                        new Stem(7, List.of(8), List.of(2), true),
                        List.of(new Stage(16, 1, 1), new Stage(32, 2, 2)),
                        net.block(),
                        0,
                        new Swish(),
                        net.standardization(),
                        net.padding(),
                        0,
                        0.5);
        ComputationGraph network =
                NFNet.builder().architecture(small).imageSize(33, 30).classes(4).init();
        INDArray x = Nd4j.randn(DataType.FLOAT, 2, 3, 33, 30);
        Map<String, INDArray> values = network.feedForward(x, false);
        assertArrayEquals(new long[] {2, 8, 9, 8}, values.get("stem-pool").shape());
        assertArrayEquals(new long[] {2, 32, 5, 4}, values.get("stage2-block2").shape());
        assertArrayEquals(new long[] {2, 4}, values.get("classifier").shape());
        assertEquals(2, values.get("classifier").sumNumber().doubleValue(), 1e-5);

        x.putScalar(new long[] {1, 2, 20, 11}, Float.NaN); // where no score may hide it
        INDArray isNaN = network.outputSingle(x).isNaN();
        assertEquals(List.of(0, 4), List.of(count(isNaN.getRow(0)), count(isNaN.getRow(1))));
    }

    private static int count(INDArray trues) {
        return trues.castTo(DataType.INT32).sumNumber().intValue();
    }

    @Test
    void gradientsAreClippedButTheClassifiers() {
        ComputationGraphConfiguration conf = tiny().build().conf();
        assertTrue(clipped(conf, "stem-conv0") && clipped(conf, "last-conv"));
        assertFalse(clipped(conf, "classifier"));
        assertFalse(clipped(tiny().gradientClipping(null).build().conf(), "stem-conv0"));
    }

    private static boolean clipped(ComputationGraphConfiguration conf, String name) {
        LayerVertex vertex = (LayerVertex) conf.getVertices().get(name);
        return vertex.getLayerConf().getLayer().getRegularizationByParam("W").stream()
                .anyMatch(AdaptiveGradientClipping.class::isInstance);
    }

    @Test
    void aBuiltNetworkDoesNotFollowItsBuilder() {
        NFNet.Builder builder = tiny();
        NFNet network = builder.build();
        ComputationGraphConfiguration before = network.conf();
        builder.channels(1).classes(2);
        assertEquals(before, network.conf());
        assertThrows(
                DL4JInvalidConfigException.class,
                () -> network.setInputShape(new int[][] {{3, 0, 32}}));
        assertThrows(
                IllegalArgumentException.class, () -> network.setInputShape(new int[][] {{3, 32}}));
        assertEquals(before, network.conf());
        network.setInputShape(new int[][] {{1, 28, 28}});
        assertArrayEquals(new int[] {1, 28, 28}, network.metaData().getInputShape()[0]);
        assertEquals(136686 - 2 * 16 * 9, network.numParams());
    }

    @Test
    void errorsNameArgumentAndValue() {
        assertMessage("preset = null", () -> tiny().preset(null));
        assertMessage("architecture = null", () -> tiny().architecture(null).build());
        assertMessage("updater = null", () -> tiny().updater(null).build());
        assertMessage("channels = 0; must be 1 or greater", () -> tiny().channels(0).build());
        assertMessage("classes = 1; must be 2 or greater", () -> tiny().classes(1).build());
        assertMessage("imageSize = 0 x 32", () -> tiny().imageSize(0, 32).build());
        assertMessage("dropout = 1.0", () -> tiny().dropout(1).build());
        assertMessage("stochasticDepth = -0.1", () -> tiny().stochasticDepth(-0.1).build());
        assertMessage("skipGain = NaN", () -> tiny().skipGain(Double.NaN).build());
        assertMessage("activation", () -> tiny().activation(new ActivationCube()).build());
        assertMessage("stem kernel = 4", () -> new Stem(4, List.of(8), List.of(1), false));
        assertMessage("stem strides = []", () -> new Stem(3, List.of(8), List.of(), false));
        assertMessage("stem channels = [0]", () -> new Stem(3, List.of(0), List.of(1), false));
        assertMessage("stage width = -1", () -> new Stage(-1, 1, 1));
        assertMessage("stage depth = 0", () -> new Stage(8, 0, 1));
        assertMessage("stage stride = 0", () -> new Stage(8, 1, 0));
        assertMessage(
                "bottleneck = NaN",
                () -> new Block(Double.NaN, 0, 1, Attention.none(), true, false));
        assertMessage(
                "groupWidth = -1", () -> new Block(0.5, -1, 1, Attention.none(), true, false));
        assertMessage(
                "spatialConvs = 3", () -> new Block(0.5, 0, 3, Attention.none(), true, false));
        assertMessage(
                "squeeze = 1.5",
                () -> new Block(0.5, 0, 1, Attention.squeezeExcitation(1.5), true, false));
        assertMessage("attention = null", () -> new Block(0.5, 0, 1, null, true, false));
        assertMessage("divisor = 0", () -> new Attention(Attention.Kind.ECA, 0, 0, false));
        assertMessage(
                "squeeze = 0.5; does not suit ECA",
                () -> new Attention(Attention.Kind.ECA, 0.5, 1, false));
        NFNetArchitecture net = NFNet.Preset.NFNET_TINY.architecture();
        assertMessage(
                "stage width = 16; leaves no inner channels",
                () ->
                        new NFNetArchitecture(
                                net.stem(),
                                List.of(new Stage(16, 1, 1)),
                                net.block(),
                                0,
                                net.activation(),
                                net.standardization(),
                                net.padding(),
                                0,
                                0));
    }

    private static void assertMessage(String part, Executable action) {
        String message = assertThrows(DL4JInvalidConfigException.class, action).getMessage();
        assertTrue(message.contains("NFNet") && message.contains(part), message);
    }
}
