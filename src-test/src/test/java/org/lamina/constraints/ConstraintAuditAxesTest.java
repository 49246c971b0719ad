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
import static org.lamina.constraints.Audits.constraints;
import static org.lamina.constraints.Audits.dense;
import static org.lamina.constraints.Audits.layer;
import static org.lamina.constraints.Audits.on;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.MinMaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.UnitNormConstraint;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.junit.jupiter.api.Test;
import org.lamina.spec.NormAxes;

/** What is wrong with DL4J's norm constraints: their dimensions, parameters, rates and norms. */
class ConstraintAuditAxesTest {

    @Test
    void denseDimensionOneBecomesIncomingWeights() {
        MultiLayerConfiguration conf =
                conf(
                        FLAT,
                        layer().name("fc").constrainWeights(new MaxNormConstraint(0.3, 1)).build());
        ConstraintAudit<MultiLayerConfiguration> audit = audit(conf);
        assertEquals(List.of(on(new MaxNorm(0.3), "W")), constraints(audit.corrected(), 0));
        assertSays(
                audit,
                "'fc' (DenseLayer)",
                "MaxNormConstraint(0.3, dimensions [1])",
                "[6, 4]",
                "axes [0]",
                "1.0E-6");
        assertEquals(3, audit.findings().size(), audit.toString());
        assertProjected(audit.corrected());

        ConstraintAudit<MultiLayerConfiguration> right =
                audit(dense(new MaxNormConstraint(0.3, 0)));
        assertEquals(2, right.findings().size());
        assertEquals(constraints(audit.corrected(), 0), constraints(right.corrected(), 0));
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
        ConstraintAudit<MultiLayerConfiguration> audit =
                audit(convolution1D(new MaxNormConstraint(0.3, 1, 2)));
        assertSays(audit, "reversed");
        assertProjected(audit.corrected());
        assertSays(audit(convolution1D(new MaxNorm(0.3, NormAxes.of(1, 2)))), "mix units");
    }

    private static MultiLayerConfiguration convolution1D(LayerConstraint constraint) {
        return conf(
                SEQUENCE,
                new Convolution1DLayer.Builder(3).nOut(4).constrainWeights(constraint).build());
    }

    @Test
    void ratesUnitNormsAndEpsAreExplained() {
        MultiLayerConfiguration conf =
                conf(
                        FLAT,
                        layer().constrainWeights(
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
        assertSays(audit, "rate * clip(norm)", "becomes NaN", "parameter 'b' [4]");
        assertProjected(audit.corrected());

        MaxNormConstraint ownEps = new MaxNormConstraint(1, 0);
        ownEps.setEpsilon(1e-3);
        ownEps.setParams(Set.of("W"));
        assertEquals(
                List.of(on(new MaxNorm(1).withEps(1e-3), "W")),
                constraints(audit(with(ownEps)).corrected(), 0));
    }

    /** A dense layer with a constraint that names its parameters, or none. */
    private static MultiLayerConfiguration with(LayerConstraint constraint) {
        Layer dense = layer().build();
        dense.setConstraints(List.of(constraint));
        return conf(FLAT, dense);
    }

    @Test
    void constraintsWithoutParametersGetTheWeights() {
        ConstraintAudit<MultiLayerConfiguration> audit = audit(with(new MaxNormConstraint(0.3, 0)));
        assertEquals(List.of(on(new MaxNorm(0.3), "W")), constraints(audit.corrected(), 0));
        assertSays(audit, "names no parameter");
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
        assertSays(audit, "no known layout", "Constraints.project(network)");
    }
}
