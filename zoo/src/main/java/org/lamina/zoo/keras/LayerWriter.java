package org.lamina.zoo.keras;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.zoo.network.Networks;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Writes a layer as one of Keras's or several: what shapes its input, dropout, itself, a function.
 */
final class LayerWriter {

    private final KerasModel model;
    private final ConvolutionWriter convolutions;
    private final ChannelWriter channels;
    private final PartsWriter parts;
    private final SlidingWriter sliding;

    LayerWriter(KerasModel model) {
        this.model = model;
        this.convolutions = new ConvolutionWriter(model);
        this.channels = new ChannelWriter(model);
        this.parts = new PartsWriter(model, convolutions, channels);
        this.sliding = new SlidingWriter(model);
    }

    static WeightsException unknown(String name, Object what) {
        return new WeightsException(
                what.getClass().getSimpleName() + " \"" + name + "\" cannot be written for Keras");
    }

    static ObjectNode arguments() {
        return KerasModel.JSON.objectNode();
    }

    static ArrayNode list(int... values) {
        ArrayNode list = KerasModel.JSON.arrayNode();
        Arrays.stream(values).forEach(list::add);
        return list;
    }

    /**
     * Writes a layer.
     *
     * @param shape of its output in Keras
     * @return the layer of Keras that has its output
     */
    String write(
            String name,
            Layer layer,
            Map<String, INDArray> params,
            NetworkWriter.Shaped input,
            long[] shape) {
        boolean dense = isDense(layer, params);
        String from = shaped(name, input, dense);
        if (layer instanceof AbstractSpecLayer<?> own && own.isChannelsLast()) {
            throw new WeightsException("layer \"" + name + "\": channels last cannot be written");
        }
        IDropout dropout = layer instanceof DropoutLayer ? null : layer.getIDropout();
        if (dropout != null) {
            from = dropout(name + "-dropout", dropout, from, model.shape(from));
        }
        if (layer instanceof DropoutLayer) {
            return dropout(name, layer.getIDropout(), from, shape);
        }
        IActivation function = function(layer);
        if (layer instanceof ActivationLayer
                || layer instanceof LossLayer
                || layer instanceof RnnLossLayer
                || layer instanceof CnnLossLayer
                || layer instanceof org.lamina.layers.Nonlinearity) {
            if (function instanceof ActivationSoftmax
                    && shape.length > 1
                    && (layer instanceof ActivationLayer
                            || layer instanceof org.lamina.layers.Nonlinearity)) {
                throw new WeightsException(
                        "layer \"%s\": softmax along the last axis of space cannot be written",
                        name);
            }
            return FunctionWriter.isIdentity(function)
                    ? from
                    : FunctionWriter.add(model, name, function, from, shape);
        }
        if (dense) {
            long[] given = model.shape(from);
            if (given[given.length - 1] != params.get("W").size(0)) {
                throw new WeightsException(
                        "layer \"%s\" does not fit the input types given: it reads %s values, there"
                                + " are %s",
                        name, params.get("W").size(0), given[given.length - 1]);
            }
            INDArray rows = input.flattens() ? rows(params.get("W"), input) : params.get("W");
            WeightWriter writing = new WeightWriter(model, name, (BaseLayer) layer, params);
            return channels.dense(writing, rows, params.get("b"), from, shape);
        }
        String written = channels.write(name, layer, params, from, shape);
        if (written == null && layer instanceof AbstractSpecLayer<?> own) {
            WeightWriter writing = new WeightWriter(model, name, own, params);
            written = convolutions.write(writing, own.getSpec(), from, shape);
            written = written == null ? parts.write(name, own, params, from, shape) : written;
        }
        written = written == null ? sliding.write(name, layer, from, shape) : written;
        if (written == null) {
            throw unknown(name, layer);
        }
        return written;
    }

    /** Null for a layer that has none. */
    private static IActivation function(Layer layer) {
        if (layer instanceof ActivationLayer activation) {
            return activation.getActivationFn();
        }
        return layer instanceof BaseLayer base ? base.getActivationFn() : null;
    }

    private static boolean isDense(Layer layer, Map<String, INDArray> params) {
        return Networks.isAffine(params)
                && (layer.getClass() == DenseLayer.class
                        || layer.getClass() == OutputLayer.class
                        || layer.getClass() == RnnOutputLayer.class
                        || layer instanceof org.lamina.layers.ConstrainedDense);
    }

    /** Rows of a dense layer's weights in the order in which Keras flattens. */
    private static INDArray rows(INDArray weight, NetworkWriter.Shaped input) {
        long[] stored = input.stored();
        return weight.dup('c')
                .reshape('c', stored[0], stored[1], stored[2], weight.size(1))
                .permute(1, 2, 0, 3)
                .dup('c')
                .reshape('c', weight.size(0), weight.size(1));
    }

    // ---- shapes ---------------------------------------------------------------------------------

    /**
     * The input in the shape that the layer takes.
     *
     * @param anyOrder whether the elements of images that are flattened may come in Keras's order
     */
    String shaped(String name, NetworkWriter.Shaped input, boolean anyOrder) {
        InputPreProcessor shaping = input.shaping();
        if (shaping == null) {
            return input.layer();
        }
        long[] stored = input.stored();
        if (shaping instanceof Rearrangement moving) {
            return moved(name, input.layer(), moving);
        } else if (input.flattens()) {
            String from = input.layer();
            if (!anyOrder) {
                from = permuted(name + "-channels-first", from, 2, 0, 1);
            }
            return model.add(
                    "Flatten",
                    name + "-flatten",
                    arguments().put("data_format", "channels_last"),
                    List.of(from),
                    new long[] {stored[0] * stored[1] * stored[2]});
        }
        throw new WeightsException(
                "layer \"%s\": preprocessor %s cannot be written for Keras",
                name, shaping.getClass().getSimpleName());
    }

    /** A layer that changes nothing: the reader takes what is moved first for stored as it is. */
    String asIs(String name, String from) {
        return model.add(
                "Activation",
                name,
                arguments().put("activation", "linear"),
                List.of(from),
                model.shape(from));
    }

    private String moved(String name, String from, Rearrangement moving) {
        int[] channelsFirst = rotated(moving.input().length, true);
        int[] before = IntStream.of(moving.before()).map(axis -> channelsFirst[axis]).toArray();
        String x = permuted(name + "-before", from, before);
        ObjectNode target = arguments();
        ArrayNode sizes = target.putArray("target_shape");
        Arrays.stream(moving.shape()).forEach(sizes::add);
        x = model.add("Reshape", name + "-reshape", target, List.of(x), moving.shape());
        int[] channelsLast = rotated(moving.shape().length, false);
        int[] after = IntStream.of(channelsLast).map(axis -> moving.after()[axis]).toArray();
        return permuted(name + "-after", x, after);
    }

    /** Axes of what has channels first in one with channels last, or the reverse. */
    private static int[] rotated(int rank, boolean toFirst) {
        return IntStream.range(0, rank)
                .map(axis -> Math.floorMod(toFirst ? axis - 1 : axis + 1, rank))
                .toArray();
    }

    private String permuted(String name, String from, int... order) {
        if (IntStream.range(0, order.length).allMatch(axis -> order[axis] == axis)) {
            return from;
        }
        ObjectNode dims = arguments();
        dims.set("dims", list(IntStream.of(order).map(axis -> axis + 1).toArray()));
        long[] shape = Rearrangement.permuted(model.shape(from), order);
        return model.add("Permute", name, dims, List.of(from), shape);
    }

    // ---- dropout --------------------------------------------------------------------------------

    private String dropout(String name, IDropout dropout, String from, long[] shape) {
        ObjectNode arguments = arguments();
        String className;
        if (dropout == null) {
            className = "Dropout";
            arguments.put("rate", 0.0);
        } else if (dropout instanceof Dropout given && given.getPSchedule() == null) {
            className = "Dropout";
            arguments.put("rate", 1 - given.getP());
        } else if (dropout instanceof SpatialDropout given
                && given.getPSchedule() == null
                && shape.length > 1) {
            className = shape.length == 2 ? "SpatialDropout1D" : "SpatialDropout2D";
            arguments.put("rate", 1 - given.getP());
            if (shape.length == 3) {
                arguments.put("data_format", "channels_last");
            }
        } else if (dropout instanceof GaussianDropout given && given.getRateSchedule() == null) {
            className = "GaussianDropout";
            arguments.put("rate", given.getRate());
        } else if (dropout instanceof GaussianNoise given && given.getStddevSchedule() == null) {
            className = "GaussianNoise";
            arguments.put("stddev", given.getStddev());
        } else {
            throw unknown(name, dropout);
        }
        return model.add(className, name, arguments, List.of(from), shape);
    }
}
