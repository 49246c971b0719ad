package org.lamina.zoo.keras;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.lamina.layers.Conv1D;
import org.lamina.layers.Conv2D;
import org.lamina.layers.ConvTranspose1D;
import org.lamina.layers.ConvTranspose2D;
import org.lamina.layers.DepthwiseConv2D;
import org.lamina.layers.DepthwiseSeparableConv1D;
import org.lamina.layers.DepthwiseSeparableConv2D;
import org.lamina.layers.builders.ConvBuilder;
import org.lamina.layers.builders.ConvTransposeBuilder;
import org.lamina.layers.builders.DepthwiseSeparableConvBuilder;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.Padding;
import org.lamina.spec.ParamSpec;
import org.lamina.spec.SeparableConvSpec;

/** Reads a convolution: plain, depthwise, separable or transposed. */
final class ConvolutionReader {

    private final WeightReader weights;
    private final LayerConfig layer;

    ConvolutionReader(WeightReader weights) {
        this.weights = weights;
        this.layer = weights.layer();
    }

    /**
     * @param axis Keras's axis of channels
     * @return null if the layer is of another kind
     */
    Tensor read(Tensor x, int axis) {
        String name = layer.className().replace("Convolution", "Conv");
        int rank = name.contains("1D") ? 1 : 2;
        return switch (name) {
            case "Conv1D", "Conv2D" -> conv(rank, x, axis);
            case "DepthwiseConv1D", "DepthwiseConv2D" -> depthwise(rank, x, axis);
            case "SeparableConv1D", "SeparableConv2D" -> separable(rank, x, axis);
            case "Conv1DTranspose", "Conv2DTranspose" -> transposed(rank, x, axis);
            default -> null;
        };
    }

    private Tensor conv(int rank, Tensor x, int axis) {
        weights.layer().checkRank(x, rank);
        long in = weights.channels(x, axis);
        int out = filters();
        int groups = layer.integer("groups", 1);
        if (groups < 1 || in % groups != 0 || out % groups != 0) {
            throw layer.refused(
                    "groups = " + groups + " of " + in + " channels and " + out + " filters");
        }
        Window window = window(rank, x, axis);
        weights.weight(
                "kernel",
                ParamSpec.WEIGHT,
                KernelLayout.conv(rank),
                window.kernel(in / groups, out));
        boolean bias = weights.bias(ParamSpec.BIAS, out);
        ConvGeometry geometry = window.geometry().withGroups(groups);
        ConvBuilder<?> own = rank == 1 ? new Conv1D.Builder(1) : new Conv2D.Builder(1);
        own.geometry(geometry).nOut(out).hasBias(bias);
        return weights.add(own.build(), x, axis, window.output(x, axis, out));
    }

    private Tensor depthwise(int rank, Tensor x, int axis) {
        weights.layer().checkRank(x, rank);
        long in = weights.channels(x, axis);
        int multiplier = multiplier();
        long out = Math.multiplyExact(in, (long) multiplier);
        Window window = window(rank, x, axis);
        weights.weight(
                "depthwise",
                ParamSpec.WEIGHT,
                KernelLayout.depthwise(rank),
                window.kernel(in, multiplier));
        boolean bias = weights.bias(ParamSpec.BIAS, out);
        BaseLayer own =
                rank == 1
                        ? new Conv1D.Builder(1)
                                .geometry(window.geometry().withGroups(Math.toIntExact(in)))
                                .nOut(out)
                                .hasBias(bias)
                                .build()
                        : new DepthwiseConv2D.Builder(1)
                                .geometry(window.geometry())
                                .depthMultiplier(multiplier)
                                .hasBias(bias)
                                .maxNorm(null)
                                .build();
        return weights.add(own, x, axis, window.output(x, axis, out));
    }

    private Tensor separable(int rank, Tensor x, int axis) {
        weights.layer().checkRank(x, rank);
        long in = weights.channels(x, axis);
        int multiplier = multiplier();
        int out = filters();
        Window window = window(rank, x, axis);
        weights.weight(
                "depthwise",
                SeparableConvSpec.DEPTHWISE_WEIGHT,
                KernelLayout.depthwise(rank),
                window.kernel(in, multiplier));
        long[] point = new long[rank + 2];
        Arrays.fill(point, 1);
        point[rank] = Math.multiplyExact(in, (long) multiplier);
        point[rank + 1] = out;
        weights.weight(
                "pointwise", SeparableConvSpec.POINTWISE_WEIGHT, KernelLayout.conv(rank), point);
        boolean bias = weights.bias(SeparableConvSpec.POINTWISE_BIAS, out);
        DepthwiseSeparableConvBuilder<?> own =
                rank == 1
                        ? new DepthwiseSeparableConv1D.Builder(1)
                        : new DepthwiseSeparableConv2D.Builder(1);
        own.geometry(window.geometry())
                .depthMultiplier(multiplier)
                .nOut(out)
                .biasDepthwise(false)
                .biasPointwise(bias);
        return weights.add(own.build(), x, axis, window.output(x, axis, out));
    }

    /** A convolution's window, and the lengths of what it gives. */
    private record Window(ConvGeometry geometry, long[] lengths) {

        long[] kernel(long... channels) {
            return ConvolutionReader.kernel(geometry.kernelSize(), channels);
        }

        long[] output(Tensor x, int axis, long channels) {
            return shape(x, axis, lengths, channels);
        }
    }

    private Window window(int rank, Tensor x, int axis) {
        int[] kernel = layer.sizes("kernel_size", rank);
        int[] stride = layer.sizes("strides", rank);
        int[] dilation = layer.sizes("dilation_rate", rank);
        String padding =
                rank == 1 && layer.className().startsWith("Conv")
                        ? layer.oneOf("padding", "valid", "valid", "same", "causal")
                        : layer.oneOf("padding", "valid", "valid", "same");
        int[] before = new int[rank];
        int[] after = new int[rank];
        long[] lengths = new long[rank];
        boolean strided = false;
        int d = 0;
        for (int i = 0; i < x.rank(); i++) {
            if (i == axis) {
                continue;
            }
            long window = Math.addExact(Math.multiplyExact((long) dilation[d], kernel[d] - 1L), 1);
            long input = x.shape()[i];
            boolean causal = padding.equals("causal");
            lengths[d] =
                    SlidingReader.output(
                            layer,
                            causal && input >= 0 ? input + window - 1 : input,
                            window,
                            stride[d],
                            padding.equals("same"));
            if (padding.equals("same") && stride[d] > 1) {
                strided = true;
                if (input < 0) {
                    throw layer.refused("padding 'same' with strides needs an input of known size");
                }
            }
            long total = Math.max(0, (lengths[d] - 1) * stride[d] + window - input);
            total = stride[d] == 1 ? window - 1 : total; // also of an open size
            before[d] = Math.toIntExact(total / 2);
            after[d] = Math.toIntExact(total - total / 2);
            d++;
        }
        Padding own = strided ? Padding.perSide(before, after) : Padding.named(padding);
        ConvGeometry geometry =
                ConvGeometry.builder(rank, kernel)
                        .stride(stride)
                        .dilation(dilation)
                        .padding(own)
                        .build();
        return new Window(geometry, lengths);
    }

    private int filters() {
        int filters = layer.integer("filters", 0);
        if (filters < 1) {
            throw layer.refused("filters = " + filters + "; must be 1 or greater");
        }
        return filters;
    }

    private int multiplier() {
        if (layer.integer("groups", 1) != 1) { // Keras 2 stores it for every convolution
            throw layer.refused("groups = " + layer.get("groups") + "; must be 1");
        }
        int multiplier = layer.integer("depth_multiplier", 1);
        if (multiplier < 1) {
            throw layer.refused("depth_multiplier = " + multiplier + "; must be 1 or greater");
        }
        return multiplier;
    }

    /**
     * A transposed convolution. As long as its input times the stride with padding 'same', what
     * more a kernel reaches is cut off: half of it before, and one more after if that is odd.
     */
    private Tensor transposed(int rank, Tensor x, int axis) {
        weights.layer().checkRank(x, rank);
        long in = weights.channels(x, axis);
        int out = filters();
        int[] kernel = layer.sizes("kernel_size", rank);
        int[] stride = layer.sizes("strides", rank);
        if (Arrays.stream(layer.sizes("dilation_rate", rank)).anyMatch(d -> d > 1)
                || layer.integer("groups", 1) != 1) {
            throw layer.refused("dilation_rate and groups other than 1 are not supported");
        }
        boolean same = layer.oneOf("padding", "valid", "valid", "same").equals("same");
        int[] outputPadding = new int[rank];
        int[] cut = new int[rank];
        long[] lengths = new long[rank];
        int d = 0;
        for (int i = 0; i < x.rank(); i++) {
            if (i != axis) {
                outputPadding[d] = Math.max(0, stride[d] - kernel[d]);
                cut[d] = same ? Math.max(0, kernel[d] - stride[d]) : 0;
                long steps = x.shape()[i];
                lengths[d] =
                        steps < 0
                                ? -1
                                : steps * stride[d]
                                        + (same ? 0 : Math.max(0, kernel[d] - stride[d]));
                d++;
            }
        }
        // As that of the convolution whose gradient this is.
        weights.weight(
                "kernel", ParamSpec.WEIGHT, KernelLayout.conv(rank), kernel(kernel, out, in));
        boolean bias = weights.bias(ParamSpec.BIAS, out);
        boolean symmetric = Arrays.stream(cut).allMatch(c -> c % 2 == 0);
        int[] before = Arrays.stream(cut).map(c -> c / 2).toArray();
        int[] padding = symmetric ? before : new int[rank];
        ConvTransposeBuilder<?> own =
                rank == 1
                        ? new ConvTranspose1D.Builder(kernel[0])
                        : new ConvTranspose2D.Builder(kernel);
        own.stride(stride).padding(padding).outputPadding(outputPadding).nOut(out).hasBias(bias);
        Tensor y = weights.add(own.build(), x, axis, shape(x, axis, lengths, out));
        if (symmetric) {
            return y;
        }
        int[] after = IntStream.range(0, rank).map(i -> cut[i] - before[i]).toArray();
        Layer cropping =
                rank == 1
                        ? new Cropping1D(before[0], after[0])
                        : new Cropping2D(before[0], after[0], before[1], after[1]);
        return weights.then("cropping", cropping, y);
    }

    /** Keras's shape of a kernel. */
    private static long[] kernel(int[] size, long... channels) {
        return LongStream.concat(Arrays.stream(size).asLongStream(), Arrays.stream(channels))
                .toArray();
    }

    /** Keras's shape of an output. */
    private static long[] shape(Tensor x, int axis, long[] lengths, long channels) {
        long[] shape = x.shape().clone();
        int d = 0;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = i == axis ? channels : lengths[d++];
        }
        return shape;
    }
}
