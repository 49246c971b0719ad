package org.lamina.constraints;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.lang3.ArrayUtils;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.BasePretrainNetwork;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.layers.ocnn.OCNNParamInitializer;
import org.deeplearning4j.nn.params.CenterLossParamInitializer;
import org.deeplearning4j.nn.params.SeparableConvolutionParamInitializer;
import org.lamina.layers.wrapper.StandardizedWeights;
import org.lamina.spec.NormAxes;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How a parameter is divided into slices, each with its own norm: explicit axes checked against its
 * shape, or output units looked up by the layer's layout.
 *
 * @param axes axes of {@link #view} that the norm is taken over; none: each element is a slice
 * @param reversed whether the layer reads the array's memory with the axes in reverse order
 */
public record Slices(int[] axes, boolean reversed) implements Serializable {

    /**
     * The slices of a layer's parameter.
     *
     * @throws DL4JInvalidConfigException if explicit axes do not fit the shape or the layout of the
     *     layer is not known
     */
    public static Slices of(NormAxes axes, Layer layer, String param, long[] shape) {
        if (axes.isPerOutputUnit()) {
            boolean reversed = isReversed(layer, shape);
            return new Slices(
                    reversed
                            ? IntStream.range(0, shape.length - 1).toArray()
                            : perOutputUnit(layer, param, shape),
                    reversed);
        }
        int[] explicit = axes.axes();
        if (explicit[explicit.length - 1] >= shape.length) {
            throw new DL4JInvalidConfigException(
                    String.format(
                            "%s: norm axes %s are out of range; allowed are 0 to %s",
                            describe(layer, param, shape),
                            Arrays.toString(explicit),
                            shape.length - 1));
        }
        return new Slices(explicit, false);
    }

    /** The array as the layer reads it, sharing its memory. */
    public INDArray view(INDArray array) {
        if (!reversed) {
            return array;
        }
        long[] shape = array.shape().clone();
        ArrayUtils.reverse(shape);
        return array.reshape('c', true, shape);
    }

    /**
     * DL4J's 1-D convolution stores {@code [out, in, k, 1]}, but for NCW input it reshapes, not
     * permutes, that to {@code [k, in, out]}.
     */
    static boolean isReversed(Layer layer, long[] shape) {
        Layer inner = unwrap(layer);
        return inner instanceof Convolution1DLayer conv
                && !(inner instanceof OutputUnitLayout)
                && conv.getRnnDataFormat() != RNNFormat.NWC
                && shape.length > 2;
    }

    private static Layer unwrap(Layer layer) {
        if (layer instanceof FrozenLayer frozen) {
            return unwrap(frozen.getLayer());
        }
        if (layer instanceof BaseWrapperLayer wrapper) {
            return unwrap(wrapper.getUnderlying());
        }
        if (layer instanceof StandardizedWeights wrapper) {
            return unwrap(wrapper.getUnderlying());
        }
        return layer;
    }

    /** The norm axes that give one norm for each output unit. */
    private static int[] perOutputUnit(Layer layer, String param, long[] shape) {
        int[] units = outputAxes(layer, param, shape);
        if (units == null) {
            boolean declared = unwrap(layer) instanceof OutputUnitLayout;
            throw new DL4JInvalidConfigException(
                    describe(layer, param, shape)
                            + (declared
                                    ? ": no axes index its output units, as in a"
                                            + " transposed convolution with groups; give the axes"
                                            + " of the norm, NormAxes.of(...)"
                                    : ": no known layout of its output units; give the"
                                            + " axes of the norm, NormAxes.of(...), or let the"
                                            + " layer's configuration implement "
                                            + OutputUnitLayout.class.getSimpleName()));
        }
        for (int axis : units) {
            if (axis < 0 || axis >= shape.length) {
                throw new DL4JInvalidConfigException(
                        String.format(
                                "%s: output axes %s are out of range; allowed are 0 to %s",
                                describe(layer, param, shape),
                                Arrays.toString(units),
                                shape.length - 1));
            }
        }
        return IntStream.range(0, shape.length)
                .filter(axis -> IntStream.of(units).noneMatch(unit -> unit == axis))
                .toArray();
    }

    /** The axes that index output units, or null if the layout is unknown. */
    private static int[] outputAxes(Layer wrapped, String param, long[] shape) {
        Layer layer = unwrap(wrapped);
        if (layer instanceof OutputUnitLayout layout) {
            return layout.outputAxes(param, shape.clone());
        }
        if (layer instanceof Bidirectional bidirectional) {
            // Prefixed "f" and "b".
            return outputAxes(bidirectional.getFwd(), param.substring(1), shape);
        }
        if (layer instanceof BatchNormalization
                || layer instanceof PReLULayer
                || layer instanceof ElementWiseMultiplicationLayer
                || shape.length < 2) {
            return IntStream.range(0, shape.length).toArray();
        }
        if (layer instanceof ConvolutionLayer) {
            // Biases are [out] or [1, out]; weights have one axis or more for the kernel.
            return shape.length == 2
                    ? new int[] {0, 1}
                    : convolution((ConvolutionLayer) layer, param);
        }
        if (layer instanceof LocallyConnected1D || layer instanceof LocallyConnected2D) {
            // [output positions, in * kernel, out]: no weight is shared between positions.
            return shape.length == 3 ? new int[] {0, 2} : null;
        }
        if (layer instanceof OCNNOutputLayer) {
            // w [1, hidden] feeds the one output; V is [in, hidden].
            return OCNNParamInitializer.W_KEY.equals(param) ? new int[] {0} : new int[] {1};
        }
        if (param.equals(CenterLossParamInitializer.CENTER_KEY)
                && layer instanceof CenterLossOutputLayer) {
            return new int[] {0};
        }
        // [in, out]; vectors [1, out] have one element per unit.
        boolean inOut =
                layer instanceof DenseLayer
                        || layer instanceof BaseOutputLayer
                        || layer instanceof BaseRecurrentLayer
                        || layer instanceof EmbeddingLayer
                        || layer instanceof EmbeddingSequenceLayer
                        || layer instanceof BasePretrainNetwork;
        return inOut && shape.length == 2 ? new int[] {1} : null;
    }

    private static int[] convolution(ConvolutionLayer layer, String param) {
        if (layer instanceof Deconvolution3D) {
            return new int[] {3}; // [kD, kH, kW, out, in]
        }
        if (layer instanceof Deconvolution2D) {
            return new int[] {1}; // [in, out, kH, kW]
        }
        if (layer instanceof DepthwiseConvolution2D) {
            return new int[] {2, 3}; // [kH, kW, in, multiplier]
        }
        if (layer instanceof SeparableConvolution2D
                && SeparableConvolutionParamInitializer.DEPTH_WISE_WEIGHT_KEY.equals(param)) {
            return new int[] {0, 1}; // [multiplier, in, kH, kW]
        }
        return new int[] {0}; // [out, in, k...]
    }

    static String describe(Layer layer, String param, long[] shape) {
        return "Layer " + name(layer) + ", parameter '" + param + "' " + Arrays.toString(shape);
    }

    static String name(Layer layer) {
        return "'" + layer.getLayerName() + "' (" + layer.getClass().getSimpleName() + ")";
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Slices other
                && Arrays.equals(axes, other.axes)
                && reversed == other.reversed;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(axes) * 2 + (reversed ? 1 : 0);
    }

    @Override
    public String toString() {
        return "axes " + Arrays.toString(axes) + (reversed ? " of the reversed shape" : "");
    }
}
