package org.lamina.constraints;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.lang3.SerializationUtils;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.spec.NormAxes;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Constraints inside networks that DL4J trains. */
class ConstrainedTrainingTest {

    private static final double BOUND = 0.4;

    private static NeuralNetConfiguration.Builder global(DataType type) {
        return new NeuralNetConfiguration.Builder()
                .dataType(type)
                .seed(7)
                .convolutionMode(ConvolutionMode.Same)
                .updater(new Adam(0.05));
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static DataSet flatData(DataType type, int inputs) {
        Nd4j.getRandom().setSeed(3);
        INDArray labels = Nd4j.zeros(type, 8, 3);
        for (int i = 0; i < 8; i++) {
            labels.putScalar(i, i % 3, 1);
        }
        return new DataSet(Nd4j.randn(type, 8, inputs), labels);
    }

    private static DataSet imageData(DataType type) {
        DataSet flat = flatData(type, 2 * 6 * 6);
        return new DataSet(flat.getFeatures().reshape(8, 2, 6, 6), flat.getLabels());
    }

    private static DataSet sequenceData(DataType type) {
        DataSet flat = flatData(type, 4 * 5);
        return new DataSet(flat.getFeatures().reshape(8, 4, 5), flat.getLabels());
    }

    /** Asserts that no norm over the axes exceeds the bound. */
    private static void assertWithin(double bound, INDArray w, int... axes) {
        double largest = w.castTo(DataType.DOUBLE).norm2(axes).maxNumber().doubleValue();
        assertTrue(largest <= bound * (1 + 1e-6), "norm " + largest + " > " + bound);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void holdsAfterEachOfTwentyUpdatesWithGlobalConstrainWeights(DataType type) {
        MultiLayerNetwork net =
                new MultiLayerNetwork(
                        global(type)
                                .constrainWeights(new MaxNorm(BOUND))
                                .list()
                                .layer(new ConvolutionLayer.Builder(3, 2).nOut(3).build())
                                .layer(new BatchNormalization())
                                .layer(
                                        new DepthwiseConvolution2D.Builder(2, 3)
                                                .depthMultiplier(2)
                                                .build())
                                .layer(
                                        new SeparableConvolution2D.Builder(3, 3)
                                                .nOut(4)
                                                .depthMultiplier(2)
                                                .build())
                                .layer(new Deconvolution2D.Builder(2, 2).nOut(3).build())
                                .layer(new DenseLayer.Builder().nOut(5).build())
                                .layer(output())
                                .setInputType(InputType.convolutional(6, 6, 2))
                                .build());
        net.init();
        for (int i = 0; i < 20; i++) {
            net.fit(imageData(type));
            assertWithin(BOUND, net.getParam("0_W"), 1, 2, 3);
            assertWithin(BOUND, net.getParam("2_W"), 0, 1);
            assertWithin(BOUND, net.getParam("3_W"), 2, 3);
            assertWithin(BOUND, net.getParam("3_pW"), 1, 2, 3);
            assertWithin(BOUND, net.getParam("4_W"), 0, 2, 3);
            assertWithin(BOUND, net.getParam("5_W"), 0);
            assertWithin(BOUND, net.getParam("6_W"), 0);
        }
        assertTrue(
                net.params().amaxNumber().doubleValue() > BOUND,
                "gamma of the normalization is free");
    }

    @Test
    void holdsInRecurrentLayersAndWrappers() {
        MultiLayerNetwork net =
                new MultiLayerNetwork(
                        global(DataType.FLOAT)
                                .constrainWeights(new MaxNorm(BOUND))
                                .list()
                                .layer(new Convolution1DLayer.Builder(3).nOut(4).build())
                                .layer(new Bidirectional(new LSTM.Builder().nOut(3).build()))
                                .layer(new LastTimeStep(new LSTM.Builder().nOut(4).build()))
                                .layer(output())
                                .setInputType(InputType.recurrent(4, 5))
                                .build());
        net.init();
        for (int i = 0; i < 20; i++) {
            net.fit(sequenceData(DataType.FLOAT));
            INDArray conv = net.getParam("0_W");
            assertWithin(BOUND, conv.reshape('c', conv.size(2), conv.size(1), conv.size(0)), 0, 1);
            for (String name : List.of("1_fW", "1_fRW", "1_bW", "1_bRW", "2_W", "2_RW", "3_W")) {
                assertWithin(BOUND, net.getParam(name), 0);
            }
        }
    }

    @Test
    void holdsPerLayerAndForBiases() {
        MultiLayerNetwork net =
                new MultiLayerNetwork(
                        global(DataType.FLOAT)
                                .list()
                                .layer(
                                        new DenseLayer.Builder()
                                                .nIn(6)
                                                .nOut(5)
                                                .constrainWeights(new UnitNorm())
                                                .constrainBias(new MaxNorm(0.02))
                                                .build())
                                .layer(
                                        new DenseLayer.Builder()
                                                .nOut(4)
                                                .constrainAllParameters(new MaxNorm(0.1))
                                                .build())
                                .layer(output())
                                .setInputType(InputType.feedForward(6))
                                .build());
        net.init();
        for (int i = 0; i < 20; i++) {
            net.fit(flatData(DataType.FLOAT, 6));
            INDArray norms = net.getParam("0_W").norm2(0);
            assertEquals(1, norms.minNumber().doubleValue(), 1e-5);
            assertEquals(1, norms.maxNumber().doubleValue(), 1e-5);
            assertTrue(net.getParam("0_b").amaxNumber().doubleValue() <= 0.02 * (1 + 1e-6));
            assertWithin(0.1, net.getParam("1_W"), 0);
            assertTrue(net.getParam("1_b").amaxNumber().doubleValue() <= 0.1 * (1 + 1e-6));
        }
        assertTrue(net.getParam("2_W").norm2(0).maxNumber().doubleValue() > BOUND, "free layer");
    }

    /** With rate below 1 a second application would show. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void appliedExactlyOnceInEachUpdate(DataType type) {
        NormConstraint constraint = new MinMaxNorm(0.1, 0.3, 0.25, NormAxes.perOutputUnit());
        MultiLayerNetwork constrained = sgdNet(type, constraint);
        MultiLayerNetwork free = sgdNet(type, null);
        free.setParams(constrained.params().dup());
        for (int i = 0; i < 5; i++) {
            constrained.fit(flatData(type, 6));
            free.fit(flatData(type, 6));
            INDArray w = free.getParam("0_W");
            double[] before = w.norm2(0).castTo(DataType.DOUBLE).toDoubleVector();
            for (int unit = 0; unit < before.length; unit++) {
                double clipped = Math.max(0.1, Math.min(0.3, before[unit]));
                double scale = (0.25 * clipped + 0.75 * before[unit]) / (before[unit] + 1e-9);
                w.getColumn(unit).muli(scale);
            }
            assertTrue(
                    free.params()
                            .equalsWithEps(
                                    constrained.params(), type == DataType.FLOAT ? 1e-6 : 1e-12));
        }
    }

    private static MultiLayerNetwork sgdNet(DataType type, NormConstraint constraint) {
        DenseLayer.Builder dense =
                new DenseLayer.Builder().nIn(6).nOut(5).activation(Activation.TANH);
        if (constraint != null) {
            dense.constrainWeights(constraint);
        }
        MultiLayerNetwork net =
                new MultiLayerNetwork(
                        global(type)
                                .updater(new Sgd(0.5))
                                .list()
                                .layer(dense.build())
                                .layer(output())
                                .setInputType(InputType.feedForward(6))
                                .build());
        net.init();
        return net;
    }

    /** A SameDiff layer that stores weights as PyTorch does, {@code [out, in]}. */
    public static final class SameDiffDense extends SameDiffLayer implements OutputUnitLayout {
        private long nIn;
        private long nOut;

        SameDiffDense() {}

        SameDiffDense(long nIn, long nOut) {
            this.nIn = nIn;
            this.nOut = nOut;
        }

        public long getNIn() {
            return nIn;
        }

        public void setNIn(long nIn) {
            this.nIn = nIn;
        }

        public long getNOut() {
            return nOut;
        }

        public void setNOut(long nOut) {
            this.nOut = nOut;
        }

        @Override
        public void defineParameters(SDLayerParams params) {
            params.addWeightParam("W", nOut, nIn);
            params.addBiasParam("b", nOut);
        }

        @Override
        public void initializeParameters(Map<String, INDArray> params) {
            initWeights((int) nIn, (int) nOut, WeightInit.XAVIER, params.get("W"));
            params.get("b").assign(0);
        }

        @Override
        public SDVariable defineLayer(
                SameDiff sd, SDVariable input, Map<String, SDVariable> params, SDVariable mask) {
            return sd.nn().tanh(input.mmul(params.get("W").permute(1, 0)).add(params.get("b")));
        }

        @Override
        public InputType getOutputType(int index, InputType type) {
            return InputType.feedForward(nOut);
        }

        @Override
        public int[] outputAxes(String param, long[] shape) {
            return new int[] {0};
        }
    }

    @Test
    void sameDiffLayersTakeThemThroughSetConstraints() {
        SameDiffDense layer = new SameDiffDense(6, 4);
        layer.setConstraints(List.of(new MaxNorm(BOUND)));
        MultiLayerNetwork net =
                new MultiLayerNetwork(
                        global(DataType.FLOAT)
                                .list()
                                .layer(layer)
                                .layer(output())
                                .setInputType(InputType.feedForward(6))
                                .build());
        net.init();
        Constraints.project(net);
        assertWithin(BOUND, net.getParam("0_W"), 1);
        for (int i = 0; i < 20; i++) {
            net.fit(flatData(DataType.FLOAT, 6));
            assertWithin(BOUND, net.getParam("0_W"), 1);
            assertEquals(BOUND, net.getParam("0_W").norm2(1).maxNumber().doubleValue(), 1e-3);
            assertArrayEquals(
                    net.getParam("0_W").norm2(1).castTo(DataType.DOUBLE).toDoubleVector(),
                    new MaxNorm(BOUND).norms(net.getLayer(0)).get("W"),
                    1e-6);
        }
        MultiLayerConfiguration read =
                MultiLayerConfiguration.fromJson(net.getLayerWiseConfigurations().toJson());
        assertEquals(List.of(new MaxNorm(BOUND)), read.getConf(0).getLayer().getConstraints());
    }

    @Test
    void aLayersOwnInitializationCanProject() {
        SameDiffDense layer = new SameDiffDense(6, 4);
        layer.setConstraints(List.of(new UnitNorm()));
        Map<String, INDArray> params = Map.of("W", Nd4j.rand(4, 6), "b", Nd4j.ones(4));
        Constraints.project(layer, params);
        assertEquals(1, params.get("W").norm2(1).minNumber().doubleValue(), 1e-6);
        assertEquals(1, params.get("W").norm2(1).maxNumber().doubleValue(), 1e-6);
        assertEquals(4, params.get("b").sumNumber().doubleValue());
    }

    @Test
    void frozenLayersAreSkipped() {
        DenseLayer first =
                new DenseLayer.Builder()
                        .nIn(6)
                        .nOut(5)
                        .constrainWeights(new MaxNorm(BOUND))
                        .build();
        DenseLayer second =
                new DenseLayer.Builder()
                        .nIn(5)
                        .nOut(5)
                        .constrainWeights(new MaxNorm(BOUND))
                        .build();
        MultiLayerNetwork net =
                new MultiLayerNetwork(
                        global(DataType.FLOAT)
                                .list()
                                .layer(new FrozenLayer(first))
                                .layer(new FrozenLayerWithBackprop(second))
                                .layer(output())
                                .setInputType(InputType.feedForward(6))
                                .build());
        net.init();
        INDArray w0 = net.getParam("0_W").dup();
        INDArray w1 = net.getParam("1_W").dup();
        assertTrue(w0.norm2(0).maxNumber().doubleValue() > BOUND);
        net.fit(flatData(DataType.FLOAT, 6));
        Constraints.project(net);
        assertEquals(w0, net.getParam("0_W"));
        assertEquals(w1, net.getParam("1_W"));
    }

    @Test
    void transferLearningKeepsAndAddsConstraints() {
        MultiLayerNetwork source =
                new MultiLayerNetwork(
                        global(DataType.FLOAT)
                                .constrainWeights(new MaxNorm(BOUND))
                                .list()
                                .layer(new DenseLayer.Builder().nOut(5).build())
                                .layer(new DenseLayer.Builder().nOut(5).build())
                                .layer(output())
                                .setInputType(InputType.feedForward(6))
                                .build());
        source.init();
        MultiLayerNetwork kept =
                new TransferLearning.Builder(source)
                        .setFeatureExtractor(0)
                        .nOutReplace(1, 7, WeightInit.XAVIER)
                        .build();
        INDArray frozen = kept.getParam("0_W").dup();
        for (int i = 0; i < 5; i++) {
            kept.fit(flatData(DataType.FLOAT, 6));
            assertEquals(frozen, kept.getParam("0_W"));
            assertWithin(BOUND, kept.getParam("1_W"), 0);
            assertWithin(BOUND, kept.getParam("2_W"), 0);
        }

        MultiLayerNetwork added =
                new TransferLearning.Builder(sgdNet(DataType.FLOAT, null))
                        .fineTuneConfiguration(
                                new FineTuneConfiguration.Builder()
                                        .constraints(List.of(new MaxNorm(0.2)))
                                        .updater(new Adam(0.05))
                                        .build())
                        .build();
        added.fit(flatData(DataType.FLOAT, 6));
        assertWithin(0.2, added.getParam("0_W"), 0);
        assertWithin(0.2, added.getParam("1_W"), 0);
    }

    @Test
    void graphsTrainSaveAndRestore() throws Exception {
        ComputationGraphConfiguration conf =
                global(DataType.FLOAT)
                        .constrainWeights(new MaxNorm(BOUND))
                        .graphBuilder()
                        .addInputs("in")
                        .addLayer("fc", new DenseLayer.Builder().nOut(5).build(), "in")
                        .addLayer("out", output(), "fc")
                        .setOutputs("out")
                        .setInputTypes(InputType.feedForward(6))
                        .build();
        assertEquals(conf, ComputationGraphConfiguration.fromJson(conf.toJson()));
        assertEquals(conf, ComputationGraphConfiguration.fromYaml(conf.toYaml()));
        assertEquals(conf, SerializationUtils.clone(conf));

        ComputationGraph net = new ComputationGraph(conf);
        net.init();
        Constraints.project(net);
        assertWithin(BOUND, net.getParam("fc_W"), 0);
        for (int i = 0; i < 20; i++) {
            net.fit(flatData(DataType.FLOAT, 6));
            assertWithin(BOUND, net.getParam("fc_W"), 0);
            assertWithin(BOUND, net.getParam("out_W"), 0);
        }
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        ModelSerializer.writeModel(net, zip, true);
        ComputationGraph restored =
                ModelSerializer.restoreComputationGraph(
                        new ByteArrayInputStream(zip.toByteArray()), true);
        assertEquals(net.params(), restored.params());
        net.fit(flatData(DataType.FLOAT, 6));
        restored.fit(flatData(DataType.FLOAT, 6));
        assertEquals(net.params(), restored.params());
    }

    @Test
    void configurationsKeepConstraintsInJsonYamlAndSerialization() {
        MultiLayerConfiguration conf =
                global(DataType.FLOAT)
                        .constrainWeights(
                                new MinMaxNorm(0.1, 2, 0.5, NormAxes.of(0))
                                        .withEps(1e-5)
                                        .withParams("W"))
                        .list()
                        .layer(new LSTM.Builder().nOut(5).build())
                        .layer(
                                new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                        .nOut(3)
                                        .activation(Activation.SOFTMAX)
                                        .build())
                        .setInputType(InputType.recurrent(4))
                        .build();
        LayerConstraint first = conf.getConf(0).getLayer().getConstraints().get(0);
        assertEquals(Set.of("W"), first.getParams());
        for (MultiLayerConfiguration read :
                List.of(
                        MultiLayerConfiguration.fromJson(conf.toJson()),
                        MultiLayerConfiguration.fromYaml(conf.toYaml()),
                        SerializationUtils.clone(conf),
                        conf.clone())) {
            assertEquals(conf, read);
            assertEquals(first, read.getConf(0).getLayer().getConstraints().get(0));
        }
    }

    @Test
    void theFirstForwardPassAfterProjectedInitSeesConstrainedWeights() {
        DenseLayer dense =
                new DenseLayer.Builder()
                        .nIn(6)
                        .nOut(5)
                        .weightInit(
                                new ProjectedWeightInit(
                                        WeightInit.NORMAL.getWeightInitFunction(),
                                        new MaxNorm(BOUND, NormAxes.of(0))))
                        .constrainWeights(new MaxNorm(BOUND))
                        .build();
        MultiLayerConfiguration conf =
                global(DataType.FLOAT)
                        .list()
                        .layer(dense)
                        .layer(output())
                        .setInputType(InputType.feedForward(6))
                        .build();
        assertEquals(conf, MultiLayerConfiguration.fromJson(conf.toJson()));
        assertEquals(conf, MultiLayerConfiguration.fromYaml(conf.toYaml()));
        assertEquals(conf, SerializationUtils.clone(conf));
        MultiLayerNetwork net = new MultiLayerNetwork(conf);
        net.init();
        assertWithin(BOUND, net.getParam("0_W"), 0);
        assertEquals(BOUND, net.getParam("0_W").norm2(0).maxNumber().doubleValue(), 1e-6);
        List<Double> norms = new ArrayList<>();
        net.setListeners(
                new BaseTrainingListener() {
                    @Override
                    public void onForwardPass(Model model, List<INDArray> activations) {
                        norms.add(net.getParam("0_W").norm2(0).maxNumber().doubleValue());
                    }
                });
        for (int i = 0; i < 5; i++) {
            net.fit(flatData(DataType.FLOAT, 6));
        }
        assertEquals(5, norms.size());
        norms.forEach(norm -> assertTrue(norm <= BOUND * (1 + 1e-6), "norm " + norm));
    }

    @Test
    void mistakesAreNamedWhenTheConstraintIsApplied() {
        MultiLayerNetwork net = sgdNet(DataType.FLOAT, new MaxNorm(1, NormAxes.of(0, 2)));
        String message =
                assertThrows(DL4JInvalidConfigException.class, () -> Constraints.project(net))
                        .getMessage();
        for (String part : List.of("layer0", "DenseLayer", "'W'", "[6, 5]", "[0, 2]")) {
            assertTrue(message.contains(part), message);
        }
        MultiLayerNetwork wrongName = sgdNet(DataType.FLOAT, null);
        wrongName
                .getLayer(0)
                .conf()
                .getLayer()
                .setConstraints(List.of(new MaxNorm(1).withParams("weights")));
        String naming =
                assertThrows(DL4JInvalidConfigException.class, () -> Constraints.project(wrongName))
                        .getMessage();
        assertTrue(naming.contains("'weights'") && naming.contains("[W, b]"), naming);
        assertThrows(IllegalArgumentException.class, () -> Constraints.project((Model) null));
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        new ProjectedWeightInit(
                                WeightInit.XAVIER.getWeightInitFunction(), new MaxNorm(1)));
    }
}
