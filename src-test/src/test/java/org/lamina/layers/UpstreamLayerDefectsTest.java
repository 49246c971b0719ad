package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.lamina.harness.Nets;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Defects of DL4J 1.0.0-M2.1's layers that this project works around. */
class UpstreamLayerDefectsTest {

    /**
     * {@code FWS} finds the units of this layer's weight accordingly. The weight's shape is [out,
     * in, k, 1], but the layer reads its elements in the order [k, in, out].
     */
    @Test
    void convolution1DLayerReadsItsWeightInAnotherOrderThanItsShapeSays() {
        MultiLayerNetwork net =
                Nets.single(
                        new Convolution1DLayer.Builder(1, 1)
                                .nOut(2)
                                .hasBias(false)
                                .activation(Activation.IDENTITY)
                                .build(),
                        InputType.recurrent(2, 1),
                        DataType.DOUBLE);
        // W[0, 1] = 1: output 0 should see input 1.
        net.params().assign(Nd4j.createFromArray(0.0, 1.0, 0.0, 0.0));
        double[] y =
                net.output(Nd4j.createFromArray(5.0, 7.0).reshape(1, 2, 1))
                        .ravel()
                        .toDoubleVector();
        assertEquals(1, net.getParam("0_W").getDouble(0, 1, 0, 0));
        assertEquals(0, y[0], "output 0 sees input 1 now: upstream has mended it");
        assertEquals(5, y[1]);
    }

    /** {@code FrontPattern} takes the layer as linear for this. */
    @Test
    void normalizationIgnoresItsActivation() {
        MultiLayerNetwork net =
                Nets.single(
                        new BatchNormalization.Builder().activation(Activation.SIGMOID).build(),
                        InputType.feedForward(1),
                        DataType.DOUBLE);
        double negative = net.output(Nd4j.createFromArray(-5.0).reshape(1, 1)).getDouble(0);
        assertTrue(negative < -1, "the activation is applied now: " + negative);
    }

    /** {@code MaxPooling2D} does not. */
    @Test
    void aMaximumIgnoresNaN() {
        MultiLayerNetwork net =
                Nets.single(
                        new SubsamplingLayer.Builder(PoolingType.MAX, new int[] {1, 2}).build(),
                        InputType.convolutional(1, 2, 1),
                        DataType.DOUBLE);
        INDArray x = Nd4j.createFromArray(Double.NaN, 3).reshape(1, 1, 1, 2);
        assertEquals(3, net.output(x).getDouble(0), "NaN is seen now");
    }

    /** {@code Sliding} sets it after {@code build()} for this. */
    @Test
    void aBuilderDropsThePoolingTypeInOneDimension() {
        Subsampling1DLayer pool = new Subsampling1DLayer.Builder(PoolingType.AVG, 2).build();
        assertNotEquals(PoolingType.AVG, pool.getPoolingType(), "passed on now");
    }
}
