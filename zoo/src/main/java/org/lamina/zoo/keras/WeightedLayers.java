package org.lamina.zoo.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.Conv1D;
import org.lamina.layers.Conv2D;
import org.lamina.layers.DepthwiseConv2D;
import org.lamina.layers.DepthwiseSeparableConv1D;
import org.lamina.layers.DepthwiseSeparableConv2D;
import org.lamina.layers.PReLU;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.PReLUSpec;
import org.lamina.spec.Padding;
import org.lamina.spec.ParamSpec;
import org.lamina.spec.SeparableConvSpec;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.regularization.L1Regularization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;

/** Layers with weights: convolutions, dense layers, batch normalization, PReLU. */
final class WeightedLayers {

    private final NetworkAssembly network;
    private final Functions functions;
    private final KerasFile file;

    WeightedLayers(NetworkAssembly network, Functions functions, KerasFile file) {
        this.network = network;
        this.functions = functions;
        this.file = file;
    }

    /**
     * @param group where the layer's weights are
     * @param axis Keras's axis of channels
     * @return null if the layer is of another kind
     */
    Tensor read(LayerConfig layer, String group, Tensor x, int axis) {
        Reading reading = new Reading(layer, new ArrayList<>(file.arrays(group)));
        return switch (layer.className()) {
            case "Conv1D", "Convolution1D" -> reading.conv(1, x, axis);
            case "Conv2D", "Convolution2D" -> reading.conv(2, x, axis);
            case "DepthwiseConv1D" -> reading.depthwise(1, x, axis);
            case "DepthwiseConv2D" -> reading.depthwise(2, x, axis);
            case "SeparableConv1D", "SeparableConvolution1D" -> reading.separable(1, x, axis);
            case "SeparableConv2D", "SeparableConvolution2D" -> reading.separable(2, x, axis);
            case "Dense" -> reading.dense(x);
            case "BatchNormalization" -> reading.batchNorm(x);
            case "PReLU" -> reading.prelu(x, axis);
            default -> null;
        };
    }

    /** What a layer that takes this axis in front needs before it; null if nothing. */
    static Rearrangement toFront(Tensor x, int axis) {
        return x.hasInFront(axis) ? null : x.toFront(axis);
    }

    /** One layer, whose arrays are taken one after the other. */
    private final class Reading {

        private final LayerConfig layer;
        private final List<INDArray> arrays;
        private final List<LayerConstraint> constraints = new ArrayList<>();
        private final List<Parameter> parameters = new ArrayList<>();

        /** Of the weights; null before the first. */
        private List<Regularization> regularization;

        private record Parameter(String key, INDArray value) {}

        Reading(LayerConfig layer, List<INDArray> arrays) {
            this.layer = layer;
            this.arrays = arrays;
        }

        // ---- convolutions -----------------------------------------------------------------------

        Tensor conv(int rank, Tensor x, int axis) {
            checkRank(x, rank);
            long in = channels(x, axis);
            int out = filters();
            int groups = layer.integer("groups", 1);
            if (groups < 1 || in % groups != 0 || out % groups != 0) {
                throw layer.refused(
                        "groups = " + groups + " of " + in + " channels and " + out + " filters");
            }
            Window window = window(rank, x, axis);
            weight(
                    "kernel",
                    ParamSpec.WEIGHT,
                    KernelLayout.conv(rank),
                    window.kernel(in / groups, out));
            boolean bias = bias(ParamSpec.BIAS, out);
            ConvGeometry geometry = window.geometry().withGroups(groups);
            BaseLayer own =
                    rank == 1
                            ? new Conv1D.Builder(1)
                                    .geometry(geometry)
                                    .nOut(out)
                                    .hasBias(bias)
                                    .build()
                            : new Conv2D.Builder(1)
                                    .geometry(geometry)
                                    .nOut(out)
                                    .hasBias(bias)
                                    .build();
            return add(own, x, axis, window.output(x, axis, out));
        }

        Tensor depthwise(int rank, Tensor x, int axis) {
            checkRank(x, rank);
            long in = channels(x, axis);
            int multiplier = multiplier();
            long out = Math.multiplyExact(in, (long) multiplier);
            Window window = window(rank, x, axis);
            weight(
                    "depthwise",
                    ParamSpec.WEIGHT,
                    KernelLayout.depthwise(rank),
                    window.kernel(in, multiplier));
            boolean bias = bias(ParamSpec.BIAS, out);
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
            return add(own, x, axis, window.output(x, axis, out));
        }

        Tensor separable(int rank, Tensor x, int axis) {
            checkRank(x, rank);
            long in = channels(x, axis);
            int multiplier = multiplier();
            int out = filters();
            Window window = window(rank, x, axis);
            weight(
                    "depthwise",
                    SeparableConvSpec.DEPTHWISE_WEIGHT,
                    KernelLayout.depthwise(rank),
                    window.kernel(in, multiplier));
            long[] point = new long[rank + 2];
            Arrays.fill(point, 1);
            point[rank] = Math.multiplyExact(in, (long) multiplier);
            point[rank + 1] = out;
            weight("pointwise", SeparableConvSpec.POINTWISE_WEIGHT, KernelLayout.conv(rank), point);
            boolean bias = bias(SeparableConvSpec.POINTWISE_BIAS, out);
            BaseLayer own =
                    rank == 1
                            ? new DepthwiseSeparableConv1D.Builder(1)
                                    .geometry(window.geometry())
                                    .depthMultiplier(multiplier)
                                    .nOut(out)
                                    .biasDepthwise(false)
                                    .biasPointwise(bias)
                                    .build()
                            : new DepthwiseSeparableConv2D.Builder(1)
                                    .geometry(window.geometry())
                                    .depthMultiplier(multiplier)
                                    .nOut(out)
                                    .biasDepthwise(false)
                                    .biasPointwise(bias)
                                    .build();
            return add(own, x, axis, window.output(x, axis, out));
        }

        /** A convolution's window, and the lengths of what it gives. */
        private record Window(ConvGeometry geometry, long[] lengths) {

            /** Shape of Keras's kernel. */
            long[] kernel(long... channels) {
                return LongStream.concat(
                                Arrays.stream(geometry.kernelSize()).asLongStream(),
                                Arrays.stream(channels))
                        .toArray();
            }

            long[] output(Tensor x, int axis, long channels) {
                long[] shape = x.shape().clone();
                int d = 0;
                for (int i = 0; i < shape.length; i++) {
                    shape[i] = i == axis ? channels : lengths[d++];
                }
                return shape;
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
                long window =
                        Math.addExact(Math.multiplyExact((long) dilation[d], kernel[d] - 1L), 1);
                long input = x.shape()[i];
                boolean causal = padding.equals("causal");
                lengths[d] =
                        Sliding.output(
                                layer,
                                causal && input >= 0 ? input + window - 1 : input,
                                window,
                                stride[d],
                                padding.equals("same"));
                if (padding.equals("same") && stride[d] > 1) {
                    strided = true;
                    if (input < 0) {
                        throw layer.refused(
                                "padding 'same' with strides needs an input of known size");
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

        private void checkRank(Tensor x, int rank) {
            if (x.rank() != rank + 1) {
                throw layer.refused(
                        "its input has the shape "
                                + Arrays.toString(x.shape())
                                + "; it must have "
                                + (rank + 1)
                                + " axes");
            }
        }

        private long channels(Tensor x, int axis) {
            if (x.shape()[axis] < 0) {
                throw layer.refused(
                        "its input has the shape "
                                + Arrays.toString(x.shape())
                                + "; the number of channels must be known");
            }
            return x.shape()[axis];
        }

        // ---- others -----------------------------------------------------------------------------

        /** Keras's dense layer works on the last axis, of whatever there is. */
        Tensor dense(Tensor x) {
            int axis = x.rank() - 1;
            long in = channels(x, axis);
            int out = layer.integer("units", 0);
            if (out < 1) {
                throw layer.refused("units = " + out + "; must be 1 or greater");
            }
            long[] shape = x.shape().clone();
            shape[axis] = out;
            if (x.rank() > 1) {
                int rank = x.rank() - 1;
                weight("kernel", ParamSpec.WEIGHT, KernelLayout.pointwise(rank), in, out);
                boolean bias = bias(ParamSpec.BIAS, out);
                BaseLayer own =
                        rank == 1
                                ? new Conv1D.Builder(1).nOut(out).hasBias(bias).build()
                                : new Conv2D.Builder(1).nOut(out).hasBias(bias).build();
                return add(own, x, axis, shape);
            }
            weight("kernel", ParamSpec.WEIGHT, KernelLayout.dense(), in, out);
            Parameter kernel = parameters.get(0);
            parameters.set(0, new Parameter(kernel.key, x.rows(kernel.value)));
            boolean bias = bias(ParamSpec.BIAS, out);
            DenseLayer own = new DenseLayer.Builder().nIn(in).nOut(out).hasBias(bias).build();
            complete(own, "activation");
            // DL4J flattens images in their order by itself, and takes series apart.
            Rearrangement flat = null;
            if (x.stored().length == 2) {
                int[] asStored = IntStream.range(0, 2).toArray();
                flat = new Rearrangement(x.stored(), asStored, x.shape(), new int[] {0});
            }
            place(own, x, flat);
            return Tensor.of(layer.name(), shape, 0);
        }

        Tensor batchNorm(Tensor x) {
            JsonNode given = layer.get("axis");
            int[] axes = layer.integers("axis", -1);
            int axis = axes == null ? -1 : axes.length == 1 ? axes[0] : 0;
            axis = axis < 0 ? axis + x.rank() : axis - 1;
            if (axis < 0 || axis >= x.rank()) {
                throw layer.refused("axis = " + given + "; must be one of " + x.rank() + " axes");
            }
            for (String argument : new String[] {"beta_constraint", "gamma_constraint"}) {
                if (layer.get(argument) != null) {
                    throw layer.refused(argument + " is not supported");
                }
            }
            long size = channels(x, axis);
            boolean scale = layer.flag("scale", true);
            boolean center = layer.flag("center", true);
            if (!scale || !center) {
                throw layer.refused(
                        "scale = "
                                + scale
                                + ", center = "
                                + center
                                + "; only layers with both are supported");
            }
            vector("gamma", BatchNormSpec.GAMMA, size);
            vector("beta", BatchNormSpec.BETA, size);
            vector("moving_mean", BatchNormSpec.MEAN, size);
            INDArray variance = vector("moving_variance", BatchNormSpec.VARIANCE, size);
            if (variance.minNumber().doubleValue() < 0) {
                throw layer.refused("moving_variance has a value below 0");
            }
            double momentum = layer.number("momentum", 0.99);
            double eps = layer.number("epsilon", 1e-3);
            if (!(momentum >= 0 && momentum < 1) || eps < 0) {
                throw layer.refused("momentum = " + momentum + ", epsilon = " + eps);
            }
            BatchNorm own = new BatchNorm.Builder().eps(eps).momentum(1 - momentum).build();
            complete(own, null);
            place(own, x, toFront(x, axis));
            return Tensor.of(layer.name(), x.shape(), axis);
        }

        Tensor prelu(Tensor x, int channelAxis) {
            int axis = x.rank() == 1 ? 0 : channelAxis;
            int[] shared = layer.integers("shared_axes", -1);
            long[] shape = x.shape().clone();
            for (int given : shared == null ? new int[0] : shared) {
                if (given < 1 || given > shape.length) {
                    throw layer.refused("shared_axes = " + Arrays.toString(shared));
                }
                shape[given - 1] = 1;
            }
            long size = channels(x, axis);
            if (Tensor.length(shape) != size || shape[axis] != size) {
                throw layer.refused(
                        "shared_axes = "
                                + Arrays.toString(shared)
                                + "; only one slope for each channel is supported");
            }
            if (layer.get("alpha_constraint") != null || layer.get("alpha_regularizer") != null) {
                throw layer.refused("constraints and regularizers of alpha are not supported");
            }
            INDArray alpha = take("alpha", shape);
            parameters.add(new Parameter(PReLUSpec.SLOPE, alpha.reshape(size)));
            PReLU own = new PReLU.Builder().build();
            complete(own, null);
            place(own, x, toFront(x, axis));
            return Tensor.of(layer.name(), x.shape(), axis);
        }

        // ---- parameters -------------------------------------------------------------------------

        private void weight(String keras, String key, KernelLayout layout, long... shape) {
            parameters.add(new Parameter(key, layout.own(take(keras, shape))));
            constrain(keras + "_constraint", key, layout, shape);
            List<Regularization> own = regularization(keras + "_regularizer");
            if (regularization != null && !own.equals(regularization)) {
                throw layer.refused("different regularizers of its weights are not supported");
            }
            regularization = own;
        }

        private void constrain(String argument, String key, KernelLayout layout, long... shape) {
            LayerConstraint constraint = Constraints.read(layer, argument, key, layout, shape);
            if (constraint != null) {
                constraints.add(constraint);
            }
        }

        private boolean bias(String key, long size) {
            boolean bias = layer.flag("use_bias", true);
            if (bias) {
                parameters.add(new Parameter(key, take("bias", size)));
                constrain("bias_constraint", key, KernelLayout.vector(), size);
            } else {
                layer.get("bias_constraint");
                layer.get("bias_regularizer");
            }
            return bias;
        }

        private INDArray vector(String keras, String key, long size) {
            INDArray value = take(keras, size);
            parameters.add(new Parameter(key, value));
            return value;
        }

        /** The next array of the file. */
        private INDArray take(String keras, long... shape) {
            INDArray value = arrays.isEmpty() ? null : arrays.remove(0);
            if (value == null || !Arrays.equals(value.shape(), shape)) {
                throw layer.refused(
                        "the file has "
                                + (value == null
                                        ? "no weight"
                                        : "a weight of shape " + Arrays.toString(value.shape()))
                                + " where "
                                + keras
                                + " "
                                + Arrays.toString(shape)
                                + " should be");
            }
            if (!Double.isFinite(value.sumNumber().doubleValue())
                    && Nd4j.getExecutioner()
                            .exec(new org.nd4j.linalg.api.ops.impl.reduce.bool.IsInf(value))
                            .any()) {
                throw layer.refused(keras + " has values that are not finite");
            }
            return value;
        }

        // ---- the layer --------------------------------------------------------------------------

        private Tensor add(BaseLayer own, Tensor x, int axis, long[] shape) {
            complete(own, "activation");
            place(own, x, toFront(x, axis));
            return Tensor.of(layer.name(), shape, axis);
        }

        private void complete(BaseLayer own, String activation) {
            IActivation function =
                    activation == null
                            ? new ActivationIdentity()
                            : functions.argument(layer, activation);
            own.setActivationFn(function);
            if (!constraints.isEmpty()) {
                own.setConstraints(constraints);
            }
            own.setRegularization(regularization == null ? List.of() : regularization);
            own.setRegularizationBias(regularization("bias_regularizer"));
            if (!arrays.isEmpty()) {
                throw layer.refused(
                        "the file has "
                                + arrays.size()
                                + " more weights, the first of shape "
                                + Arrays.toString(arrays.get(0).shape()));
            }
        }

        private List<Regularization> regularization(String argument) {
            JsonNode value = layer.get(argument);
            List<Regularization> all = new ArrayList<>();
            if (value == null) {
                return all;
            }
            LayerConfig config =
                    new LayerConfig(layer.name(), layer.className(), value.path("config"));
            String kind = value.path("class_name").asText("?");
            if (!List.of("L1", "L2", "L1L2").contains(kind)) {
                throw layer.refused(argument + " " + kind + " is not supported");
            }
            double l1 = config.number("l1", 0);
            double l2 = config.number("l2", 0);
            config.check();
            if (l1 != 0) {
                all.add(new L1Regularization(l1));
            }
            if (l2 != 0) {
                all.add(new L2Regularization(2 * l2)); // of half the squares
            }
            return all;
        }

        private void place(BaseLayer own, Tensor x, Rearrangement shaping) {
            NetworkAssembly.Vertex vertex = network.layer(layer.name(), own, shaping, x.source());
            parameters.forEach(parameter -> vertex.params.put(parameter.key, parameter.value));
        }
    }
}
