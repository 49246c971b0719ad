package org.lamina.zoo.keras;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;

/** Reads layers with several inputs. */
final class MergeReader {

    private final NetworkAssembly network;
    private final boolean channelsLast;

    MergeReader(NetworkAssembly network, boolean channelsLast) {
        this.network = network;
        this.channelsLast = channelsLast;
    }

    /** Null if the layer is of another kind. */
    Tensor read(LayerConfig layer, List<Tensor> inputs) {
        ElementWiseVertex.Op op =
                switch (layer.className()) {
                    case "Add" -> ElementWiseVertex.Op.Add;
                    case "Subtract" -> ElementWiseVertex.Op.Subtract;
                    case "Multiply" -> ElementWiseVertex.Op.Product;
                    case "Average" -> ElementWiseVertex.Op.Average;
                    case "Maximum" -> ElementWiseVertex.Op.Max;
                    default -> null;
                };
        if (op != null) {
            return elementwise(layer, op, inputs);
        }
        return layer.className().equals("Concatenate") ? concatenated(layer, inputs) : null;
    }

    /** What has one position along space is repeated, as Keras does. */
    private Tensor elementwise(LayerConfig layer, ElementWiseVertex.Op op, List<Tensor> inputs) {
        long[] shape = inputs.get(0).shape().clone();
        int axis = channelsLast ? shape.length - 1 : 0;
        for (Tensor input : inputs) {
            boolean fits = input.rank() == shape.length;
            for (int i = 0; fits && i < shape.length; i++) {
                long size = input.shape()[i];
                fits = size == shape[i] || i != axis && Math.min(size, shape[i]) == 1;
                shape[i] = Math.max(size, shape[i]);
            }
            if (!fits) {
                throw layer.refused(
                        "inputs of the shapes %s and %s; they must be equal, or 1 along space",
                        Arrays.toString(inputs.get(0).shape()), Arrays.toString(input.shape()));
            }
        }
        List<String> names = inFront(layer, inputs, axis);
        for (int i = 0; i < names.size(); i++) {
            if (!Arrays.equals(inputs.get(i).shape(), shape)) {
                names.set(i, repeated(layer, names.get(i), inputs.get(i).shape(), shape, axis));
            }
        }
        network.other(layer.name(), new ElementWiseVertex(op), names);
        return Tensor.of(layer.name(), shape, axis);
    }

    private String repeated(LayerConfig layer, String from, long[] given, long[] shape, int axis) {
        int[] times = new int[shape.length - 1];
        int d = 0;
        for (int i = 0; i < shape.length; i++) {
            if (i != axis) {
                times[d++] = Math.toIntExact(given[i] == shape[i] ? 1 : shape[i]);
            }
        }
        Layer repeating =
                times.length == 1
                        ? new Upsampling1D.Builder(times[0]).build()
                        : new Upsampling2D.Builder().size(times).build();
        String name = layer.name() + "-repeated-" + from;
        network.layer(name, repeating, null, from);
        return name;
    }

    private Tensor concatenated(LayerConfig layer, List<Tensor> inputs) {
        long[] shape = inputs.get(0).shape().clone();
        int given = layer.integer("axis", -1);
        int axis = given < 0 ? given + shape.length : given - 1;
        if (axis < 0 || axis >= shape.length) {
            throw layer.refused("axis = " + given + " of " + shape.length + " axes");
        }
        long sum = 0;
        for (Tensor input : inputs) {
            boolean fits = input.rank() == shape.length;
            for (int i = 0; fits && i < shape.length; i++) {
                fits = i == axis || input.shape()[i] == shape[i];
            }
            if (!fits || input.shape()[axis] < 0) {
                throw layer.refused(
                        "inputs of the shapes %s and %s; all but axis %s must be equal",
                        Arrays.toString(inputs.get(0).shape()),
                        Arrays.toString(input.shape()),
                        given);
            }
            sum = Math.addExact(sum, input.shape()[axis]);
        }
        shape[axis] = sum;
        network.other(layer.name(), new MergeVertex(), inFront(layer, inputs, axis));
        return Tensor.of(layer.name(), shape, axis);
    }

    private List<String> inFront(LayerConfig layer, List<Tensor> inputs, int axis) {
        List<String> names = new ArrayList<>();
        for (Tensor input : inputs) {
            String name = layer.name() + "-input" + names.size();
            names.add(
                    input.hasInFront(axis)
                            ? input.source()
                            : network.shaped(name, input.toFront(axis), input.source()));
        }
        return names;
    }
}
