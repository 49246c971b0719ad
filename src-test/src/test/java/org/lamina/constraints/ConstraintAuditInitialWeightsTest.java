package org.lamina.constraints;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.constraints.Audits.FLAT;
import static org.lamina.constraints.Audits.IMAGE;
import static org.lamina.constraints.Audits.SEQUENCE;
import static org.lamina.constraints.Audits.assertProjected;
import static org.lamina.constraints.Audits.assertSays;
import static org.lamina.constraints.Audits.audit;
import static org.lamina.constraints.Audits.conf;
import static org.lamina.constraints.Audits.layer;
import static org.lamina.constraints.Audits.network;

import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;

/** Initial weights beyond a bound: corrected where one of DL4J's settings can, else said. */
@SuppressWarnings("deprecation") // GravesBidirectionalLSTM is still in use
class ConstraintAuditInitialWeightsTest {

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
            MultiLayerNetwork net = network(audit.corrected());
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
        assertSays(audit, "Constraints.project(network)");
    }

    @Test
    void initialBiasesBeyondABoundAreLeftToTheUser() {
        assertSays(audit(withInitialBias(2)), "Constraints.project(network)");
        assertTrue(audit(withInitialBias(0.2)).findings().isEmpty());
    }

    private static MultiLayerConfiguration withInitialBias(double value) {
        return conf(FLAT, layer().biasInit(value).constrainBias(new MaxNorm(0.5)).build());
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
        assertSays(audit, "Constraints.project(network)");
    }
}
