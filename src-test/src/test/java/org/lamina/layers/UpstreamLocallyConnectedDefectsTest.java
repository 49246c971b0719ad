package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.OutputStream;
import java.io.PrintStream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.lamina.harness.Nets;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Defects of DL4J 1.0.0-M2.1's LocallyConnected2D that {@link LocalConv2D} does not have; a test
 * here fails once upstream has mended one.
 */
class UpstreamLocallyConnectedDefectsTest {

    /** Output with all filters 1 and no bias, so that every output is the sum of its patch. */
    private static INDArray sums(int dilation, INDArray x) {
        LocallyConnected2D layer =
                new LocallyConnected2D.Builder()
                        .kernelSize(2, 2)
                        .dilation(dilation, dilation)
                        .convolutionMode(ConvolutionMode.Truncate)
                        .nOut(1)
                        .hasBias(false)
                        .activation(Activation.IDENTITY)
                        .build();
        PrintStream out = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        try { // prints a line for every output position
            InputType type = InputType.convolutional(x.size(2), x.size(3), 1);
            MultiLayerNetwork net = Nets.single(layer, type, DataType.DOUBLE);
            net.params().assign(1);
            return net.output(x);
        } finally {
            System.setOut(out);
        }
    }

    private static INDArray ours(int dilation, INDArray x) {
        LocalConv2D layer =
                new LocalConv2D.Builder(2)
                        .nOut(1)
                        .dilation(dilation)
                        .hasBias(false)
                        .activation(Activation.IDENTITY)
                        .build();
        InputType type = InputType.convolutional(x.size(2), x.size(3), 1);
        MultiLayerNetwork net = Nets.single(layer, type, DataType.DOUBLE);
        net.params().assign(1);
        return net.output(x);
    }

    private static INDArray image() {
        return Nd4j.arange(9).castTo(DataType.DOUBLE).reshape(1, 1, 3, 3);
    }

    @Test
    void theGridOfOutputsIsTransposed() {
        INDArray right = ours(1, image());
        assertEquals(0 + 1 + 3 + 4, right.getDouble(0, 0, 0, 0));
        assertEquals(1 + 2 + 4 + 5, right.getDouble(0, 0, 0, 1));
        assertEquals(3 + 4 + 6 + 7, right.getDouble(0, 0, 1, 0));
        assertEquals(right.permute(0, 1, 3, 2).dup(), sums(1, image()).dup());
    }

    @Test
    void dilationIsIgnored() {
        assertArrayEquals(new long[] {1, 1, 1, 1}, ours(2, image()).shape());
        assertEquals(0 + 2 + 6 + 8, ours(2, image()).getDouble(0));
        // It counts in the size of the output, not in what is seen.
        assertArrayEquals(new long[] {1, 1, 1, 1}, sums(2, image()).shape());
        assertEquals(0 + 1 + 3 + 4, sums(2, image()).getDouble(0));
    }
}
