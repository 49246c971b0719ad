package org.lamina.zoo.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.PReLUSpec;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.lamina.spec.ParamSpec;
import org.lamina.spec.SeparableConvSpec;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.L1Regularization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;

/** Writes convolutions, dense layers, batch normalization and PReLU. */
final class WeightedWriter {

    private final KerasModel model;

    WeightedWriter(KerasModel model) {
        this.model = model;
    }

    /** Null if the layer is of another kind. */
    String write(
            String name, Layer layer, Map<String, INDArray> params, String from, long[] shape) {
        if (layer instanceof BatchNormalization norm && !params.containsKey("log10stdev")) {
            return batchNorm(name, norm, norm.getEps(), 1 - norm.getDecay(), params, from, shape);
        }
        if (!(layer instanceof AbstractSpecLayer<?> own)) {
            return null;
        }
        LayerSpec spec = own.getSpec();
        if (spec instanceof ConvSpec conv && conv.spatialRank() < 3) {
            return conv(new Writing(name, own, params), conv, from, shape);
        } else if (spec instanceof DepthwiseConvSpec conv && conv.spatialRank() < 3) {
            Writing writing = new Writing(name, own, params);
            return depthwise(writing, conv, ParamSpec.WEIGHT, ParamSpec.BIAS, from, shape);
        } else if (spec instanceof SeparableConvSpec conv && conv.spatialRank() < 3) {
            return separable(new Writing(name, own, params), conv, from, shape);
        } else if (spec instanceof BatchNormSpec norm) {
            return batchNorm(name, own, norm.eps(), norm.momentum(), params, from, shape);
        } else if (spec instanceof PReLUSpec) {
            return prelu(name, params.get(PReLUSpec.SLOPE), from, shape);
        }
        return null;
    }

    String dense(
            String name,
            BaseLayer layer,
            INDArray weight,
            INDArray bias,
            String from,
            long[] shape) {
        Writing writing = new Writing(name, layer, Map.of());
        writing.arguments.put("units", weight.size(1));
        writing.weight("kernel", ParamSpec.WEIGHT, weight, KernelLayout.dense(), 1, weight.shape());
        writing.bias(ParamSpec.BIAS, bias);
        return writing.add("Dense", from, shape);
    }

    // ---- convolutions ---------------------------------------------------------------------------

    private String conv(Writing writing, ConvSpec conv, String from, long[] shape) {
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
            Writing writing,
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

    private String separable(Writing writing, SeparableConvSpec conv, String from, long[] shape) {
        int rank = conv.spatialRank();
        DepthwiseConvSpec depthwise = conv.depthwise();
        String before = from;
        long[] between = shape.clone();
        between[rank] = depthwise.outChannels();
        boolean apart = depthwise.bias(); // Keras has a bias after the second part only
        if (apart) {
            Writing first = new Writing(writing.name + "-depthwise", writing.layer, writing.params);
            first.function = new ActivationIdentity();
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
    private static long[] kernel(ConvGeometry geometry, long in, long out) {
        int rank = geometry.rank();
        long[] shape = new long[rank + 2];
        for (int d = 0; d < rank; d++) {
            shape[d] = geometry.kernelSize()[d];
        }
        shape[rank] = in;
        shape[rank + 1] = out;
        return shape;
    }

    // ---- others ---------------------------------------------------------------------------------

    private String batchNorm(
            String name,
            BaseLayer layer,
            double eps,
            double momentum,
            Map<String, INDArray> params,
            String from,
            long[] shape) {
        Writing writing = new Writing(name, layer, params);
        if (layer.getConstraints() != null && !layer.getConstraints().isEmpty()) {
            throw LayerWriter.unknown(name, layer.getConstraints().get(0));
        }
        writing.arguments
                .put("axis", -1)
                .put("momentum", 1 - momentum)
                .put("epsilon", eps)
                .put("center", true)
                .put("scale", true);
        writing.vector("gamma", BatchNormSpec.GAMMA);
        writing.vector("beta", BatchNormSpec.BETA);
        writing.vector("moving_mean", BatchNormSpec.MEAN);
        writing.vector("moving_variance", BatchNormSpec.VARIANCE);
        return writing.addWithFunction("BatchNormalization", from, shape);
    }

    private String prelu(String name, INDArray slope, String from, long[] shape) {
        int spatial = shape.length - 1;
        long[] kerasShape = new long[shape.length];
        int[] shared = new int[spatial];
        for (int d = 0; d < spatial; d++) {
            kerasShape[d] = 1;
            shared[d] = d + 1;
        }
        kerasShape[spatial] = slope.length();
        ObjectNode arguments = LayerWriter.arguments();
        arguments.set("shared_axes", LayerWriter.list(shared));
        KerasLayer.Weight alpha =
                new KerasLayer.Weight("alpha", slope.dup('c').reshape('c', kerasShape));
        return model.add("PReLU", name, arguments, List.of(from), shape, alpha);
    }

    /** One layer of Keras in the making. */
    private final class Writing {

        final String name;
        final BaseLayer layer;
        final Map<String, INDArray> params;
        final ObjectNode arguments = LayerWriter.arguments();
        final List<KerasLayer.Weight> weights = new ArrayList<>();
        IActivation function;

        Writing(String name, BaseLayer layer, Map<String, INDArray> params) {
            this.name = name;
            this.layer = layer;
            this.params = params;
            this.function = layer.getActivationFn();
        }

        /**
         * Kernel, stride, dilation and padding.
         *
         * @return the layer's input, with padding that Keras has no word for
         */
        String geometry(ConvGeometry geometry, boolean causal, String from) {
            arguments.set("kernel_size", LayerWriter.list(geometry.kernelSize()));
            arguments.set("strides", LayerWriter.list(geometry.stride()));
            arguments.set("dilation_rate", LayerWriter.list(geometry.dilation()));
            arguments.put("data_format", "channels_last");
            Padding.Kind kind = geometry.padding().kind();
            int[] before = geometry.padBefore();
            int[] after = geometry.padAfter();
            boolean none =
                    Arrays.stream(before).allMatch(p -> p == 0)
                            && Arrays.stream(after).allMatch(p -> p == 0);
            if (!none && geometry.paddingMode() != PaddingMode.ZEROS) {
                throw new WeightsException(
                        "layer \""
                                + name
                                + "\": padding mode "
                                + geometry.paddingMode()
                                + " cannot be written for Keras");
            }
            boolean same = kind == Padding.Kind.SAME || isSame(geometry, from);
            if (none || same || causal && kind == Padding.Kind.CAUSAL) {
                arguments.put("padding", none ? "valid" : same ? "same" : "causal");
                return from;
            }
            arguments.put("padding", "valid");
            return padded(before, after, from);
        }

        /** Whether numbers are those of TensorFlow's 'same'. */
        private boolean isSame(ConvGeometry geometry, String from) {
            long[] shape = model.shape(from);
            for (int d = 0; d < geometry.rank(); d++) {
                long stride = geometry.stride()[d];
                long window = geometry.dilation()[d] * (geometry.kernelSize()[d] - 1L) + 1;
                long length = (shape[d] + stride - 1) / stride;
                long total = Math.max(0, (length - 1) * stride + window - shape[d]);
                if (shape[d] < 0
                        || geometry.padBefore()[d] != total / 2
                        || geometry.padAfter()[d] != total - total / 2) {
                    return false;
                }
            }
            return true;
        }

        private String padded(int[] before, int[] after, String from) {
            long[] shape = model.shape(from).clone();
            ObjectNode padding = LayerWriter.arguments();
            if (before.length == 1) {
                padding.set("padding", LayerWriter.list(before[0], after[0]));
            } else {
                padding.put("data_format", "channels_last")
                        .putArray("padding")
                        .add(LayerWriter.list(before[0], after[0]))
                        .add(LayerWriter.list(before[1], after[1]));
            }
            for (int d = 0; d < before.length; d++) {
                shape[d] = shape[d] < 0 ? -1 : shape[d] + before[d] + after[d];
            }
            String className = "ZeroPadding" + before.length + "D";
            return model.add(className, name + "-padding", padding, List.of(from), shape);
        }

        void checkStride(ConvGeometry geometry) {
            if (Arrays.stream(geometry.stride()).distinct().count() > 1) {
                throw new WeightsException(
                        "layer \""
                                + name
                                + "\": strides "
                                + Arrays.toString(geometry.stride())
                                + "; Keras's depthwise convolutions take equal ones only");
            }
        }

        void depthwise(String prefix, String keras, String key, DepthwiseConvSpec conv) {
            arguments.put("depth_multiplier", conv.depthMultiplier());
            long[] kernel = kernel(conv.geometry(), conv.inChannels(), conv.depthMultiplier());
            KernelLayout layout = KernelLayout.depthwise(conv.spatialRank());
            weights.add(new KerasLayer.Weight(keras, layout.keras(params.get(key), kernel)));
            restrict(prefix, key, layout, 0);
        }

        void weight(
                String prefix,
                String key,
                INDArray value,
                KernelLayout layout,
                int outputAxis,
                long[] kerasShape) {
            String keras = prefix.equals("pointwise") ? "pointwise_kernel" : prefix;
            weights.add(new KerasLayer.Weight(keras, layout.keras(value, kerasShape)));
            restrict(prefix, key, layout, outputAxis);
        }

        private void restrict(String prefix, String key, KernelLayout layout, int outputAxis) {
            ObjectNode constraint = Constraints.write(name, layer, key, layout, outputAxis);
            if (constraint != null) {
                arguments.set(prefix + "_constraint", constraint);
            }
            regularize(prefix + "_regularizer", layer.getRegularization());
        }

        void bias(String key, INDArray value) {
            arguments.put("use_bias", value != null);
            if (value != null) {
                weights.add(new KerasLayer.Weight("bias", value.dup('c').reshape(value.length())));
                KernelLayout layout = KernelLayout.vector();
                ObjectNode constraint = Constraints.write(name, layer, key, layout, -1);
                if (constraint != null) {
                    arguments.set("bias_constraint", constraint);
                }
                regularize("bias_regularizer", layer.getRegularizationBias());
            }
        }

        void vector(String keras, String key) {
            INDArray value = params.get(key);
            weights.add(new KerasLayer.Weight(keras, value.dup('c').reshape(value.length())));
        }

        private void regularize(String argument, List<Regularization> given) {
            double l1 = 0;
            double l2 = 0;
            for (Regularization each : given == null ? List.<Regularization>of() : given) {
                if (each instanceof L1Regularization one
                        && one.getL1().valueAt(0, 0) == one.getL1().valueAt(9, 9)) {
                    l1 += one.getL1().valueAt(0, 0);
                } else if (each instanceof L2Regularization two) {
                    l2 += two.getL2().valueAt(0, 0) / 2; // DL4J's is of half the squares
                } else {
                    throw LayerWriter.unknown(name, each);
                }
            }
            if (l1 != 0 || l2 != 0) {
                ObjectNode regularizer =
                        LayerWriter.arguments()
                                .put("module", "keras.regularizers")
                                .put("class_name", "L1L2")
                                .putNull("registered_name");
                regularizer.putObject("config").put("l1", l1).put("l2", l2);
                arguments.set(argument, regularizer);
            }
        }

        String add(String className, String from, long[] shape) {
            String named = FunctionWriter.name(function);
            arguments.put("activation", named == null ? "linear" : named);
            boolean apart = named == null;
            String written =
                    model.add(
                            className,
                            name,
                            arguments,
                            List.of(from),
                            shape,
                            weights.toArray(KerasLayer.Weight[]::new));
            return apart
                    ? FunctionWriter.add(model, name + "-activation", function, written, shape)
                    : written;
        }

        /** For a class that has no argument for a function. */
        String addWithFunction(String className, String from, long[] shape) {
            String written =
                    model.add(
                            className,
                            name,
                            arguments,
                            List.of(from),
                            shape,
                            weights.toArray(KerasLayer.Weight[]::new));
            return FunctionWriter.isIdentity(function)
                    ? written
                    : FunctionWriter.add(model, name + "-activation", function, written, shape);
        }
    }
}
