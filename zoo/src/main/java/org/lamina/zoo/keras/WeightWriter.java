package org.lamina.zoo.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.lamina.optimize.AdaptiveGradientClipping;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.L1Regularization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * One of Keras's layers with weights in the making: arguments, arrays, constraints, regularizers.
 */
final class WeightWriter {

    private final KerasModel model;
    final String name;
    final BaseLayer layer;
    final Map<String, INDArray> params;
    final ObjectNode arguments = LayerWriter.arguments();
    final List<KerasLayer.Weight> weights = new ArrayList<>();
    private final IActivation function;
    private boolean folded;

    WeightWriter(KerasModel model, String name, BaseLayer layer, Map<String, INDArray> params) {
        this(model, name, layer, layer.getActivationFn(), params);
    }

    /** Of a part of a layer, with this function; null for none. */
    WeightWriter(
            KerasModel model,
            String name,
            BaseLayer layer,
            IActivation function,
            Map<String, INDArray> params) {
        this.model = model;
        this.name = name;
        this.layer = layer;
        this.params = params;
        this.function = function;
    }

    /** Without what only matters to training: others are in the weights. */
    WeightWriter folded() {
        folded = true;
        return this;
    }

    void refuseConstraints() {
        if (layer.getConstraints() != null && !layer.getConstraints().isEmpty()) {
            throw LayerWriter.unknown(name, layer.getConstraints().get(0));
        }
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
                    "layer \"%s\": padding mode %s cannot be written for Keras",
                    name, geometry.paddingMode());
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
        for (int d = 0; d < before.length; d++) {
            shape[d] = shape[d] < 0 ? -1 : shape[d] + before[d] + after[d];
        }
        return SlidingWriter.sides(
                model,
                "ZeroPadding" + before.length + "D",
                "padding",
                name + "-padding",
                ConvolutionWriter.sides(before, after),
                from,
                shape);
    }

    void checkStride(ConvGeometry geometry) {
        if (Arrays.stream(geometry.stride()).distinct().count() > 1) {
            throw new WeightsException(
                    "layer \"%s\": strides %s; Keras's depthwise convolutions take equal ones only",
                    name, Arrays.toString(geometry.stride()));
        }
    }

    void depthwise(String prefix, String keras, String key, DepthwiseConvSpec conv) {
        arguments.put("depth_multiplier", conv.depthMultiplier());
        long[] kernel =
                ConvolutionWriter.kernel(
                        conv.geometry(), conv.inChannels(), conv.depthMultiplier());
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
        if (folded) {
            return;
        }
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
            if (!folded) {
                KernelLayout layout = KernelLayout.vector();
                ObjectNode constraint = Constraints.write(name, layer, key, layout, -1);
                if (constraint != null) {
                    arguments.set("bias_constraint", constraint);
                }
                regularize("bias_regularizer", layer.getRegularizationBias());
            }
        }
    }

    /** Of a normalization, which may have neither. */
    void scaleAndShift(String gamma, String beta) {
        arguments.put("scale", params.containsKey(gamma)).put("center", params.containsKey(beta));
        if (params.containsKey(gamma)) {
            vector("gamma", gamma);
        }
        if (params.containsKey(beta)) {
            vector("beta", beta);
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
            } else if (!(each instanceof AdaptiveGradientClipping)) { // which is the updater's
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
        String written = addLayer(className, from, shape);
        return named == null
                ? FunctionWriter.add(model, name + "-activation", function, written, shape)
                : written;
    }

    /** For a class that has no argument for a function. */
    String addWithFunction(String className, String from, long[] shape) {
        String written = addLayer(className, from, shape);
        return FunctionWriter.after(model, name, function, written, shape);
    }

    private String addLayer(String className, String from, long[] shape) {
        return model.add(
                className,
                name,
                arguments,
                List.of(from),
                shape,
                weights.toArray(KerasLayer.Weight[]::new));
    }
}
