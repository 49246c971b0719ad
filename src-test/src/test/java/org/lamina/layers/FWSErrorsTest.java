package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.lamina.harness.Nets;
import org.lamina.layers.samediff.SameDiffConv2D;
import org.lamina.layers.samediff.SameDiffDepthwiseConv2D;
import org.lamina.layers.samediff.SameDiffFWS;
import org.lamina.layers.samediff.SameDiffWSConv2D;
import org.lamina.layers.wrapper.StandardizedWeights;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Layers and settings that {@link FWS} refuses. */
class FWSErrorsTest {

    /** ND4J's ops for float throw with oneDNN: who gets a network can train it. */
    @Test
    void computesWithDilationOrSaysWhatDoes() {
        Map<ConvolutionLayer, Layer> ownByDl4js = new LinkedHashMap<>();
        ownByDl4js.put(
                new Convolution1DLayer.Builder(3, 1).nOut(4).dilation(2).build(),
                new Conv1D.Builder(3).nOut(4).dilation(2).build());
        ownByDl4js.put(
                new ConvolutionLayer.Builder(3, 2).nOut(4).dilation(2, 2).build(),
                new Conv2D.Builder(3, 2).nOut(4).dilation(2).build());
        ownByDl4js.put(
                new DepthwiseConvolution2D.Builder(3, 2)
                        .depthMultiplier(2)
                        .nOut(4)
                        .dilation(2, 2)
                        .build(),
                new DepthwiseConv2D.Builder(3, 2).depthMultiplier(2).dilation(2).build());
        ownByDl4js.put(
                new Deconvolution2D.Builder(3, 2).nOut(4).dilation(2, 2).build(),
                new ConvTranspose2D.Builder(3, 2).nOut(4).dilation(2).build());
        ownByDl4js.put(
                new Convolution3D.Builder(2, 2, 2).nOut(4).dilation(1, 2, 1).build(),
                new Conv3D.Builder(2).nOut(4).dilation(1, 2, 1).build());
        ownByDl4js.put(
                new Deconvolution3D.Builder().kernelSize(2, 2, 2).nOut(4).dilation(2, 2, 2).build(),
                new ConvTranspose3D.Builder(2).nOut(4).dilation(2).build());
        ownByDl4js.forEach(
                (theirs, own) -> {
                    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
                        boolean sequence = theirs instanceof Convolution1DLayer;
                        int rank = sequence ? 1 : theirs.getKernelSize().length;
                        long[] shape = new long[rank + 2];
                        Arrays.fill(shape, 6);
                        shape[1] = 2;
                        train(own, shape, type);
                        try {
                            train(theirs, shape, type);
                        } catch (DL4JInvalidConfigException e) {
                            assertEquals(DataType.FLOAT, type);
                            String message = e.getMessage();
                            assertTrue(
                                    message.contains("\"dilated\"")
                                            && message.contains("dilation = [")
                                            && message.contains(own.getClass().getSimpleName()),
                                    message);
                        }
                    }
                });
    }

    private static void train(Layer wrapped, long[] shape, DataType type) {
        MultiLayerNetwork net =
                Nets.single(
                        new FWS.Builder(wrapped).name("dilated").build(),
                        Nets.inputType(shape),
                        type);
        INDArray x = WrappedLayer.random(1, shape).castTo(type);
        INDArray dx = Nets.pass(net, x, Nd4j.ones(type, net.output(x).shape())).inputGradient();
        assertTrue(dx.amaxNumber().doubleValue() > 0);
    }

    @Test
    void refusesWrongConfigurations() {
        Layer conv = new ConvolutionLayer.Builder(3, 3).nOut(4).build();
        Layer same = new SameDiffConv2D.Builder(3, 3).nOut(4).build();
        String allowed = "give a convolution";
        refused("layer = null", () -> new FWS.Builder(null));
        refused(allowed, () -> new FWS.Builder(new DenseLayer.Builder().nOut(3).build()));
        refused(allowed, () -> new FWS.Builder(new LSTM.Builder().nOut(3).build()));
        refused(allowed, () -> new FWS.Builder(new SubsamplingLayer.Builder(2, 2).build()));
        refused(
                allowed,
                () -> new FWS.Builder(new SeparableConvolution2D.Builder(3, 3).nOut(2).build()));
        refused(allowed, () -> new FWS.Builder(new SeparableConv2D.Builder(3, 3).nOut(2).build()));
        refused(allowed, () -> new FWS.Builder(new ConstrainedDense.Builder().nOut(2).build()));
        refused("without a gain", () -> new FWS.Builder(new WSConv2D.Builder(3).nOut(2).build()));
        refused(
                "standardization of its own",
                () -> new FWS.Builder(new WSConv2D.Builder(3).nOut(2).hasGain(false).build()));
        refused(allowed, () -> new FWS.Builder(new FWS.Builder(conv).build()));
        refused("layer = SameDiffConv2D", () -> new FWS.Builder(same));
        refused(
                "1 weight for each unit",
                () -> new FWS.Builder(new ConvolutionLayer.Builder(1, 1).nIn(1).nOut(2).build()));
        refused(
                "1 weight for each unit",
                () -> new FWS.Builder(new DepthwiseConv2D.Builder(1, 1).nIn(2).build()));
        for (double eps : new double[] {0, -1, Double.NaN}) {
            refused("eps = " + eps, () -> new FWS.Builder(conv).eps(eps));
            refused("eps = " + eps, () -> new SameDiffFWS.Builder(same).eps(eps));
        }
        refused("standardization = null", () -> new FWS.Builder(conv).standardization(null));
        refused("layer = null", () -> new SameDiffFWS.Builder(null));
        refused("give a SameDiff convolution", () -> new SameDiffFWS.Builder(conv));
        refused(
                "layer = Conv2D",
                () -> new SameDiffFWS.Builder(new Conv2D.Builder(3).nOut(2).build()));
        refused(
                "without a gain",
                () -> new SameDiffFWS.Builder(new SameDiffWSConv2D.Builder(3).nOut(2).build()));
        refused(
                "1 weight for each unit",
                () -> new SameDiffFWS.Builder(new SameDiffDepthwiseConv2D.Builder(1).build()));
        // The number of channels comes with the input.
        DL4JInvalidConfigException late =
                assertThrows(
                        DL4JInvalidConfigException.class,
                        () ->
                                Nets.single(
                                        new FWS.Builder(
                                                        new ConvolutionLayer.Builder(1, 1)
                                                                .nOut(2)
                                                                .build())
                                                .name("late")
                                                .build(),
                                        InputType.convolutional(3, 3, 1),
                                        DataType.FLOAT));
        assertTrue(late.getMessage().contains("late"), late.getMessage());
    }

    private static void refused(String message, Supplier<StandardizedWeights.Builder<?>> builder) {
        String actual =
                assertThrows(
                                DL4JInvalidConfigException.class,
                                () -> builder.get().name("probe").build())
                        .getMessage();
        assertTrue(actual.contains(message), actual);
        assertTrue(actual.contains("probe"), actual);
    }
}
