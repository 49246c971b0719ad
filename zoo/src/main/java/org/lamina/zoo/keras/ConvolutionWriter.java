package org.lamina.zoo.keras;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.ConvTransposeSpec;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.ParamSpec;
import org.lamina.spec.SeparableConvSpec;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Writes a convolution: plain, depthwise, separable or transposed. */
final class ConvolutionWriter {

    private final KerasModel model;

    ConvolutionWriter(KerasModel model) {
        this.model = model;
    }

    /** Null if the layer is of another kind. */
    String write(WeightWriter writing, LayerSpec spec, String from, long[] shape) {
        if (spec.spatialRank() > 2) {
            return null;
        } else if (spec instanceof ConvSpec conv) {
            return conv(writing, conv, from, shape);
        } else if (spec instanceof DepthwiseConvSpec conv) {
            return depthwise(writing, conv, ParamSpec.WEIGHT, ParamSpec.BIAS, from, shape);
        } else if (spec instanceof SeparableConvSpec conv) {
            return separable(writing, conv, from, shape);
        } else if (spec instanceof ConvTransposeSpec conv) {
            return transposed(writing, conv, from, shape);
        }
        return null;
    }

    private String conv(WeightWriter writing, ConvSpec conv, String from, long[] shape) {
        int rank = conv.spatialRank();
        String padded = writing.geometry(conv.geometry(), rank == 1, from);
        writing.arguments
                .put("filters", conv.outChannels())
                .put("groups", conv.geometry().groups());
        long[] kernel =
                kernel(
                        conv.geometry(),
                        conv.inChannels() / conv.geometry().groups(),
                        conv.outChannels());
        INDArray weight = writing.params.get(ParamSpec.WEIGHT);
        writing.weight("kernel", ParamSpec.WEIGHT, weight, KernelLayout.conv(rank), 0, kernel);
        writing.bias(ParamSpec.BIAS, writing.params.get(ParamSpec.BIAS));
        return writing.add("Conv" + rank + "D", padded, shape);
    }

    private String depthwise(
            WeightWriter writing,
            DepthwiseConvSpec conv,
            String weight,
            String bias,
            String from,
            long[] shape) {
        writing.checkStride(conv.geometry());
        String padded = writing.geometry(conv.geometry(), false, from);
        writing.depthwise("depthwise", "kernel", weight, conv);
        writing.bias(bias, writing.params.get(bias));
        return writing.add("DepthwiseConv" + conv.spatialRank() + "D", padded, shape);
    }

    private String separable(
            WeightWriter writing, SeparableConvSpec conv, String from, long[] shape) {
        int rank = conv.spatialRank();
        DepthwiseConvSpec depthwise = conv.depthwise();
        String before = from;
        long[] between = shape.clone();
        between[rank] = depthwise.outChannels();
        boolean apart = depthwise.bias(); // Keras has a bias after the second part only
        if (apart) {
            WeightWriter first =
                    new WeightWriter(
                            model,
                            writing.name + "-depthwise",
                            writing.layer,
                            null,
                            writing.params);
            before =
                    depthwise(
                            first,
                            depthwise,
                            SeparableConvSpec.DEPTHWISE_WEIGHT,
                            SeparableConvSpec.DEPTHWISE_BIAS,
                            from,
                            between);
            writing.geometry(conv.pointwise().geometry(), rank == 1, before);
        } else {
            writing.checkStride(depthwise.geometry());
            before = writing.geometry(depthwise.geometry(), false, from);
            String key = SeparableConvSpec.DEPTHWISE_WEIGHT;
            writing.depthwise("depthwise", "depthwise_kernel", key, depthwise);
        }
        writing.arguments.put("filters", conv.outChannels());
        INDArray weight = writing.params.get(SeparableConvSpec.POINTWISE_WEIGHT);
        long[] kernel =
                kernel(conv.pointwise().geometry(), depthwise.outChannels(), conv.outChannels());
        writing.weight(
                apart ? "kernel" : "pointwise",
                SeparableConvSpec.POINTWISE_WEIGHT,
                weight,
                KernelLayout.conv(rank),
                0,
                kernel);
        String bias = SeparableConvSpec.POINTWISE_BIAS;
        writing.bias(bias, writing.params.get(bias));
        return writing.add((apart ? "Conv" : "SeparableConv") + rank + "D", before, shape);
    }

    /** Keras's shape of a kernel. */
    static long[] kernel(ConvGeometry geometry, long in, long out) {
        int rank = geometry.rank();
        long[] shape = new long[rank + 2];
        for (int d = 0; d < rank; d++) {
            shape[d] = geometry.kernelSize()[d];
        }
        shape[rank] = in;
        shape[rank + 1] = out;
        return shape;
    }

    /** Without padding, then cut to the output's size, unless Keras's 'same' has that. */
    private String transposed(
            WeightWriter writing, ConvTransposeSpec conv, String from, long[] shape) {
        ConvGeometry geometry = conv.geometry().convolution();
        int rank = geometry.rank();
        boolean plain =
                geometry.groups() == 1
                        && Arrays.stream(geometry.dilation()).allMatch(d -> d == 1)
                        && conv.geometry().exactSize() == null;
        int[] before = geometry.padBefore();
        int[] after = new int[rank];
        long[] whole = shape.clone();
        boolean same = true;
        for (int d = 0; d < rank; d++) {
            int more = geometry.kernelSize()[d] - geometry.stride()[d];
            after[d] = before[d] - conv.geometry().givenOutputPadding()[d] + Math.max(0, -more);
            plain &= after[d] >= 0;
            same &= before[d] == after[d] && before[d] + after[d] == Math.max(0, more);
            whole[d] = shape[d] < 0 ? -1 : shape[d] + before[d] + after[d];
        }
        if (!plain) {
            throw new WeightsException(
                    "layer \"%s\": Keras has no transposed convolution with %s",
                    writing.name, conv.geometry());
        }
        boolean cut =
                !same
                        && IntStream.concat(IntStream.of(before), IntStream.of(after))
                                .anyMatch(c -> c > 0);
        writing.arguments.set("kernel_size", LayerWriter.list(geometry.kernelSize()));
        writing.arguments.set("strides", LayerWriter.list(geometry.stride()));
        writing.arguments
                .put("padding", same ? "same" : "valid")
                .put("data_format", "channels_last")
                .put("filters", conv.outChannels());
        writing.weight(
                "kernel",
                ParamSpec.WEIGHT,
                writing.params.get(ParamSpec.WEIGHT),
                KernelLayout.conv(rank), // of the convolution whose gradient this is
                1,
                kernel(geometry, conv.outChannels(), conv.inChannels()));
        writing.bias(ParamSpec.BIAS, writing.params.get(ParamSpec.BIAS));
        String written = writing.add("Conv" + rank + "DTranspose", from, cut ? whole : shape);
        return cut
                ? SlidingWriter.sides(
                        model,
                        "Cropping" + rank + "D",
                        "cropping",
                        writing.name + "-cropping",
                        sides(before, after),
                        written,
                        shape)
                : written;
    }

    /** Numbers before and after each dimension, one after the other. */
    static int[] sides(int[] before, int[] after) {
        int[] sides = new int[2 * before.length];
        for (int d = 0; d < before.length; d++) {
            sides[2 * d] = before[d];
            sides[2 * d + 1] = after[d];
        }
        return sides;
    }
}
