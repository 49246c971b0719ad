package org.lamina.constraints;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.constraints.ConstrainedNetworks.BOUND;
import static org.lamina.constraints.ConstrainedNetworks.assertWithin;
import static org.lamina.constraints.ConstrainedNetworks.flatData;
import static org.lamina.constraints.ConstrainedNetworks.global;
import static org.lamina.constraints.ConstrainedNetworks.output;
import static org.lamina.constraints.ConstrainedNetworks.sgdNet;

import java.util.List;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.spec.NormAxes;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Constraints inside networks that DL4J trains. */
class ConstrainedTrainingTest {

    private static DataSet imageData(DataType type) {
        DataSet flat = flatData(type, 2 * 6 * 6);
        return new DataSet(flat.getFeatures().reshape(8, 2, 6, 6), flat.getLabels());
    }

    private static DataSet sequenceData(DataType type) {
        DataSet flat = flatData(type, 4 * 5);
        return new DataSet(flat.getFeatures().reshape(8, 4, 5), flat.getLabels());
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
