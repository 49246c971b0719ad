package org.lamina.zoo.keras;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.Conv1D;
import org.lamina.layers.Conv2D;
import org.lamina.layers.InstanceNorm;
import org.lamina.layers.PReLU;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.InstanceNormSpec;
import org.lamina.spec.PReLUSpec;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Reads a dense layer, a normalization or PReLU. */
final class ChannelReader {

    private final WeightReader weights;
    private final LayerConfig layer;

    ChannelReader(WeightReader weights) {
        this.weights = weights;
        this.layer = weights.layer();
    }

    /**
     * @param axis Keras's axis of channels
     * @return null if the layer is of another kind
     */
    Tensor read(Tensor x, int axis) {
        return switch (layer.className()) {
            case "Dense" -> dense(x);
            case "BatchNormalization" -> batchNorm(x);
            case "GroupNormalization" -> groupNorm(x);
            case "PReLU" -> prelu(x, axis);
            default -> null;
        };
    }

    /** Keras's dense layer works on the last axis, of whatever there is. */
    private Tensor dense(Tensor x) {
        int axis = x.rank() - 1;
        long in = weights.channels(x, axis);
        int out = layer.integer("units", 0);
        if (out < 1) {
            throw layer.refused("units = " + out + "; must be 1 or greater");
        }
        long[] shape = x.shape().clone();
        shape[axis] = out;
        if (x.rank() > 1) {
            int rank = x.rank() - 1;
            weights.weight("kernel", ParamSpec.WEIGHT, KernelLayout.pointwise(rank), in, out);
            boolean bias = weights.bias(ParamSpec.BIAS, out);
            BaseLayer own =
                    rank == 1
                            ? new Conv1D.Builder(1).nOut(out).hasBias(bias).build()
                            : new Conv2D.Builder(1).nOut(out).hasBias(bias).build();
            return weights.add(own, x, axis, shape);
        }
        weights.weight("kernel", ParamSpec.WEIGHT, KernelLayout.dense(), in, out);
        weights.change(ParamSpec.WEIGHT, x::rows);
        boolean bias = weights.bias(ParamSpec.BIAS, out);
        DenseLayer own = new DenseLayer.Builder().nIn(in).nOut(out).hasBias(bias).build();
        weights.complete(own, "activation");
        // DL4J flattens images in their order by itself, and takes series apart.
        Rearrangement flat = null;
        if (x.stored().length == 2) {
            int[] asStored = IntStream.range(0, 2).toArray();
            flat = new Rearrangement(x.stored(), asStored, x.shape(), new int[] {0});
        }
        weights.place(own, x, flat);
        return Tensor.of(layer.name(), shape, 0);
    }

    private Tensor batchNorm(Tensor x) {
        int axis = axis(x);
        long size = weights.channels(x, axis);
        scaleAndShift(size, BatchNormSpec.GAMMA, BatchNormSpec.BETA);
        weights.vector("moving_mean", BatchNormSpec.MEAN, size);
        INDArray variance = weights.vector("moving_variance", BatchNormSpec.VARIANCE, size);
        if (variance.minNumber().doubleValue() < 0) {
            throw layer.refused("moving_variance has a value below 0");
        }
        leftOut(size, BatchNormSpec.GAMMA, BatchNormSpec.BETA);
        double momentum = layer.number("momentum", 0.99);
        double eps = layer.number("epsilon", 1e-3);
        if (!(momentum >= 0 && momentum < 1) || eps < 0) {
            throw layer.refused("momentum = " + momentum + ", epsilon = " + eps);
        }
        BatchNorm own = new BatchNorm.Builder().eps(eps).momentum(1 - momentum).build();
        weights.complete(own, null);
        weights.place(own, x, WeightReader.toFront(x, axis));
        return Tensor.of(layer.name(), x.shape(), axis);
    }

    /** Instance normalization, which Keras has as groups of one channel. */
    private Tensor groupNorm(Tensor x) {
        int axis = axis(x);
        long size = weights.channels(x, axis);
        int groups = layer.integer("groups", 32);
        if (groups != -1 && groups != size || x.rank() == 1) {
            throw layer.refused(
                    "groups = %s; only as many as channels, %s or -1, along space are supported",
                    groups, size);
        }
        boolean affine = layer.flag("scale", true) || layer.flag("center", true);
        if (affine) {
            scaleAndShift(size, InstanceNormSpec.GAMMA, InstanceNormSpec.BETA);
            leftOut(size, InstanceNormSpec.GAMMA, InstanceNormSpec.BETA);
        }
        InstanceNorm own =
                new InstanceNorm.Builder()
                        .eps(layer.number("epsilon", 1e-3))
                        .affine(affine)
                        .build();
        weights.complete(own, null);
        weights.place(own, x, WeightReader.toFront(x, axis));
        return Tensor.of(layer.name(), x.shape(), axis);
    }

    /** The axis that is normalized. */
    private int axis(Tensor x) {
        int[] axes = layer.integers("axis", -1);
        int axis = axes == null ? -1 : axes.length == 1 ? axes[0] : 0;
        axis = axis < 0 ? axis + x.rank() : axis - 1;
        if (axis < 0 || axis >= x.rank()) {
            throw layer.refused(
                    "axis = " + layer.get("axis") + "; must be one of " + x.rank() + " axes");
        }
        return axis;
    }

    /** Of a normalization. */
    private void scaleAndShift(long size, String gamma, String beta) {
        for (String argument : new String[] {"beta_constraint", "gamma_constraint"}) {
            if (layer.get(argument) != null) {
                throw layer.refused(argument + " is not supported");
            }
        }
        if (layer.flag("scale", true)) {
            weights.vector("gamma", gamma, size);
        }
        if (layer.flag("center", true)) {
            weights.vector("beta", beta, size);
        }
    }

    /** What Keras leaves out is 1 and 0 here, and trained; after the file has shown the size. */
    private void leftOut(long size, String gamma, String beta) {
        if (!layer.flag("scale", true)) {
            weights.put(gamma, Nd4j.ones(DataType.FLOAT, size));
        }
        if (!layer.flag("center", true)) {
            weights.put(beta, Nd4j.zeros(DataType.FLOAT, size));
        }
    }

    private Tensor prelu(Tensor x, int channelAxis) {
        int axis = x.rank() == 1 ? 0 : channelAxis;
        int[] shared = layer.integers("shared_axes", -1);
        long[] shape = x.shape().clone();
        for (int given : shared == null ? new int[0] : shared) {
            if (given < 1 || given > shape.length) {
                throw layer.refused("shared_axes = " + Arrays.toString(shared));
            }
            shape[given - 1] = 1;
        }
        long size = weights.channels(x, axis);
        if (Tensor.length(shape) != size || shape[axis] != size) {
            throw layer.refused(
                    "shared_axes = %s; only one slope for each channel is supported",
                    Arrays.toString(shared));
        }
        if (layer.get("alpha_constraint") != null || layer.get("alpha_regularizer") != null) {
            throw layer.refused("constraints and regularizers of alpha are not supported");
        }
        INDArray alpha = weights.take("alpha", shape);
        weights.put(PReLUSpec.SLOPE, alpha.reshape(size));
        PReLU own = new PReLU.Builder().build();
        weights.complete(own, null);
        weights.place(own, x, WeightReader.toFront(x, axis));
        return Tensor.of(layer.name(), x.shape(), axis);
    }
}
