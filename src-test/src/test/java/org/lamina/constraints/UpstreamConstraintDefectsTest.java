package org.lamina.constraints;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.BaseConstraint;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.MinMaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.constraint.UnitNormConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The defects of DL4J 1.0.0-M2.1 that {@link ConstraintAudit} and its documentation speak of. A
 * test here that fails means that upstream has mended one: drop it there too.
 */
class UpstreamConstraintDefectsTest {

    private static final MaxNormConstraint MAX = new MaxNormConstraint(0.3, 0);

    private static MultiLayerNetwork net(Layer layer) {
        MultiLayerNetwork net =
                new MultiLayerNetwork(
                        new NeuralNetConfiguration.Builder()
                                .dataType(DataType.DOUBLE)
                                .list()
                                .validateOutputLayerConfig(false)
                                .layer(layer)
                                .setInputType(InputType.feedForward(3))
                                .build());
        net.init();
        return net;
    }

    /** Counts its applications. */
    public static final class Counting extends BaseConstraint {
        static int applications;

        @Override
        public void apply(INDArray param) {
            applications++;
        }

        @Override
        public Counting clone() {
            return new Counting();
        }
    }

    @Test
    void baseConstraintAppliesTwice() {
        MultiLayerNetwork net =
                net(new DenseLayer.Builder().nOut(2).constrainWeights(new Counting()).build());
        Counting.applications = 0;
        net.applyConstraints(0, 0);
        assertEquals(2, Counting.applications);
    }

    @Test
    void unclippedWeightsShrinkByEps() {
        MultiLayerNetwork net =
                net(
                        new DenseLayer.Builder()
                                .nOut(2)
                                .constrainWeights(new MaxNormConstraint(5, 0))
                                .build());
        INDArray w = net.getParam("0_W").assign(1 / Math.sqrt(3));
        net.applyConstraints(0, 0);
        double expected = 1 / (1 + BaseConstraint.DEFAULT_EPSILON);
        assertEquals(expected * expected, w.norm2(0).getDouble(0), 1e-11);
    }

    @Test
    void rateBelowOneHasTheWrongFormula() {
        INDArray w = Nd4j.create(new double[][] {{3}, {4}});
        new MinMaxNormConstraint(0.5, 1, 0.25, 0).apply(w);
        double right = 0.25 * 1 + 0.75 * 5;
        double upstream = 5 * (0.25 * 1 / 5 + 0.75 * 5);
        assertEquals(upstream, w.norm2Number().doubleValue(), 1e-4);
        assertTrue(Math.abs(upstream - right) > 1);
    }

    @Test
    void unitNormOfZerosIsNaN() {
        INDArray w = Nd4j.create(new double[][] {{0, 3}, {0, 4}});
        new UnitNormConstraint(0).apply(w);
        assertTrue(Double.isNaN(w.getDouble(0, 0)));
        assertEquals(0.6, w.getDouble(0, 1), 1e-12);
    }

    /** The documentation says dimension 1 for dense layers. */
    @Test
    void dimensionOneOfADenseLayerIsNotAUnit() {
        MultiLayerNetwork net =
                net(
                        new DenseLayer.Builder()
                                .nOut(2)
                                .constrainWeights(new MaxNormConstraint(0.3, 1))
                                .build());
        INDArray w = net.getParam("0_W").assign(1);
        net.applyConstraints(0, 0);
        assertEquals(0.3, w.norm2(1).maxNumber().doubleValue(), 1e-5);
        assertTrue(
                w.norm2(0).maxNumber().doubleValue() > 0.36, "incoming weights exceed the bound");
    }

    @Test
    void constraintsWithoutNamesAreNotApplied() {
        Layer dense = new DenseLayer.Builder().nOut(2).build();
        dense.setConstraints(List.of(MAX.clone()));
        MultiLayerNetwork net = net(dense);
        net.getParam("0_W").assign(1);
        net.applyConstraints(0, 0);
        assertEquals(1, net.getParam("0_W").getDouble(0));
    }

    @Test
    void initialWeightsAreNotConstrained() {
        MultiLayerNetwork net =
                net(
                        new DenseLayer.Builder()
                                .nOut(2)
                                .constrainWeights(new MaxNormConstraint(1e-3, 0))
                                .build());
        assertTrue(net.getParam("0_W").norm2(0).maxNumber().doubleValue() > 1e-2);
    }

    @Test
    void someBuildersDropConstraints() {
        for (Layer layer :
                List.<Layer>of(
                        new LocallyConnected2D.Builder().nOut(2).constrainWeights(MAX).build(),
                        new SimpleRnn.Builder().nOut(2).constrainWeights(MAX).build(),
                        new VariationalAutoencoder.Builder().nOut(2).constrainWeights(MAX).build(),
                        new ElementWiseMultiplicationLayer.Builder()
                                .nIn(2)
                                .nOut(2)
                                .constrainWeights(MAX)
                                .build(),
                        new OCNNOutputLayer.Builder()
                                .nIn(2)
                                .hiddenLayerSize(2)
                                .constrainWeights(MAX)
                                .build(),
                        new LSTM.Builder().nOut(2).constrainInputWeights(MAX).build())) {
            assertNull(layer.getConstraints(), layer.getClass().getName());
        }
        assertNotNull(new DenseLayer.Builder().constrainWeights(MAX).build().getConstraints());
    }

    private static NeuralNetConfiguration.ListBuilder global(
            NeuralNetConfiguration.Builder builder) {
        return builder.list().validateOutputLayerConfig(false);
    }

    @Test
    void globalConstrainAllParametersIsDropped() {
        List<LayerConstraint> constraints =
                global(new NeuralNetConfiguration.Builder().constrainAllParameters(MAX))
                        .layer(new DenseLayer.Builder().nIn(3).nOut(2).build())
                        .build()
                        .getConf(0)
                        .getLayer()
                        .getConstraints();
        assertNull(constraints);
    }

    @Test
    void anyConstraintOfALayerReplacesAllGlobalOnes() {
        List<LayerConstraint> constraints =
                global(new NeuralNetConfiguration.Builder().constrainWeights(MAX))
                        .layer(
                                new DenseLayer.Builder()
                                        .nIn(3)
                                        .nOut(2)
                                        .constrainBias(new NonNegativeConstraint())
                                        .build())
                        .build()
                        .getConf(0)
                        .getLayer()
                        .getConstraints();
        assertEquals(1, constraints.size());
        assertEquals(Set.of("b"), constraints.get(0).getParams());
    }

    @Test
    void globalConstrainWeightsThrowsOnLocallyConnectedLayers() {
        assertThrows(
                RuntimeException.class,
                () ->
                        global(new NeuralNetConfiguration.Builder().constrainWeights(MAX))
                                .layer(
                                        new LocallyConnected2D.Builder()
                                                .kernelSize(2, 2)
                                                .nOut(2)
                                                .build())
                                .setInputType(InputType.convolutional(5, 5, 1))
                                .build());
    }

    @Test
    void wrappersInsideBidirectionalKeepConstraintsToThemselves() {
        Layer layer =
                global(new NeuralNetConfiguration.Builder().constrainWeights(MAX))
                        .layer(
                                new Bidirectional(
                                        new LastTimeStep(
                                                new LSTM.Builder().nIn(3).nOut(2).build())))
                        .build()
                        .getConf(0)
                        .getLayer();
        LastTimeStep wrapper = (LastTimeStep) ((Bidirectional) layer).getFwd();
        assertFalse(wrapper.getConstraints().isEmpty());
        assertNull(wrapper.getUnderlying().getConstraints());
    }

    /** Stored as [out, in, k, 1], computed with as if the memory were [k, in, out]. */
    @Test
    void convolution1dReadsItsWeightsReversed() {
        MultiLayerNetwork net =
                new MultiLayerNetwork(
                        global(new NeuralNetConfiguration.Builder())
                                .layer(
                                        new Convolution1DLayer.Builder(3)
                                                .nOut(2)
                                                .activation(Activation.IDENTITY)
                                                .build())
                                .setInputType(InputType.recurrent(1, 5))
                                .build());
        net.init();
        assertArrayEquals(new long[] {2, 1, 3, 1}, net.getParam("0_W").shape());
        net.getParam("0_W").assign(0).putScalar(new long[] {0, 0, 1, 0}, 1);
        INDArray output = net.output(Nd4j.ones(1, 1, 5));
        assertEquals(0, output.tensorAlongDimension(0, 2).amaxNumber().doubleValue(), 1e-7);
        assertTrue(output.tensorAlongDimension(1, 2).amaxNumber().doubleValue() > 0.1);
    }

    /** MultiLayerConfiguration.clone() is no copy of what is inside a wrapper. */
    @Test
    void cloneSharesWrappedLayers() {
        org.deeplearning4j.nn.conf.MultiLayerConfiguration conf =
                global(new NeuralNetConfiguration.Builder())
                        .layer(new LastTimeStep(new LSTM.Builder().nIn(3).nOut(2).build()))
                        .build();
        Layer original = ((LastTimeStep) conf.getConf(0).getLayer()).getUnderlying();
        Layer copy = ((LastTimeStep) conf.clone().getConf(0).getLayer()).getUnderlying();
        assertTrue(original == copy);
    }
}
