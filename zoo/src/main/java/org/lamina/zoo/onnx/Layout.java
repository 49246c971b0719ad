package org.lamina.zoo.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.lamina.spec.PaddingMode;
import org.lamina.zoo.weights.WeightsException;

/** Nodes that move elements: padding, cutting, the order of axes. */
final class Layout {

    private Layout() {}

    /** Channels last to channels first. */
    static Value channelsFirst(OnnxGraph graph, String name, Value x) {
        int[] order = IntStream.range(0, x.rank()).toArray();
        order[1] = x.rank() - 1;
        for (int axis = 2; axis < x.rank(); axis++) {
            order[axis] = axis - 1;
        }
        return graph.permuted(name, x, order);
    }

    /** Channels first to channels last. */
    static Value channelsLast(OnnxGraph graph, String name, Value x) {
        int[] order = IntStream.range(0, x.rank()).map(axis -> axis + 1).toArray();
        order[0] = 0;
        order[x.rank() - 1] = 1;
        return graph.permuted(name, x, order);
    }

    /**
     * More positions around the spatial dimensions.
     *
     * @param before numbers for each spatial dimension
     * @param after numbers for each spatial dimension
     */
    static Value padded(
            OnnxGraph graph, String name, Value x, int[] before, int[] after, PaddingMode mode) {
        if (IntStream.concat(Arrays.stream(before), Arrays.stream(after)).allMatch(p -> p == 0)) {
            return x;
        }
        if (mode == PaddingMode.CIRCULAR) {
            return circular(graph, name, x, before, after);
        }
        long[] pads = new long[2 * x.rank()];
        for (int d = 0; d < before.length; d++) {
            pads[2 + d] = before[d];
            pads[x.rank() + 2 + d] = after[d];
        }
        String kind =
                switch (mode) {
                    case ZEROS -> "constant";
                    case REFLECT -> "reflect";
                    case REPLICATE -> "edge";
                    default -> throw new WeightsException(name + ": padding mode " + mode);
                };
        String output =
                graph.node(
                        "Pad",
                        name,
                        List.of(x.tensor(), graph.integers(name + ".pads", pads)),
                        OnnxGraph.attribute("mode", kind));
        return new Value(output, grown(x.shape(), before, after), x.factor());
    }

    private static long[] grown(long[] shape, int[] before, int[] after) {
        long[] result = shape.clone();
        for (int d = 0; d < before.length; d++) {
            result[2 + d] = result[2 + d] < 0 ? Value.OPEN : result[2 + d] + before[d] + after[d];
        }
        return result;
    }

    /** The input continued from its other end, one dimension after the other. */
    private static Value circular(
            OnnxGraph graph, String name, Value x, int[] before, int[] after) {
        Value result = x;
        for (int d = 0; d < before.length; d++) {
            if (before[d] + after[d] == 0) {
                continue;
            }
            String axis = name + ".axis" + d;
            List<String> parts = new ArrayList<>();
            if (before[d] > 0) {
                parts.add(sliced(graph, axis + ".end", result, 2 + d, -before[d], Long.MAX_VALUE));
            }
            parts.add(result.tensor());
            if (after[d] > 0) {
                parts.add(sliced(graph, axis + ".start", result, 2 + d, 0, after[d]));
            }
            String whole = graph.node("Concat", axis, parts, OnnxGraph.attribute("axis", 2L + d));
            int[] low = new int[before.length];
            int[] high = new int[before.length];
            low[d] = before[d];
            high[d] = after[d];
            result = new Value(whole, grown(result.shape(), low, high), result.factor());
        }
        return result;
    }

    /** Positions from start to before end along an axis; negative ones count from its end. */
    static String sliced(OnnxGraph graph, String name, Value x, int axis, long start, long end) {
        return graph.node(
                "Slice",
                name,
                List.of(
                        x.tensor(),
                        graph.integers(name + ".from", start),
                        graph.integers(name + ".to", end),
                        graph.integers(name + ".along", axis)));
    }

    /** Spatial positions cut off on both sides. */
    static Value cropped(OnnxGraph graph, String name, Value x, int[] before, int[] after) {
        Value result = x;
        for (int d = 0; d < before.length; d++) {
            if (before[d] + after[d] > 0) {
                long end = after[d] == 0 ? Long.MAX_VALUE : -after[d];
                String part = sliced(graph, name + ".axis" + d, result, 2 + d, before[d], end);
                int[] low = new int[before.length];
                int[] high = new int[before.length];
                low[d] = -before[d];
                high[d] = -after[d];
                result = new Value(part, grown(result.shape(), low, high), result.factor());
            }
        }
        return result;
    }

    /** One axis for everything but the minibatch. */
    static Value flat(OnnxGraph graph, String name, Value x) {
        if (x.rank() == 2) {
            return x;
        }
        long size =
                x.sized()
                        ? LongStream.of(x.shape()).skip(1).reduce(1, (a, b) -> a * b)
                        : Value.OPEN;
        String output =
                graph.node("Flatten", name, List.of(x.tensor()), OnnxGraph.attribute("axis", 1L));
        return new Value(output, new long[] {x.shape()[0], size}, x.factor());
    }
}
