package org.lamina.constraints;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.constraints.Audits.FLAT;
import static org.lamina.constraints.Audits.SEQUENCE;
import static org.lamina.constraints.Audits.assertSays;
import static org.lamina.constraints.Audits.audit;
import static org.lamina.constraints.Audits.conf;
import static org.lamina.constraints.Audits.constraints;
import static org.lamina.constraints.Audits.dense;
import static org.lamina.constraints.Audits.layer;
import static org.lamina.constraints.Audits.network;
import static org.lamina.constraints.Audits.on;
import static org.lamina.constraints.Audits.output;

import java.util.List;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.BaseConstraint;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.MinMaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.lamina.spec.NormAxes;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * What the audit takes and gives: configurations and networks of both kinds, what it leaves alone.
 * The classes beside this one say what it finds.
 */
class ConstraintAuditTest {

    @Test
    void aCleanConfigurationHasNoFindings() {
        MultiLayerConfiguration none = dense();
        ConstraintAudit<MultiLayerConfiguration> audit = audit(none);
        assertTrue(audit.findings().isEmpty());
        assertEquals("No constraint is applied wrongly.", audit.toString());
        assertEquals(none, audit.corrected());
        assertTrue(audit(dense(new NonNegativeConstraint())).findings().isEmpty());
    }

    @Test
    void whatCannotBeReplacedIsLeftAndSaid() {
        MultiLayerConfiguration conf = dense(new MinMaxNormConstraint(2, 1, 0), new Halved());
        ConstraintAudit<MultiLayerConfiguration> audit = ConstraintAudit.of(conf);
        assertEquals(constraints(conf, 0), constraints(audit.corrected(), 0));
        assertSays(audit, "min = 2.0, max = 1.0", "Halved: BaseConstraint applies it twice");
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
    void mistakesInLaminasOwnConstraintsAreFoundBeforeTraining() {
        MultiLayerConfiguration conf =
                conf(
                        FLAT,
                        layer().constrainWeights(new MaxNorm(1, NormAxes.of(3))).build(),
                        layer().build());
        conf.getConf(1).getLayer().setConstraints(List.of(new MaxNorm(1).withParams("weights")));
        assertSays(ConstraintAudit.of(conf), "norm axes [3] are out of range", "'weights'");
    }

    @Test
    void frozenLayersAreNotLookedAt() {
        FrozenLayer frozen =
                new FrozenLayer(layer().constrainWeights(new MaxNormConstraint(0.3, 1)).build());
        assertTrue(audit(conf(FLAT, frozen)).findings().isEmpty());
    }

    @Test
    void sizesMustBeKnown() {
        MultiLayerConfiguration conf =
                new NeuralNetConfiguration.Builder()
                        .list()
                        .layer(layer().name("fc").constrainWeights(new MaxNorm(1)).build())
                        .layer(output())
                        .build();
        String message =
                assertThrows(DL4JInvalidConfigException.class, () -> ConstraintAudit.of(conf))
                        .getMessage();
        assertTrue(message.contains("'fc'") && message.contains("nIn"), message);
    }

    @Test
    void configurationsOfGraphs() {
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
        assertSays(audit, "'lstm'", "'out'");
        ComputationGraphConfiguration corrected = audit.corrected();
        assertEquals(corrected, ComputationGraphConfiguration.fromJson(corrected.toJson()));
        assertEquals(
                List.of(on(new MaxNorm(0.3), "W", "RW")),
                ((LayerVertex) corrected.getVertices().get("lstm"))
                        .getLayerConf()
                        .getLayer()
                        .getConstraints());
        ComputationGraph graph = new ComputationGraph(corrected);
        graph.init();
        INDArray initial = graph.params().dup();
        Constraints.project(graph);
        assertTrue(initial.equalsWithEps(graph.params(), 1e-6));
        assertTrue(ConstraintAudit.of(graph).findings().isEmpty());
    }

    @Test
    void aNetworkIsLeftAlone() {
        MultiLayerNetwork net = network(dense(new MaxNormConstraint(0.3, 1)));
        INDArray params = net.params().dup();
        assertNotEquals(List.of(), ConstraintAudit.of(net).findings());
        assertEquals(params, net.params());
    }

    /** Audit, then train from the parameters of a network that was trained before. */
    @Test
    void goesOnFromTrainedParameters() {
        MultiLayerNetwork trained = network(dense(new MaxNormConstraint(0.3, 1)));
        MultiLayerNetwork next = network(ConstraintAudit.of(trained).corrected());
        next.setParams(trained.params());
        Constraints.project(next);
        assertTrue(next.getParam("0_W").norm2(0).maxNumber().doubleValue() <= 0.3 * (1 + 1e-6));
    }
}
