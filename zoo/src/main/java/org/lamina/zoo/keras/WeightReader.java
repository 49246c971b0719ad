package org.lamina.zoo.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.regularization.L1Regularization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * One of Keras's layers with weights, being read: its arrays are taken one after the other, with
 * their constraints and regularizers, and given to the layer of the network.
 */
final class WeightReader {

    private final NetworkAssembly network;
    private final Functions functions;
    private final LayerConfig layer;
    private final List<INDArray> arrays;
    private final List<LayerConstraint> constraints = new ArrayList<>();
    private final Map<String, INDArray> parameters = new LinkedHashMap<>();

    /** Of the weights; null before the first. */
    private List<Regularization> regularization;

    /**
     * @param arrays the layer's, in Keras's order
     */
    WeightReader(
            NetworkAssembly network,
            Functions functions,
            LayerConfig layer,
            List<INDArray> arrays) {
        this.network = network;
        this.functions = functions;
        this.layer = layer;
        this.arrays = new ArrayList<>(arrays);
    }

    LayerConfig layer() {
        return layer;
    }

    // ---- the input ------------------------------------------------------------------------------

    long channels(Tensor x, int axis) {
        if (x.shape()[axis] < 0) {
            throw layer.refused(
                    "its input has the shape %s; the number of channels must be known",
                    Arrays.toString(x.shape()));
        }
        return x.shape()[axis];
    }

    // ---- parameters -----------------------------------------------------------------------------

    void weight(String keras, String key, KernelLayout layout, long... shape) {
        parameters.put(key, layout.own(take(keras, shape)));
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

    boolean bias(String key, long size) {
        boolean bias = layer.flag("use_bias", true);
        if (bias) {
            parameters.put(key, take("bias", size));
            constrain("bias_constraint", key, KernelLayout.vector(), size);
        } else {
            layer.get("bias_constraint");
            layer.get("bias_regularizer");
        }
        return bias;
    }

    INDArray vector(String keras, String key, long size) {
        INDArray value = take(keras, size);
        parameters.put(key, value);
        return value;
    }

    /** The next array of the file. */
    INDArray take(String keras, long... shape) {
        INDArray value = arrays.isEmpty() ? null : arrays.remove(0);
        if (value == null || !Arrays.equals(value.shape(), shape)) {
            throw layer.refused(
                    "the file has %s where %s %s should be",
                    value == null
                            ? "no weight"
                            : "a weight of shape " + Arrays.toString(value.shape()),
                    keras,
                    Arrays.toString(shape));
        }
        if (!Double.isFinite(value.sumNumber().doubleValue())
                && Nd4j.getExecutioner()
                        .exec(new org.nd4j.linalg.api.ops.impl.reduce.bool.IsInf(value))
                        .any()) {
            throw layer.refused(keras + " has values that are not finite");
        }
        return value;
    }

    void put(String key, INDArray value) {
        parameters.put(key, value);
    }

    void change(String key, UnaryOperator<INDArray> by) {
        parameters.computeIfPresent(key, (k, value) -> by.apply(value));
    }

    // ---- the layer ------------------------------------------------------------------------------

    Tensor add(BaseLayer own, Tensor x, int axis, long[] shape) {
        complete(own, "activation");
        place(own, x, toFront(x, axis));
        return Tensor.of(layer.name(), shape, axis);
    }

    void complete(BaseLayer own, String activation) {
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
                    "the file has %s more weights, the first of shape %s",
                    arrays.size(), Arrays.toString(arrays.get(0).shape()));
        }
    }

    private List<Regularization> regularization(String argument) {
        JsonNode value = layer.get(argument);
        List<Regularization> all = new ArrayList<>();
        if (value == null) {
            return all;
        }
        LayerConfig config = new LayerConfig(layer.name(), layer.className(), value.path("config"));
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

    /** A layer of the network after the one that was read. */
    Tensor then(String name, Layer own, Tensor y) {
        String vertex = layer.name() + "-" + name;
        network.layer(vertex, own, null, y.source());
        return y.at(vertex);
    }

    /** What a layer that takes this axis in front needs before it; null if nothing. */
    static Rearrangement toFront(Tensor x, int axis) {
        return x.hasInFront(axis) ? null : x.toFront(axis);
    }

    void place(BaseLayer own, Tensor x, Rearrangement shaping) {
        NetworkAssembly.Vertex vertex = network.layer(layer.name(), own, shaping, x.source());
        vertex.params.putAll(parameters);
    }
}
