package org.lamina.zoo.onnx;

import static org.lamina.zoo.onnx.OnnxGraph.attribute;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.Cnn3DToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnn3DPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.lamina.zoo.keras.Rearrangement;
import org.lamina.zoo.weights.WeightsException;

/** Nodes for DL4J's preprocessors, and for what Keras's Permute, Reshape and Flatten become. */
final class Shaping {

    private final OnnxGraph graph;

    /** The network's first input, which has the size of the minibatch. */
    private final String input;

    Shaping(OnnxGraph graph, String input) {
        this.graph = graph;
        this.input = input;
    }

    Value apply(String name, InputPreProcessor shaping, Value x) {
        if (shaping instanceof ComposableInputPreProcessor several) {
            Value value = x;
            for (InputPreProcessor each : several.getInputPreProcessors()) {
                value = apply(name, each, value);
            }
            return value;
        } else if (shaping instanceof CnnToFeedForwardPreProcessor cnn) {
            return flat(name, x, cnn.getFormat() == CNN2DFormat.NHWC);
        } else if (shaping instanceof Cnn3DToFeedForwardPreProcessor cnn) {
            return flat(name, x, !cnn.isNCDHW());
        } else if (shaping instanceof FeedForwardToCnnPreProcessor cnn) {
            return x.rank() == 4
                    ? x
                    : split(
                            name,
                            x,
                            cnn.getNumChannels(),
                            cnn.getInputHeight(),
                            cnn.getInputWidth());
        } else if (shaping instanceof FeedForwardToCnn3DPreProcessor cnn) {
            return split(
                    name,
                    x,
                    cnn.getNumChannels(),
                    cnn.getInputDepth(),
                    cnn.getInputHeight(),
                    cnn.getInputWidth());
        } else if (shaping instanceof RnnToFeedForwardPreProcessor) {
            return x.rank() == 2 ? x : steps(name, x);
        } else if (shaping instanceof FeedForwardToRnnPreProcessor) {
            return series(name, x);
        } else if (shaping instanceof RnnToCnnPreProcessor cnn) {
            return split(
                    name,
                    steps(name + ".each", x),
                    cnn.getNumChannels(),
                    cnn.getInputHeight(),
                    cnn.getInputWidth());
        } else if (shaping instanceof CnnToRnnPreProcessor) {
            return series(name, Layout.flat(graph, name + ".flat", x));
        } else if (shaping instanceof Rearrangement moved) {
            return moved(name, x, moved);
        }
        throw new WeightsException(
                "layer \"%s\": preprocessor %s cannot be written",
                name, shaping.getClass().getSimpleName());
    }

    private Value moved(String name, Value x, Rearrangement moved) {
        Value ordered = graph.permuted(name + ".before", x, withBatch(moved.before()));
        long[] shape =
                LongStream.concat(LongStream.of(Value.OPEN), LongStream.of(moved.shape()))
                        .toArray();
        long[] target = shape.clone();
        target[0] = 0; // as many examples as there are
        Value reshaped = graph.reshaped(name + ".shaped", ordered, target, shape);
        return graph.permuted(name + ".after", reshaped, withBatch(moved.after()));
    }

    private static int[] withBatch(int[] order) {
        return IntStream.concat(IntStream.of(0), IntStream.of(order).map(axis -> axis + 1))
                .toArray();
    }

    private Value flat(String name, Value x, boolean channelsLast) {
        Value ordered =
                channelsLast && x.rank() > 2 ? Layout.channelsLast(graph, name + ".last", x) : x;
        return Layout.flat(graph, name + ".flat", ordered);
    }

    private Value split(String name, Value x, long... shape) {
        long[] whole = new long[shape.length + 1];
        whole[0] = Value.OPEN;
        System.arraycopy(shape, 0, whole, 1, shape.length);
        return graph.reshaped(name + ".split", x, whole, whole);
    }

    /** Time series as examples of their own, first all first steps. */
    private Value steps(String name, Value x) {
        Value first = graph.permuted(name + ".steps-first", x, 2, 0, 1);
        long channels = x.channels();
        return graph.reshaped(
                name + ".steps", first, new long[] {-1, channels}, Value.OPEN, channels);
    }

    /** The reverse of {@link #steps}. */
    private Value series(String name, Value x) {
        String shape = graph.node("Shape", name + ".input-shape", List.of(input));
        String minibatch = Layout.sliced(graph, name + ".minibatch", new Value(shape, 1), 0, 0, 1);
        String target =
                graph.node(
                        "Concat",
                        name + ".to",
                        List.of(
                                graph.integers(name + ".length", -1),
                                minibatch,
                                graph.integers(name + ".channels", x.channels())),
                        attribute("axis", 0L));
        String reshaped = graph.node("Reshape", name + ".series", List.of(x.tensor(), target));
        long[] sizes = {Value.OPEN, Value.OPEN, x.channels()};
        return graph.permuted(
                name + ".channels-first", new Value(reshaped, sizes, x.factor()), 1, 2, 0);
    }
}
