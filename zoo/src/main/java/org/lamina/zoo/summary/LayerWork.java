package org.lamina.zoo.summary;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.layers.wrapper.StandardizedWeights;
import org.lamina.spec.Window;

/** Operations and receptive field of a layer, from its configuration. */
final class LayerWork {

    private LayerWork() {}

    /** Floating point operations for one example; see {@link NetworkSummary.Row#flops}. */
    static long flops(Layer layer, InputType input, InputType output) {
        if (layer instanceof StandardizedWeights wrapper) {
            return flops(wrapper.getUnderlying(), input, output);
        }
        long values = output.arrayElementsPerExample();
        if (layer instanceof AbstractSpecLayer<?> spec) {
            return 2 * spec.getSpec().multiplications(size(input)) + values;
        }
        if (layer instanceof SubsamplingLayer pool) {
            return values * pool.getKernelSize()[0] * pool.getKernelSize()[1];
        }
        if (layer instanceof FeedForwardLayer dense) {
            return 2 * dense.getNIn() * dense.getNOut() + values;
        }
        boolean pools = size(output).length < size(input).length;
        return pools ? input.arrayElementsPerExample() : values;
    }

    /** What the layer's output depends on; null for the whole input. */
    static ReceptiveField seen(Layer layer, ReceptiveField input, InputType output) {
        if (layer instanceof StandardizedWeights wrapper) {
            return seen(wrapper.getUnderlying(), input, output);
        }
        long[] size = size(output);
        if (input == null || size.length < input.rank()) {
            return null; // a dense layer or global pooling
        }
        if (layer instanceof AbstractSpecLayer<?> spec) {
            ReceptiveField field = input;
            for (Window window : spec.getSpec().windows()) {
                field = field.through(window);
            }
            return field;
        }
        if (layer instanceof SubsamplingLayer pool) {
            int[] padding = pool.getPadding();
            if (pool.getConvolutionMode() == ConvolutionMode.Same) {
                padding = new int[2];
                for (int d = 0; d < 2; d++) {
                    long needed = (size[d] - 1) * pool.getStride()[d] + pool.getKernelSize()[d];
                    padding[d] = (int) Math.max(0, needed - input.first()[d].length) / 2;
                }
            }
            return input.through(
                    new ReceptiveField.Pool(pool.getKernelSize(), pool.getStride(), padding, size));
        }
        if (layer instanceof Cropping2D crop) {
            int[] cropped = {-crop.getCropping()[0], -crop.getCropping()[2]};
            return input.through(
                    new ReceptiveField.Pool(new int[] {1, 1}, new int[] {1, 1}, cropped, size));
        }
        if (layer instanceof Cropping1D crop) {
            int[] cropped = {-crop.getCropping()[0]};
            return input.through(
                    new ReceptiveField.Pool(new int[] {1}, new int[] {1}, cropped, size));
        }
        return input;
    }

    /** Spatial size of an image (height, width) or a signal (length); empty for a vector. */
    static long[] size(InputType type) {
        long[] shape = type.getShape(false);
        return Arrays.copyOfRange(shape, 1, shape.length);
    }
}
