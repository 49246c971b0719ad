package org.lamina.constraints;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.lamina.constraints.Audits.SEQUENCE;
import static org.lamina.constraints.Audits.assertProjected;
import static org.lamina.constraints.Audits.assertSays;
import static org.lamina.constraints.Audits.audit;
import static org.lamina.constraints.Audits.conf;
import static org.lamina.constraints.Audits.on;
import static org.lamina.constraints.Audits.output;

import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;

/** A wrapper's constraints belong to the layers within it. */
class ConstraintAuditWrapperTest {

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
        assertSays(audit, "attached to a wrapper");
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
}
