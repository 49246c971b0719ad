package org.lamina.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.norm.BatchNorm;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.lamina.spec.ConvGeometry;

/** Layers from the operations that DJL has of PyTorch, as a user of PyTorch would write them. */
final class TorchOps {

    /** Matrices of upsampling, by the size of the input. */
    private static final Map<Long, NDArray> MATRICES = new HashMap<>();

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

    /** Weights standardized by elektronn3's formula. */
    static NDArray standardized(NDArray w, NDArray gain) {
        long units = w.getShape().get(0);
        long elements = w.size() / units;
        NDArray rows = w.reshape(units, elements);
        NDArray centred = rows.sub(rows.mean(new int[] {1}, true));
        NDArray scaled =
                centred.square().sum(new int[] {1}, true).mul((float) w.size() / (elements - 1));
        NDArray factor = gain.reshape(units, 1).div(scaled.maximum(1e-4f).sqrt());
        return centred.mul(factor).reshape(w.getShape());
    }

    /** Instance normalization the way PyTorch does it: batch normalization of one long example. */
    static NDArray instanceNorm(NDArray x, NDArray gamma, NDArray beta) {
        Shape shape = x.getShape();
        long maps = shape.get(0) * shape.get(1);
        NDArray one = x.reshape(1, maps, -1);
        NDManager manager = x.getManager();
        NDArray normalized =
                BatchNorm.batchNorm(
                                one,
                                manager.zeros(new Shape(maps)),
                                manager.ones(new Shape(maps)),
                                gamma.tile(shape.get(0)),
                                beta.tile(shape.get(0)),
                                1,
                                0.9f,
                                1e-5f,
                                true)
                        .singletonOrThrow();
        return normalized.reshape(shape);
    }

    /** A slope for each channel. */
    static NDArray prelu(NDArray x, NDArray slope) {
        long[] shape = new long[x.getShape().dimension()];
        Arrays.fill(shape, 1);
        shape[1] = slope.size();
        NDArray positive = Activation.relu(x);
        return positive.add(x.sub(positive).mul(slope.reshape(shape)));
    }

    /**
     * Linear or bilinear upsampling by 2 with aligned corners, which DJL lacks: a product with a
     * matrix along each dimension.
     */
    static NDArray doubled(NDArray x) {
        int last = x.getShape().dimension() - 1;
        NDArray result = x;
        for (int d = 2; d <= last; d++) {
            NDArray matrix =
                    MATRICES.computeIfAbsent(
                            x.getShape().get(d), size -> matrix(x.getManager(), size));
            result = result.swapAxes(d, last).matMul(matrix).swapAxes(d, last);
        }
        return result;
    }

    /** Output position i sees input position {@code i * (in - 1) / (out - 1)}. */
    private static NDArray matrix(NDManager manager, long in) {
        int out = (int) (2 * in);
        float[] values = new float[(int) in * out];
        for (int i = 0; i < out; i++) {
            double source = i * (in - 1.0) / (out - 1);
            int low = (int) Math.min(source, in - 2);
            values[low * out + i] = (float) (1 - (source - low));
            values[(low + 1) * out + i] = (float) (source - low);
        }
        NDArray matrix = manager.create(values, new Shape(in, out));
        NDScope.unregister(matrix); // it stays
        return matrix;
    }

    /** A 3x3 convolution with filters of their own for each position. */
    static NDArray local3x3(NDArray x, NDArray w, NDArray b) {
        long examples = x.getShape().get(0);
        long channels = x.getShape().get(1);
        long height = x.getShape().get(2) - 2;
        long width = x.getShape().get(3) - 2;
        NDList taps = new NDList();
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                taps.add(
                        x.get(
                                new NDIndex(
                                        ":, :, "
                                                + i
                                                + ":"
                                                + (i + height)
                                                + ", "
                                                + j
                                                + ":"
                                                + (j + width))));
            }
        }
        NDArray patches = NDArrays.stack(taps, 2).reshape(examples, channels * 9, height * width);
        NDArray byPosition = patches.transpose(2, 0, 1); // [P, N, K]
        NDArray filters = w.transpose(2, 1, 0); // [P, K, O]
        return byPosition
                .batchMatMul(filters)
                .transpose(1, 2, 0)
                .add(b.expandDims(0))
                .reshape(examples, -1, height, width);
    }
}
