package org.lamina.zoo.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.lamina.spec.InputTypes;
import org.lamina.zoo.weights.WeightsException;

/**
 * An input of the network.
 *
 * @param shape channels first
 */
record Input(String name, long[] shape, boolean channelsLast) {

    private static final String MASK = "mask";

    /** Of this type; sizes that it leaves open are open. */
    static Input of(String name, InputType type) {
        if (type instanceof InputType.InputTypeConvolutionalFlat flat) {
            return new Input(name, new long[] {Value.OPEN, flat.getFlattenedSize()}, false);
        }
        int rank =
                type instanceof InputType.InputTypeFeedForward
                        ? 0
                        : type instanceof InputType.InputTypeRecurrent
                                ? 1
                                : type instanceof InputType.InputTypeConvolutional ? 2 : 3;
        Input input =
                open(
                        name,
                        rank,
                        InputTypes.channels(type, rank, name),
                        InputTypes.channelsLast(type));
        long[] size = InputTypes.size(type, rank);
        for (int d = 0; size != null && d < rank; d++) {
            input.shape[2 + d] = size[d] > 0 ? size[d] : Value.OPEN;
        }
        return input;
    }

    /** With open sizes. */
    static Input open(String name, int rank, long channels, boolean channelsLast) {
        long[] shape = new long[2 + rank];
        Arrays.fill(shape, Value.OPEN);
        shape[1] = channels;
        return new Input(name, shape, channelsLast);
    }

    /** Adds the input and its mask, in the network's data format; its value has channels first. */
    Value declare(OnnxGraph graph, OnnxOptions options) {
        Value value = values(graph, options);
        if (options == null || !options.mask()) {
            return value;
        }
        if (shape.length != 3) {
            throw new WeightsException(
                    "input \"" + name + "\": a mask is for time series, of rank 3");
        }
        String mask = graph.unique(MASK);
        int time = channelsLast ? 1 : 2;
        List<String> sizes = dimensions(new long[] {Value.OPEN, shape[2]}, "");
        graph.input(mask, List.of(sizes.get(0), sizes.get(1).replace("size1", "size" + time)));
        String axis = graph.integers(mask + ".axis", 1);
        return value.masked(graph.node("Unsqueeze", mask + ".row", List.of(mask, axis)));
    }

    private Value values(OnnxGraph graph, OnnxOptions standardizing) {
        long[] own = shape;
        if (channelsLast) {
            own = shape.clone();
            System.arraycopy(shape, 2, own, 1, shape.length - 2);
            own[own.length - 1] = shape[1];
        }
        graph.input(name, dimensions(own, ""));
        Value value = new Value(name, own);
        if (standardizing != null && standardizing.mean() != null) {
            String mean = graph.constant("normalizer.mean", standardizing.mean());
            String deviation = graph.constant("normalizer.deviation", standardizing.deviation());
            String centred = graph.node("Sub", "normalizer.centred", List.of(name, mean));
            value = new Value(graph.node("Div", "normalizer", List.of(centred, deviation)), own);
        }
        return channelsLast ? Layout.channelsFirst(graph, name + ".channels-first", value) : value;
    }

    static List<String> dimensions(long[] shape, String prefix) {
        return IntStream.range(0, shape.length)
                .mapToObj(
                        d ->
                                d == 0
                                        ? "batch"
                                        : shape[d] > 0
                                                ? Long.toString(shape[d])
                                                : prefix + "size" + d)
                .toList();
    }
}
