package org.lamina.zoo.onnx;

import static org.lamina.zoo.onnx.OnnxGraph.attribute;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import onnx.Onnx.AttributeProto;
import org.deeplearning4j.nn.conf.ConvolutionMode;

/**
 * How DL4J slides a window: kernel, stride, dilation and padding by mode.
 *
 * @param kernel for each spatial dimension
 * @param stride for each spatial dimension
 * @param dilation for each spatial dimension
 * @param padding on both sides, in the modes that take it as given
 * @param mode which rule gives the padding
 */
record Sliding(int[] kernel, int[] stride, int[] dilation, int[] padding, ConvolutionMode mode) {

    /** The first numbers of each array, one for each spatial dimension. */
    static Sliding of(
            int rank,
            int[] kernel,
            int[] stride,
            int[] dilation,
            int[] padding,
            ConvolutionMode mode) {
        return new Sliding(
                first(rank, kernel, 1),
                first(rank, stride, 1),
                first(rank, dilation, 1),
                first(rank, padding, 0),
                mode == null ? ConvolutionMode.Truncate : mode);
    }

    private static int[] first(int rank, int[] values, int missing) {
        return IntStream.range(0, rank)
                .map(d -> values == null || d >= values.length ? missing : values[d])
                .toArray();
    }

    private long effective(int d) {
        return (long) dilation[d] * (kernel[d] - 1) + 1;
    }

    /** Spatial size of the output. */
    long[] outputSize(Value x) {
        long[] size = x.spatial();
        for (int d = 0; d < size.length; d++) {
            if (size[d] < 0) {
                continue;
            }
            long room =
                    switch (mode) {
                        case Same -> (size[d] + stride[d] - 1) / stride[d];
                        case Causal -> (size[d] - 1) / stride[d] + 1;
                        default -> (size[d] + 2L * padding[d] - effective(d)) / stride[d] + 1;
                    };
            size[d] = room;
        }
        return size;
    }

    /** Attributes of an ONNX convolution or pooling. */
    List<AttributeProto> attributes() {
        List<AttributeProto> attributes = new ArrayList<>();
        attributes.add(attribute("kernel_shape", kernel));
        attributes.add(attribute("strides", stride));
        if (Arrays.stream(dilation).anyMatch(d -> d != 1)) {
            attributes.add(attribute("dilations", dilation));
        }
        boolean dense = Arrays.stream(stride).allMatch(s -> s == 1);
        if (mode == ConvolutionMode.Same && !dense) {
            attributes.add(attribute("auto_pad", "SAME_UPPER"));
            return attributes;
        }
        int rank = kernel.length;
        int[] pads = new int[2 * rank];
        for (int d = 0; d < rank; d++) {
            int total = (int) effective(d) - 1;
            switch (mode) {
                case Same -> {
                    pads[d] = total / 2;
                    pads[rank + d] = total - total / 2;
                }
                case Causal -> pads[d] = total;
                default -> {
                    pads[d] = padding[d];
                    pads[rank + d] = padding[d];
                }
            }
        }
        attributes.add(attribute("pads", pads));
        return attributes;
    }
}
