package org.lamina.layers;

import java.util.Arrays;
import java.util.Collection;
import java.util.stream.LongStream;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.lamina.layers.wrapper.StandardizedWeights;
import org.lamina.layers.wrapper.WeightUnits;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Wraps a convolution layer, DL4J's or a native one of this project, and standardizes its weights
 * before each forward pass; documented by {@link StandardizedWeights}.
 *
 * <pre>{@code
 * new FWS.Builder(new ConvolutionLayer.Builder(3, 3).nOut(16).build()).constEval(true).build()
 * }</pre>
 */
public class FWS extends StandardizedWeights {

    /** For Jackson. */
    protected FWS() {}

    private FWS(Builder builder) {
        super(builder);
    }

    @Override
    protected WeightUnits unitsOf(org.deeplearning4j.nn.conf.layers.Layer wrapped) {
        if (wrapped instanceof SpecLayer) {
            return WeightUnits.of(((SpecLayer<?>) wrapped).getSpec());
        }
        if (!(wrapped instanceof ConvolutionLayer)
                || wrapped instanceof SeparableConvolution2D
                || wrapped instanceof StandardizedWeights) {
            throw new IllegalArgumentException(
                    "give a convolution layer of DL4J or a native one of this project, with one"
                            + " weight");
        }
        ConvolutionLayer conv = (ConvolutionLayer) wrapped;
        long in = conv.getNIn();
        long out = conv.getNOut();
        long[] k = Arrays.stream(conv.getKernelSize()).asLongStream().toArray();
        if (conv instanceof Convolution1DLayer) {
            // The weight's shape is [out, in, k, 1], but the layer reads the elements as [k, in,
            // out].
            return new WeightUnits(new long[] {k[0], in, out}, 2);
        }
        if (conv instanceof DepthwiseConvolution2D depthwise) {
            long multiplier = depthwise.getDepthMultiplier();
            return new WeightUnits(new long[] {k[0], k[1], in, multiplier}, 2, 3);
        }
        if (conv instanceof Deconvolution3D) {
            return new WeightUnits(new long[] {k[0], k[1], k[2], out, in}, 4);
        }
        long[] channels =
                conv instanceof Deconvolution2D ? new long[] {in, out} : new long[] {out, in};
        return new WeightUnits(
                LongStream.concat(Arrays.stream(channels), Arrays.stream(k)).toArray(), 0);
    }

    /**
     * The layer.
     *
     * @throws DL4JInvalidConfigException if ND4J cannot compute the wrapped layer of DL4J in this
     *     type: oneDNN lacks dilation for float in 1-D, 3-D and transposed convolutions
     */
    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> listeners,
            int index,
            INDArray paramsView,
            boolean initializeParams,
            DataType dataType) {
        if (getUnderlying() instanceof ConvolutionLayer conv) {
            checkDilation(conv, dataType);
        }
        return super.instantiate(conf, listeners, index, paramsView, initializeParams, dataType);
    }

    private void checkDilation(ConvolutionLayer conv, DataType type) {
        if (Arrays.stream(conv.getDilation()).allMatch(d -> d == 1)) {
            return;
        }
        try {
            TrialRun.of(conv, type);
        } catch (RuntimeException e) {
            throw new DL4JInvalidConfigException(
                    String.format(
                            "%s: layer = %s with dilation = %s, which this ND4J backend cannot"
                                    + " compute in %s; wrap this project's %s instead, which can",
                            describe(),
                            conv.getClass().getSimpleName(),
                            Arrays.toString(conv.getDilation()),
                            type,
                            own(conv)),
                    e);
        }
    }

    private static String own(ConvolutionLayer conv) {
        if (conv instanceof Deconvolution2D || conv instanceof Deconvolution3D) {
            return conv instanceof Deconvolution2D ? "ConvTranspose2D" : "ConvTranspose3D";
        }
        return conv instanceof Convolution1DLayer ? "Conv1D" : "Conv3D";
    }

    @Override
    protected Class<FWSLayer> implementation() {
        return FWSLayer.class;
    }

    @SuppressWarnings("unchecked") // DL4J lets the caller choose the type that build() returns
    public static class Builder extends StandardizedWeights.Builder<Builder> {

        /** Wraps a copy of the layer. */
        public Builder(org.deeplearning4j.nn.conf.layers.Layer layer) {
            super(layer);
        }

        @Override
        public FWS build() {
            return new FWS(this);
        }
    }
}
