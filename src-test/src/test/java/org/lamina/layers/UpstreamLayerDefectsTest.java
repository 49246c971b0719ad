package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.lamina.harness.Nets;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
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
}
