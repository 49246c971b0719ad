package org.lamina.constraints;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.BaseConstraint;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.MinMaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.constraint.UnitNormConstraint;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.lamina.spec.NormAxes;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What the audit finds in configurations, and what it makes of them. */
@SuppressWarnings("deprecation") // GravesLSTM is still in use
class ConstraintAuditTest {

    private static final InputType FLAT = InputType.feedForward(6);
    private static final InputType IMAGE = InputType.convolutional(6, 6, 2);
    private static final InputType SEQUENCE = InputType.recurrent(4, 5);

    private static MultiLayerConfiguration conf(InputType type, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list =
                new NeuralNetConfiguration.Builder()
                        .seed(5)
                        .convolutionMode(ConvolutionMode.Same)
                        .list()
                        .validateOutputLayerConfig(false);
        for (Layer layer : layers) {
            list.layer(layer);
        }
        if (type != null) {
            list.setInputType(type);
        }
        return list.build();
    }

    private static List<LayerConstraint> constraints(MultiLayerConfiguration conf, int layer) {
        return conf.getConf(layer).getLayer().getConstraints();
    }

    private static NormConstraint on(NormConstraint constraint, String... params) {
        NormConstraint copy = constraint.clone();
        copy.setParams(Set.of(params));
        return copy;
    }

    /** Audits, and checks what holds for every audit. */
    private static ConstraintAudit<MultiLayerConfiguration> audit(MultiLayerConfiguration conf) {
        String before = conf.toJson();
        ConstraintAudit<MultiLayerConfiguration> audit = ConstraintAudit.of(conf);
        assertEquals(before, conf.toJson(), "the original is left alone");
        MultiLayerConfiguration corrected = audit.corrected();
        assertEquals(corrected, MultiLayerConfiguration.fromJson(corrected.toJson()));
        assertEquals(corrected, MultiLayerConfiguration.fromYaml(corrected.toYaml()));
        if (audit.findings().isEmpty()) {
            assertEquals(before, corrected.toJson());
        } else {
            ConstraintAudit<MultiLayerConfiguration> again = ConstraintAudit.of(corrected);
            List<ConstraintAudit.Finding> left =
                    again.findings().stream()
                            .filter(
                                    f ->
                                            !f.remedy().startsWith("Not changed")
                                                    && !f.remedy().startsWith("Call"))
                            .collect(Collectors.toList());
            assertTrue(left.isEmpty(), () -> "fixed once, found again: " + left);
            assertEquals(corrected.toJson(), again.corrected().toJson());
        }
        return audit;
    }

    private static void assertProjected(MultiLayerConfiguration corrected) {
        MultiLayerNetwork net = new MultiLayerNetwork(corrected);
        net.init();
        INDArray initial = net.params().dup();
        Constraints.project(net);
        assertTrue(
                initial.equalsWithEps(net.params(), 1e-6),
                "initial weights satisfy the constraints");
    }

    @Test
    void aCleanConfigurationHasNoFindings() {
        MultiLayerConfiguration none = conf(FLAT, new DenseLayer.Builder().nOut(4).build());
        ConstraintAudit<MultiLayerConfiguration> audit = audit(none);
        assertTrue(audit.findings().isEmpty());
        assertEquals("No constraint is applied wrongly.", audit.toString());
        assertEquals(none, audit.corrected());
        MultiLayerConfiguration nonNegative =
                conf(
                        FLAT,
                        new DenseLayer.Builder()
                                .nOut(4)
                                .constrainWeights(new NonNegativeConstraint())
                                .build());
        assertTrue(audit(nonNegative).findings().isEmpty());
    }

    @Test
    void denseDimensionOneBecomesIncomingWeights() {
        MultiLayerConfiguration conf =
                conf(
                        FLAT,
                        new DenseLayer.Builder()
                                .name("fc")
                                .nOut(4)
                                .constrainWeights(new MaxNormConstraint(0.3, 1))
                                .build());
        ConstraintAudit<MultiLayerConfiguration> audit = audit(conf);
        assertEquals(List.of(on(new MaxNorm(0.3), "W")), constraints(audit.corrected(), 0));
        String text = audit.toString();
        for (String part :
                List.of(
                        "'fc' (DenseLayer)",
                        "MaxNormConstraint(0.3, dimensions [1])",
                        "[6, 4]",
                        "axes [0]",
                        "1.0E-6")) {
            assertTrue(text.contains(part), text);
        }
        assertEquals(3, audit.findings().size(), text);
        assertProjected(audit.corrected());

        MultiLayerConfiguration right =
                conf(
                        FLAT,
                        new DenseLayer.Builder()
                                .nOut(4)
                                .constrainWeights(new MaxNormConstraint(0.3, 0))
                                .build());
        assertEquals(2, audit(right).findings().size());
        assertEquals(
                audit.corrected().getConf(0).getLayer().getConstraints(),
                constraints(audit(right).corrected(), 0));
    }

    @Test
    void everyLayoutIsCorrected() {
        LayerConstraint filters = new MaxNormConstraint(0.3, 1, 2, 3);
        MultiLayerConfiguration conf =
                conf(
                        IMAGE,
                        new ConvolutionLayer.Builder(3, 2)
                                .nOut(3)
                                .constrainWeights(filters)
                                .build(),
                        new DepthwiseConvolution2D.Builder(2, 3)
                                .depthMultiplier(2)
                                .constrainWeights(filters)
                                .build(),
                        new SeparableConvolution2D.Builder(3, 3)
                                .nOut(4)
                                .depthMultiplier(2)
                                .constrainWeights(filters)
                                .build(),
                        new Deconvolution2D.Builder(2, 2)
                                .nOut(3)
                                .constrainWeights(filters)
                                .build());
        ConstraintAudit<MultiLayerConfiguration> audit = audit(conf);
        assertEquals(List.of(on(new MaxNorm(0.3), "W")), constraints(audit.corrected(), 0));
        assertEquals(List.of(on(new MaxNorm(0.3), "W")), constraints(audit.corrected(), 1));
        assertEquals(List.of(on(new MaxNorm(0.3), "W", "pW")), constraints(audit.corrected(), 2));
        assertEquals(List.of(on(new MaxNorm(0.3), "W")), constraints(audit.corrected(), 3));
        String axes =
                audit.findings().stream()
                        .filter(f -> f.problem().contains("norm of each output unit"))
                        .map(f -> f.layer() + f.problem())
                        .collect(Collectors.joining("\n"));
        assertEquals(3, axes.lines().count(), axes);
        assertTrue(
                axes.contains("Depthwise") && axes.contains("Separable") && axes.contains("Deconv"),
                axes);
        assertProjected(audit.corrected());
    }

    @Test
    void oneDimensionalConvolutionIsReadReversed() {
        MultiLayerConfiguration conf =
                conf(
                        SEQUENCE,
                        new Convolution1DLayer.Builder(3)
                                .nOut(4)
                                .constrainWeights(new MaxNormConstraint(0.3, 1, 2))
                                .build());
        ConstraintAudit<MultiLayerConfiguration> audit = audit(conf);
        assertTrue(audit.toString().contains("reversed"), audit.toString());
        assertProjected(audit.corrected());
        MultiLayerConfiguration explicit =
                conf(
                        SEQUENCE,
                        new Convolution1DLayer.Builder(3)
                                .nOut(4)
                                .constrainWeights(new MaxNorm(0.3, NormAxes.of(1, 2)))
                                .build());
        assertTrue(audit(explicit).toString().contains("mix units"));
    }

    @Test
    void ratesUnitNormsAndEpsAreExplained() {
        MultiLayerConfiguration conf =
                conf(
                        FLAT,
                        new DenseLayer.Builder()
                                .nOut(4)
                                .constrainWeights(
                                        new MinMaxNormConstraint(0.1, 0.3, 0.5, 0),
                                        new UnitNormConstraint(0))
                                .constrainBias(new MinMaxNormConstraint(0.0, 0.3, 1.0, 0))
                                .build());
        ConstraintAudit<MultiLayerConfiguration> audit = audit(conf);
        NormAxes units = NormAxes.perOutputUnit();
        assertEquals(
                List.of(
                        on(new MinMaxNorm(0.1, 0.3, 0.5, units), "W"),
                        on(new UnitNorm(), "W"),
                        on(new MinMaxNorm(0, 0.3, 1, units), "b")),
                constraints(audit.corrected(), 0));
        String text = audit.toString();
        for (String part : List.of("rate * clip(norm)", "becomes NaN", "parameter 'b' [4]")) {
            assertTrue(text.contains(part), text);
        }
        assertProjected(audit.corrected());

        MaxNormConstraint ownEps = new MaxNormConstraint(1, 0);
        ownEps.setEpsilon(1e-3);
        ownEps.setParams(Set.of("W"));
        Layer dense = new DenseLayer.Builder().nOut(4).build();
        dense.setConstraints(List.of(ownEps));
        assertEquals(
                List.of(on(new MaxNorm(1).withEps(1e-3), "W")),
                constraints(audit(conf(FLAT, dense)).corrected(), 0));
    }

    @Test
    void whatCannotBeReplacedIsLeftAndSaid() {
        MultiLayerConfiguration conf =
                conf(
                        FLAT,
                        new DenseLayer.Builder()
                                .nOut(4)
                                .constrainWeights(new MinMaxNormConstraint(2, 1, 0), new Halved())
                                .build());
        ConstraintAudit<MultiLayerConfiguration> audit = ConstraintAudit.of(conf);
        assertEquals(constraints(conf, 0), constraints(audit.corrected(), 0));
        assertTrue(audit.toString().contains("min = 2.0, max = 1.0"), audit.toString());
        assertTrue(
                audit.toString().contains("Halved: BaseConstraint applies it twice"),
                audit.toString());
    }

    /** A constraint that is not idempotent. */
    public static final class Halved extends BaseConstraint {
        @Override
        public void apply(INDArray param) {
            param.muli(0.5);
        }

        @Override
        public Halved clone() {
            Halved copy = new Halved();
            copy.setParams(getParams());
            return copy;
        }
    }

    @Test
    void constraintsWithoutParametersGetTheWeights() {
        Layer dense = new DenseLayer.Builder().nOut(4).build();
        dense.setConstraints(List.of(new MaxNormConstraint(0.3, 0)));
        ConstraintAudit<MultiLayerConfiguration> audit = audit(conf(FLAT, dense));
        assertEquals(List.of(on(new MaxNorm(0.3), "W")), constraints(audit.corrected(), 0));
        assertTrue(audit.toString().contains("names no parameter"));
    }

    @Test
    void theNormOfEachWordVectorIsKept() {
        Layer embedding =
                new EmbeddingLayer.Builder()
                        .nIn(5)
                        .nOut(4)
                        .constrainWeights(new MaxNormConstraint(0.3, 1))
                        .build();
        ConstraintAudit<MultiLayerConfiguration> audit = audit(conf(null, embedding));
        assertEquals(
                List.of(on(new MaxNorm(0.3, NormAxes.of(1)), "W")),
                constraints(audit.corrected(), 0));
        assertProjected(audit.corrected());
    }

    @Test
    void unknownLayoutsKeepTheirDimensions() {
        SelfAttentionLayer attention =
                new SelfAttentionLayer.Builder().nOut(4).nHeads(2).projectInput(true).build();
        MaxNormConstraint constraint = new MaxNormConstraint(0.3, 2);
        constraint.setParams(Set.of("Wq"));
        attention.setConstraints(List.of(constraint));
        ConstraintAudit<MultiLayerConfiguration> audit = audit(conf(SEQUENCE, attention));
        assertEquals(
                List.of(on(new MaxNorm(0.3, NormAxes.of(2)), "Wq")),
                constraints(audit.corrected(), 0));
        assertTrue(audit.toString().contains("no known layout"), audit.toString());
        assertTrue(audit.toString().contains("Constraints.project(network)"), audit.toString());
    }

    @Test
    void wrappersPassTheirConstraintsOn() {
        MultiLayerConfiguration conf =
                new NeuralNetConfiguration.Builder()
                        .constrainWeights(new MaxNormConstraint(0.3, 1))
                        .list()
                        .layer(new Bidirectional(new LSTM.Builder().nOut(3).build()))
                        .layer(
                                new Bidirectional(
                                        new LastTimeStep(
                                                new LSTM.Builder()
                                                        .nOut(3)
                                                        .weightInit(WeightInit.XAVIER)
                                                        .activation(Activation.TANH)
                                                        .biasInit(0)
                                                        .build())))
                        .layer(output())
                        .setInputType(SEQUENCE)
                        .build();
        ConstraintAudit<MultiLayerConfiguration> audit = audit(conf);
        List<LayerConstraint> right = List.of(on(new MaxNorm(0.3), "W", "RW"));
        Bidirectional first = (Bidirectional) audit.corrected().getConf(0).getLayer();
        assertEquals(right, first.getFwd().getConstraints());
        assertEquals(right, first.getBwd().getConstraints());
        Bidirectional second = (Bidirectional) audit.corrected().getConf(1).getLayer();
        assertEquals(right, ((LastTimeStep) second.getFwd()).getUnderlying().getConstraints());
        assertEquals(right, ((LastTimeStep) second.getBwd()).getUnderlying().getConstraints());
        assertTrue(audit.toString().contains("attached to a wrapper"), audit.toString());
        assertProjected(audit.corrected());
    }

    @Test
    void whatAWrapperHoldsKeepsItsParameters() {
        Layer both = new Bidirectional(new LSTM.Builder().nOut(3).build());
        both.setConstraints(
                List.of(
                        on(new MaxNorm(0.3), "fW", "bRW"),
                        on(new UnitNorm(), "fb", "bb"),
                        new MaxNorm(2).withParams("fRW")));
        ConstraintAudit<MultiLayerConfiguration> audit = audit(conf(SEQUENCE, both));
        Bidirectional corrected = (Bidirectional) audit.corrected().getConf(0).getLayer();
        assertEquals(Set.of("W"), corrected.getFwd().getConstraints().get(0).getParams());
        assertEquals(Set.of("RW"), corrected.getBwd().getConstraints().get(0).getParams());
        assertEquals(Set.of("b"), corrected.getFwd().getConstraints().get(1).getParams());
        assertEquals(Set.of("b"), corrected.getBwd().getConstraints().get(1).getParams());
        assertEquals(new MaxNorm(2).withParams("RW"), corrected.getFwd().getConstraints().get(2));
        assertEquals(new MaxNorm(2).withParams(), corrected.getBwd().getConstraints().get(2));
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
    }

    @Test
    void recurrentAndInputWeightsMayDiffer() {
        for (int nIn : new int[] {4, 3}) {
            MultiLayerConfiguration conf =
                    conf(
                            InputType.recurrent(nIn),
                            new LSTM.Builder()
                                    .nOut(4)
                                    .constrainWeights(new MaxNorm(0.2).withParams("W"))
                                    .constrainRecurrent(new UnitNorm())
                                    .build(),
                            new LSTM.Builder().nOut(4).constrainRecurrent(new MaxNorm(0.1)).build(),
                            new LSTM.Builder()
                                    .nOut(4)
                                    .constrainWeights(new MaxNorm(0.1).withParams("W"))
                                    .build());
            ConstraintAudit<MultiLayerConfiguration> audit = audit(conf);
            assertEquals(3, audit.findings().size(), audit.toString());
            assertProjected(audit.corrected());
            MultiLayerNetwork net = new MultiLayerNetwork(audit.corrected());
            net.init();
            assertTrue(net.getParam("1_W").norm2(0).maxNumber().doubleValue() > 0.2);
            assertTrue(net.getParam("2_RW").norm2(0).maxNumber().doubleValue() > 0.2);
        }
    }

    @Test
    void ambiguousInitializationIsLeftToTheUser() {
        Layer layer = new GravesBidirectionalLSTM.Builder().nIn(4).nOut(4).build();
        layer.setConstraints(List.of(new MaxNorm(0.1).withParams("WF")));
        ConstraintAudit<MultiLayerConfiguration> audit = ConstraintAudit.of(conf(SEQUENCE, layer));
        assertEquals(1, audit.findings().size());
        assertTrue(audit.toString().contains("Constraints.project(network)"), audit.toString());
    }

    @Test
    void initialBiasesBeyondABoundAreLeftToTheUser() {
        MultiLayerConfiguration conf =
                conf(
                        FLAT,
                        new DenseLayer.Builder()
                                .nOut(4)
                                .biasInit(2)
                                .constrainBias(new MaxNorm(0.5))
                                .build());
        assertTrue(audit(conf).toString().contains("Constraints.project(network)"));
        MultiLayerConfiguration fine =
                conf(
                        FLAT,
                        new DenseLayer.Builder()
                                .nOut(4)
                                .biasInit(0.2)
                                .constrainBias(new MaxNorm(0.5))
                                .build());
        assertTrue(audit(fine).findings().isEmpty());
    }

    @Test
    void sameDiffLayersNeedACallAfterInit() {
        LocallyConnected2D layer =
                new LocallyConnected2D.Builder()
                        .kernelSize(2, 2)
                        .convolutionMode(ConvolutionMode.Truncate)
                        .nOut(3)
                        .build();
        layer.setConstraints(List.of(new MaxNorm(0.1)));
        ConstraintAudit<MultiLayerConfiguration> audit = audit(conf(IMAGE, layer));
        assertEquals(1, audit.findings().size());
        assertTrue(audit.toString().contains("Constraints.project(network)"));
    }

    @Test
    void mistakesInLaminasOwnConstraintsAreFoundBeforeTraining() {
        MultiLayerConfiguration conf =
                conf(
                        FLAT,
                        new DenseLayer.Builder()
                                .nOut(4)
                                .constrainWeights(new MaxNorm(1, NormAxes.of(3)))
                                .build(),
                        new DenseLayer.Builder().nOut(4).build());
        conf.getConf(1).getLayer().setConstraints(List.of(new MaxNorm(1).withParams("weights")));
        String text = ConstraintAudit.of(conf).toString();
        assertTrue(text.contains("norm axes [3] are out of range"), text);
        assertTrue(text.contains("'weights'"), text);
    }

    @Test
    void frozenLayersAreNotLookedAt() {
        Layer inner =
                new DenseLayer.Builder()
                        .nOut(4)
                        .constrainWeights(new MaxNormConstraint(0.3, 1))
                        .build();
        assertTrue(audit(conf(FLAT, new FrozenLayer(inner))).findings().isEmpty());
    }

    @Test
    void sizesMustBeKnown() {
        MultiLayerConfiguration conf =
                new NeuralNetConfiguration.Builder()
                        .list()
                        .layer(
                                new DenseLayer.Builder()
                                        .name("fc")
                                        .nOut(4)
                                        .constrainWeights(new MaxNorm(1))
                                        .build())
                        .layer(output())
                        .build();
        String message =
                assertThrows(DL4JInvalidConfigException.class, () -> ConstraintAudit.of(conf))
                        .getMessage();
        assertTrue(message.contains("'fc'") && message.contains("nIn"), message);
    }

    @Test
    void graphsAndNetworks() {
        ComputationGraphConfiguration conf =
                new NeuralNetConfiguration.Builder()
                        .constrainWeights(new MaxNormConstraint(0.3, 1))
                        .graphBuilder()
                        .addInputs("in")
                        .addLayer("lstm", new LSTM.Builder().nOut(4).build(), "in")
                        .addLayer(
                                "out",
                                new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                        .nOut(3)
                                        .activation(Activation.SOFTMAX)
                                        .build(),
                                "lstm")
                        .setOutputs("out")
                        .setInputTypes(SEQUENCE)
                        .build();
        String before = conf.toJson();
        ConstraintAudit<ComputationGraphConfiguration> audit = ConstraintAudit.of(conf);
        assertEquals(before, conf.toJson());
        assertTrue(audit.toString().contains("'lstm'") && audit.toString().contains("'out'"));
        ComputationGraphConfiguration corrected = audit.corrected();
        assertEquals(corrected, ComputationGraphConfiguration.fromJson(corrected.toJson()));
        assertEquals(
                List.of(on(new MaxNorm(0.3), "W", "RW")),
                ((LayerVertex) corrected.getVertices().get("lstm"))
                        .getLayerConf()
                        .getLayer()
                        .getConstraints());
        org.deeplearning4j.nn.graph.ComputationGraph graph =
                new org.deeplearning4j.nn.graph.ComputationGraph(corrected);
        graph.init();
        INDArray initial = graph.params().dup();
        Constraints.project(graph);
        assertTrue(initial.equalsWithEps(graph.params(), 1e-6));
        assertTrue(ConstraintAudit.of(graph).findings().isEmpty());

        MultiLayerNetwork net =
                new MultiLayerNetwork(
                        conf(
                                FLAT,
                                new DenseLayer.Builder()
                                        .nOut(4)
                                        .constrainWeights(new MaxNormConstraint(0.3, 1))
                                        .build()));
        net.init();
        INDArray params = net.params().dup();
        assertNotEquals(List.of(), ConstraintAudit.of(net).findings());
        assertEquals(params, net.params());
    }

    /** Audit, then train from the parameters of a network that was trained before. */
    @Test
    void goesOnFromTrainedParameters() {
        MultiLayerNetwork trained =
                new MultiLayerNetwork(
                        conf(
                                FLAT,
                                new DenseLayer.Builder()
                                        .nOut(4)
                                        .constrainWeights(new MaxNormConstraint(0.3, 1))
                                        .build()));
        trained.init();
        MultiLayerNetwork next = new MultiLayerNetwork(ConstraintAudit.of(trained).corrected());
        next.init();
        next.setParams(trained.params());
        Constraints.project(next);
        assertTrue(next.getParam("0_W").norm2(0).maxNumber().doubleValue() <= 0.3 * (1 + 1e-6));
        assertEquals(DataType.FLOAT, Nd4j.dataType());
    }
}
