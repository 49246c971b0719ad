package org.lamina.zoo.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
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
import org.lamina.layers.AveragePooling2D;
import org.lamina.layers.MaxPooling2D;

/** Reads layers without weights that work along space: pooling, padding, cropping, upsampling. */
final class SlidingReader {

    private final NetworkAssembly network;

    SlidingReader(NetworkAssembly network) {
        this.network = network;
    }

    /**
     * @param axis Keras's axis of channels
     * @return null if the layer is of another kind
     */
    Tensor read(LayerConfig layer, Tensor x, int axis) {
        String name = layer.className();
        int rank = name.contains("1D") ? 1 : 2;
        String kind = name.replaceAll("[12]D$", "");
        if (kind.equals(name)) {
            return null;
        }
        return switch (kind) {
            case "AveragePooling", "AvgPool" -> pooled(layer, PoolingType.AVG, rank, x, axis);
            case "MaxPooling", "MaxPool" -> pooled(layer, PoolingType.MAX, rank, x, axis);
            case "GlobalAveragePooling", "GlobalAvgPool" ->
                    global(layer, PoolingType.AVG, rank, x, axis);
            case "GlobalMaxPooling", "GlobalMaxPool" ->
                    global(layer, PoolingType.MAX, rank, x, axis);
            case "ZeroPadding" -> padded(layer, rank, x, axis);
            case "Cropping" -> cropped(layer, rank, x, axis);
            case "UpSampling" -> upsampled(layer, rank, x, axis);
            default -> null;
        };
    }

    private Tensor pooled(LayerConfig layer, PoolingType type, int rank, Tensor x, int axis) {
        int[] size = layer.sizes("pool_size", rank);
        int[] stride = layer.get("strides") == null ? size : layer.sizes("strides", rank);
        boolean same = layer.oneOf("padding", "valid", "valid", "same").equals("same");
        ConvolutionMode mode = same ? ConvolutionMode.Same : ConvolutionMode.Truncate;
        long[] shape = check(layer, x, rank);
        int d = 0;
        for (int i = 0; i < shape.length; i++) {
            if (i != axis) {
                shape[i] = output(layer, shape[i], size[d], stride[d], same);
                d++;
            }
        }
        Layer pool;
        if (rank == 1) {
            Subsampling1DLayer series =
                    new Subsampling1DLayer.Builder(type, size[0])
                            .stride(stride[0])
                            .convolutionMode(mode)
                            .build();
            // Which DL4J's builder does not pass on.
            series.setPoolingType(type);
            series.setAvgPoolIncludePadInDivisor(false);
            pool = series;
        } else {
            SubsamplingLayer.Builder builder =
                    type == PoolingType.AVG
                            ? new AveragePooling2D.Builder(size)
                            : new MaxPooling2D.Builder(size);
            pool = builder.stride(stride).convolutionMode(mode).build();
        }
        return add(layer, pool, x, axis, shape);
    }

    /** Length of the output, as TensorFlow has it; -1 if it is open. */
    static long output(LayerConfig layer, long input, long window, long stride, boolean same) {
        if (input < 0) {
            return -1;
        }
        long output =
                same ? (input + stride - 1) / stride : Math.floorDiv(input - window, stride) + 1;
        if (output < 1) {
            throw layer.refused("windows of " + window + " do not fit an input of " + input);
        }
        return output;
    }

    private Tensor global(LayerConfig layer, PoolingType type, int rank, Tensor x, int axis) {
        boolean keep = layer.flag("keepdims", false);
        long[] shape = check(layer, x, rank);
        long channels = shape[axis];
        if (keep) {
            Arrays.fill(shape, 1);
            shape[axis] = channels;
        }
        GlobalPoolingLayer pool =
                new GlobalPoolingLayer.Builder(type).collapseDimensions(!keep).build();
        return keep
                ? add(layer, pool, x, axis, shape)
                : Tensor.of(add(layer, pool, x, axis, shape).source(), new long[] {channels}, 0);
    }

    private Tensor padded(LayerConfig layer, int rank, Tensor x, int axis) {
        int[] sides = sides(layer, "padding", rank);
        Layer padding =
                rank == 1
                        ? new ZeroPadding1DLayer(sides[0], sides[1])
                        : new ZeroPaddingLayer(sides[0], sides[1], sides[2], sides[3]);
        return grown(layer, padding, x, axis, sides, 1);
    }

    private Tensor cropped(LayerConfig layer, int rank, Tensor x, int axis) {
        int[] sides = sides(layer, "cropping", rank);
        Layer cropping =
                rank == 1
                        ? new Cropping1D(sides[0], sides[1])
                        : new Cropping2D(sides[0], sides[1], sides[2], sides[3]);
        return grown(layer, cropping, x, axis, sides, -1);
    }

    private Tensor grown(
            LayerConfig layer, Layer own, Tensor x, int axis, int[] sides, int direction) {
        long[] shape = check(layer, x, sides.length / 2);
        int d = 0;
        for (int i = 0; i < shape.length; i++) {
            if (i != axis) {
                long more = direction * ((long) sides[2 * d] + sides[2 * d + 1]);
                if (shape[i] >= 0 && shape[i] + more < 1) {
                    throw layer.refused("nothing is left of an axis of " + shape[i]);
                }
                shape[i] = shape[i] < 0 ? -1 : shape[i] + more;
                d++;
            }
        }
        return add(layer, own, x, axis, shape);
    }

    /** Numbers before and after each dimension. */
    private static int[] sides(LayerConfig layer, String argument, int rank) {
        JsonNode value = layer.get(argument);
        int[] sides = new int[2 * rank];
        for (int i = 0; i < sides.length; i++) {
            JsonNode side = value;
            if (value != null && value.isArray() && rank == 1) {
                side = value.get(i);
            } else if (value != null && value.isArray()) {
                JsonNode both = value.get(i / 2);
                side = both != null && both.isArray() ? both.get(i % 2) : both;
            }
            if (side == null || !side.canConvertToInt() || !side.isInt() || side.asInt() < 0) {
                throw layer.refused(
                        argument + " = " + value + "; must be whole numbers, 0 or more");
            }
            sides[i] = side.asInt();
        }
        return sides;
    }

    private Tensor upsampled(LayerConfig layer, int rank, Tensor x, int axis) {
        int[] size = layer.sizes("size", rank);
        if (rank == 2) {
            layer.oneOf("interpolation", "nearest", "nearest");
        }
        long[] shape = check(layer, x, rank);
        int d = 0;
        for (int i = 0; i < shape.length; i++) {
            if (i != axis) {
                shape[i] = shape[i] < 0 ? -1 : Math.multiplyExact(shape[i], (long) size[d]);
                d++;
            }
        }
        Layer own =
                rank == 1
                        ? new Upsampling1D.Builder(size[0]).build()
                        : new Upsampling2D.Builder().size(size).build();
        return add(layer, own, x, axis, shape);
    }

    private static long[] check(LayerConfig layer, Tensor x, int rank) {
        layer.checkRank(x, rank);
        return x.shape().clone();
    }

    private Tensor add(LayerConfig layer, Layer own, Tensor x, int axis, long[] shape) {
        network.layer(layer.name(), own, WeightReader.toFront(x, axis), x.source());
        return Tensor.of(layer.name(), shape, axis);
    }
}
