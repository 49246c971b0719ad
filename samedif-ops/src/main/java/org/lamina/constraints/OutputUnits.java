package org.lamina.constraints;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.BasePretrainNetwork;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
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
import org.lamina.spec.NormAxes;

/** Axes of a parameter's norm: explicit ones checked, output units looked up by layer layout. */
final class OutputUnits {

    private OutputUnits() {}

    /**
     * The axes to take the norm over, ascending; empty if every element is its own slice.
     *
     * @throws DL4JInvalidConfigException if explicit axes do not fit the shape or the layout of the
     *     layer is not known
     */
    static int[] normAxes(NormAxes axes, Layer layer, String param, long[] shape) {
        if (axes.isPerOutputUnit()) {
            return perOutputUnit(layer, param, shape);
        }
        int[] explicit = axes.axes();
        if (explicit[explicit.length - 1] >= shape.length) {
            throw new DL4JInvalidConfigException(
                    describe(layer, param, shape)
                            + ": norm axes "
                            + Arrays.toString(explicit)
                            + " are out of range; allowed are 0 to "
                            + (shape.length - 1));
        }
        return explicit;
    }

    /** The norm axes that leave one norm for each output unit. */
    private static int[] perOutputUnit(Layer layer, String param, long[] shape) {
        int[] units = outputAxes(layer, param, shape);
        if (units == null) {
            throw new DL4JInvalidConfigException(
                    describe(layer, param, shape)
                            + ": no known layout to find its output units by; give the axes of the norm,"
                            + " NormAxes.of(...), or let the layer's configuration implement "
                            + OutputUnitLayout.class.getSimpleName());
        }
        for (int axis : units) {
            if (axis < 0 || axis >= shape.length) {
                throw new DL4JInvalidConfigException(
                        describe(layer, param, shape)
                                + ": output axes "
                                + Arrays.toString(units)
                                + " are out of range; allowed are 0 to "
                                + (shape.length - 1));
            }
        }
        return IntStream.range(0, shape.length)
                .filter(axis -> IntStream.of(units).noneMatch(unit -> unit == axis))
                .toArray();
    }

    /** The axes that count output units, or null if the layout is not known. */
    private static int[] outputAxes(Layer layer, String param, long[] shape) {
        if (layer instanceof OutputUnitLayout) {
            return ((OutputUnitLayout) layer).outputAxes(param, shape.clone());
        }
        if (layer instanceof FrozenLayer) {
            return outputAxes(((FrozenLayer) layer).getLayer(), param, shape);
        }
        if (layer instanceof BaseWrapperLayer) {
            return outputAxes(((BaseWrapperLayer) layer).getUnderlying(), param, shape);
        }
        if (layer instanceof Bidirectional) {
            // Prefixed "f" and "b".
            return outputAxes(((Bidirectional) layer).getFwd(), param.substring(1), shape);
        }
        if (layer instanceof BatchNormalization
                || layer instanceof PReLULayer
                || layer instanceof ElementWiseMultiplicationLayer
                || shape.length < 2) {
            return IntStream.range(0, shape.length).toArray();
        }
        if (layer instanceof ConvolutionLayer) {
            // Biases are [out] or [1, out]; weights have one axis or more for the kernel.
            return shape.length == 2 ? new int[] {0, 1} : convolution((ConvolutionLayer) layer, param);
        }
        if (layer instanceof LocallyConnected1D || layer instanceof LocallyConnected2D) {
            // [output positions, in * kernel, out]: no weight is shared between positions.
            return shape.length == 3 ? new int[] {0, 2} : null;
        }
        if (layer instanceof OCNNOutputLayer) {
            // w [1, hidden] feeds the one output; V [in, hidden].
            return OCNNParamInitializer.W_KEY.equals(param) ? new int[] {0} : new int[] {1};
        }
        if (param.equals(CenterLossParamInitializer.CENTER_KEY)
                && layer instanceof CenterLossOutputLayer) {
            return new int[] {0};
        }
        // [in, out]; vectors [1, out] come out as one element for each unit.
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
        return "Layer "
                + name(layer)
                + ", parameter '"
                + param
                + "' "
                + Arrays.toString(shape);
    }

    static String name(Layer layer) {
        return "'" + layer.getLayerName() + "' (" + layer.getClass().getSimpleName() + ")";
    }
}
