package org.lamina.zoo.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.lamina.zoo.weights.WeightsException;

/** Writes pooling, padding, cropping and upsampling. */
final class SlidingWriter {

    private final KerasModel model;

    SlidingWriter(KerasModel model) {
        this.model = model;
    }

    /** Null if the layer is of another kind. */
    String write(String name, Layer layer, String from, long[] shape) {
        if (layer instanceof Upsampling1D up) {
            ObjectNode size = LayerWriter.arguments().put("size", up.getSize()[0]);
            return model.add("UpSampling1D", name, size, List.of(from), shape);
        } else if (layer instanceof Upsampling2D up) {
            ObjectNode size = images();
            size.set("size", LayerWriter.list(up.getSize()));
            return model.add("UpSampling2D", name, size, List.of(from), shape);
        } else if (layer instanceof SubsamplingLayer pool) {
            return pooled(name, pool, from, shape);
        } else if (layer instanceof GlobalPoolingLayer pool) {
            return global(name, pool, from, shape);
        } else if (layer instanceof ZeroPadding1DLayer padding) {
            return sides(
                    model, "ZeroPadding1D", "padding", name, padding.getPadding(), from, shape);
        } else if (layer instanceof ZeroPaddingLayer padding) {
            return sides(
                    model, "ZeroPadding2D", "padding", name, padding.getPadding(), from, shape);
        } else if (layer instanceof Cropping1D cropping) {
            return sides(
                    model, "Cropping1D", "cropping", name, cropping.getCropping(), from, shape);
        } else if (layer instanceof Cropping2D cropping) {
            return sides(
                    model, "Cropping2D", "cropping", name, cropping.getCropping(), from, shape);
        }
        return null;
    }

    private static ObjectNode images() {
        return LayerWriter.arguments().put("data_format", "channels_last");
    }

    private String pooled(String name, SubsamplingLayer pool, String from, long[] shape) {
        int rank = pool instanceof Subsampling1DLayer ? 1 : 2;
        boolean same = pool.getConvolutionMode() == ConvolutionMode.Same;
        boolean padded = !same && Arrays.stream(pool.getPadding()).anyMatch(p -> p > 0);
        boolean dilated = Arrays.stream(pool.getDilation()).limit(rank).anyMatch(d -> d > 1);
        boolean mean = pool.getPoolingType() == org.deeplearning4j.nn.conf.layers.PoolingType.AVG;
        if (padded
                || dilated
                || same && mean && pool.isAvgPoolIncludePadInDivisor()
                || !mean && pool.getPoolingType() != PoolingType.MAX) {
            throw new WeightsException(
                    "layer \"%s\": Keras has no pooling of type %s with padding %s, dilation %s and"
                            + " mode %s",
                    name,
                    pool.getPoolingType(),
                    Arrays.toString(pool.getPadding()),
                    Arrays.toString(pool.getDilation()),
                    pool.getConvolutionMode());
        }
        ObjectNode arguments = LayerWriter.arguments();
        arguments.set("pool_size", LayerWriter.list(Arrays.copyOf(pool.getKernelSize(), rank)));
        arguments.set("strides", LayerWriter.list(Arrays.copyOf(pool.getStride(), rank)));
        arguments.put("padding", same ? "same" : "valid").put("data_format", "channels_last");
        String className = (mean ? "AveragePooling" : "MaxPooling") + rank + "D";
        return model.add(className, name, arguments, List.of(from), shape);
    }

    private String global(String name, GlobalPoolingLayer pool, String from, long[] shape) {
        boolean mean = pool.getPoolingType() == PoolingType.AVG;
        int rank = model.shape(from).length - 1;
        int[] all = IntStream.range(2, 2 + rank).toArray();
        int[] dimensions = pool.getPoolingDimensions();
        if (!mean && pool.getPoolingType() != PoolingType.MAX
                || dimensions != null && !Arrays.equals(dimensions, all)) {
            throw LayerWriter.unknown(name, pool);
        }
        ObjectNode arguments = images().put("keepdims", !pool.isCollapseDimensions());
        String className = (mean ? "GlobalAveragePooling" : "GlobalMaxPooling") + rank + "D";
        return model.add(className, name, arguments, List.of(from), shape);
    }

    /** A layer with numbers for each side; one of images has a pair for each dimension. */
    static String sides(
            KerasModel model,
            String className,
            String argument,
            String name,
            int[] sides,
            String from,
            long[] shape) {
        ObjectNode arguments = LayerWriter.arguments();
        if (sides.length == 2) {
            arguments.set(argument, LayerWriter.list(sides));
        } else {
            arguments
                    .put("data_format", "channels_last")
                    .putArray(argument)
                    .add(LayerWriter.list(sides[0], sides[1]))
                    .add(LayerWriter.list(sides[2], sides[3]));
        }
        return model.add(className, name, arguments, List.of(from), shape);
    }
}
