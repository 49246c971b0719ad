package org.lamina.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv3d;
import org.lamina.spec.ConvGeometry;

/** Layers from the operations that DJL has of PyTorch, as a user of PyTorch would write them. */
final class TorchOps {

    private TorchOps() {}

    /** A convolution; 'same' with an even kernel pads first, as PyTorch itself does. */
    static NDArray conv(NDArray x, NDArray w, NDArray b, ConvGeometry g) {
        int[] before = g.padBefore();
        int[] after = g.padAfter();
        long[] symmetric = new long[before.length];
        long[] rest = new long[2 * before.length]; // last dimension first
        boolean uneven = false;
        for (int d = 0; d < before.length; d++) {
            symmetric[d] = Math.min(before[d], after[d]);
            int pair = 2 * (before.length - 1 - d);
            rest[pair] = before[d] - symmetric[d];
            rest[pair + 1] = after[d] - symmetric[d];
            uneven |= rest[pair] + rest[pair + 1] > 0;
        }
        NDArray input = uneven ? x.pad(new Shape(rest), 0) : x;
        Shape stride = shape(g.stride());
        Shape padding = new Shape(symmetric);
        Shape dilation = shape(g.dilation());
        switch (g.rank()) {
            case 1:
                return Conv1d.conv1d(input, w, b, stride, padding, dilation, g.groups())
                        .singletonOrThrow();
            case 2:
                return Conv2d.conv2d(input, w, b, stride, padding, dilation, g.groups())
                        .singletonOrThrow();
            default:
                return Conv3d.conv3d(input, w, b, stride, padding, dilation, g.groups())
                        .singletonOrThrow();
        }
    }

    private static Shape shape(int[] sizes) {
        long[] dims = new long[sizes.length];
        for (int d = 0; d < dims.length; d++) {
            dims[d] = sizes[d];
        }
        return new Shape(dims);
    }

    /** All dimensions from the first spatial one on. */
    static int[] spatial(NDArray x) {
        int[] axes = new int[x.getShape().dimension() - 2];
        for (int d = 0; d < axes.length; d++) {
            axes[d] = d + 2;
        }
        return axes;
    }
}
