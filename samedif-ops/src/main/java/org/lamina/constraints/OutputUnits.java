package org.lamina.constraints;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.params.CenterLossParamInitializer;
import org.deeplearning4j.nn.params.SeparableConvolutionParamInitializer;
import org.lamina.spec.NormAxes;

/** Axes of a parameter's norm: explicit ones checked, output units looked up by layer layout. */
final class OutputUnits {

    private static final int[] NONE = {};

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
    // The rest follows.
    static int[] perOutputUnit(Layer layer, String param, long[] shape) {
        throw new UnsupportedOperationException();
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
