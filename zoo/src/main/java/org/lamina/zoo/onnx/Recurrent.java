package org.lamina.zoo.onnx;

import static org.lamina.zoo.onnx.OnnxGraph.attribute;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import onnx.Onnx.AttributeProto;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.lamina.arrays.Views;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Nodes for DL4J's recurrent layers, on time series {@code [N, C, T]}. */
@SuppressWarnings("deprecation") // GravesLSTM is still in use
final class Recurrent {

    private final OnnxGraph graph;

    Recurrent(OnnxGraph graph) {
        this.graph = graph;
    }

    /**
     * The outputs at all time steps.
     *
     * @return null if it is none of the layers that can be written
     */
    Value layer(String name, Layer layer, Map<String, INDArray> params, Value x) {
        if (layer instanceof Bidirectional both) {
            return bidirectional(name, both, params, x);
        }
        return layer instanceof BaseRecurrentLayer one ? one(name, one, params, x, false) : null;
    }

    private Value one(
            String name,
            BaseRecurrentLayer layer,
            Map<String, INDArray> params,
            Value x,
            boolean reverse) {
        if (layer instanceof SimpleRnn rnn) {
            return simple(name, rnn, params, x, reverse);
        }
        return layer instanceof AbstractLSTM lstm ? lstm(name, lstm, params, x, reverse) : null;
    }

    private Value bidirectional(
            String name, Bidirectional both, Map<String, INDArray> params, Value x) {
        Value forward =
                one(
                        name + ".forward",
                        (BaseRecurrentLayer) both.getFwd(),
                        starting(params, "f"),
                        x,
                        false);
        Value backward =
                one(
                        name + ".backward",
                        (BaseRecurrentLayer) both.getBwd(),
                        starting(params, "b"),
                        x,
                        true);
        if (forward == null || backward == null) {
            return null;
        }
        return switch (both.getMode()) {
            case ADD -> graph.zip("Add", name, forward, backward);
            case MUL -> graph.zip("Mul", name, forward, backward);
            case AVERAGE -> graph.zip("Add", name, forward, backward).times(0.5);
            case CONCAT -> {
                List<String> parts = List.of(forward.tensor(), backward.tensor());
                long[] shape = forward.shape().clone();
                shape[1] *= 2;
                yield new Value(graph.node("Concat", name, parts, attribute("axis", 1L)), shape);
            }
        };
    }

    private static Map<String, INDArray> starting(Map<String, INDArray> params, String prefix) {
        Map<String, INDArray> part = new TreeMap<>();
        params.forEach(
                (key, value) -> {
                    if (key.startsWith(prefix)) {
                        part.put(key.substring(prefix.length()), value);
                    }
                });
        return part;
    }

    private Value simple(
            String name, SimpleRnn rnn, Map<String, INDArray> params, Value x, boolean reverse) {
        if (rnn.hasLayerNorm()) {
            throw new WeightsException(
                    "layer \"%s\": a recurrent layer with layer normalization cannot be written",
                    name);
        }
        long units = params.get("RW").size(0);
        INDArray bias =
                Nd4j.concat(
                        0, flat(params.get("b")), Nd4j.zeros(params.get("b").dataType(), units));
        List<String> inputs = new ArrayList<>();
        inputs.add(stepsFirst(name, x));
        inputs.add(graph.constant(name + ".W", stacked(params.get("W").transpose())));
        inputs.add(graph.constant(name + ".R", stacked(params.get("RW").transpose())));
        inputs.add(graph.constant(name + ".B", bias.reshape(1, bias.length())));
        return sequence(
                name,
                "RNN",
                inputs,
                x,
                units,
                reverse,
                List.of(named(name, rnn.getActivationFn())));
    }

    /**
     * DL4J's gates are block input, forget, output, input gate; ONNX's input gate, output, forget,
     * block input.
     */
    private Value lstm(
            String name,
            AbstractLSTM lstm,
            Map<String, INDArray> params,
            Value x,
            boolean reverse) {
        INDArray recurrent = params.get("RW");
        int units = (int) recurrent.size(0);
        INDArray bias = reordered(flat(params.get("b")).reshape(4L * units, 1), units);
        INDArray bias8 = Nd4j.concat(0, flat(bias), Nd4j.zeros(bias.dataType(), 4L * units));
        List<String> inputs = new ArrayList<>();
        inputs.add(stepsFirst(name, x));
        INDArray input = params.get("W").transpose().dup('c');
        INDArray across = recurrent.transpose().dup('c');
        inputs.add(graph.constant(name + ".W", stacked(reordered(input, units))));
        inputs.add(graph.constant(name + ".R", stacked(reordered(across, units))));
        inputs.add(graph.constant(name + ".B", bias8.reshape(1, bias8.length())));
        if (lstm instanceof GravesLSTM) {
            // DL4J's peepholes are forget, output, input gate; ONNX's input gate, output, forget.
            INDArray peepholes =
                    Nd4j.concat(
                            0,
                            flat(Views.at(across, 4L * units + 2)),
                            flat(Views.at(across, 4L * units + 1)),
                            flat(Views.at(across, 4L * units)));
            inputs.addAll(List.of("", "", ""));
            inputs.add(graph.constant(name + ".P", peepholes.reshape(1, peepholes.length())));
        }
        String cell = named(name, lstm.getActivationFn());
        return sequence(
                name,
                "LSTM",
                inputs,
                x,
                units,
                reverse,
                List.of(named(name, lstm.getGateActivationFn()), cell, cell));
    }

    private static INDArray flat(INDArray array) {
        return array.dup('c').reshape(array.length());
    }

    private static INDArray stacked(INDArray matrix) {
        return matrix.dup('c').reshape('c', 1, matrix.size(0), matrix.size(1));
    }

    /** The rows of four gates in ONNX's order. */
    private static INDArray reordered(INDArray rows, int units) {
        INDArray[] gates = new INDArray[4];
        int[] order = {3, 2, 1, 0};
        for (int g = 0; g < 4; g++) {
            gates[g] =
                    Views.slice(rows, 0, (long) order[g] * units, (order[g] + 1L) * units).dup('c');
        }
        return Nd4j.concat(0, gates);
    }

    private String stepsFirst(String name, Value x) {
        return graph.permuted(name + ".steps", graph.plain(x), 2, 0, 1).tensor();
    }

    private Value sequence(
            String name,
            String operator,
            List<String> inputs,
            Value x,
            long units,
            boolean reverse,
            List<String> activations) {
        List<AttributeProto> attributes = new ArrayList<>();
        attributes.add(attribute("hidden_size", units));
        attributes.add(attribute("direction", reverse ? "reverse" : "forward"));
        attributes.add(OnnxGraph.strings("activations", activations));
        if (activations.contains("HardSigmoid")) {
            throw new WeightsException(
                    "layer \"" + name + "\": gate activation HARDSIGMOID cannot be written");
        }
        String all = graph.node(operator, name + ".all", inputs, attributes); // [T, 1, N, units]
        String one =
                graph.node(
                        "Squeeze",
                        name + ".one",
                        List.of(all, graph.integers(name + ".direction", 1)));
        long[] shape = {x.shape()[2], x.shape()[0], units};
        return graph.permuted(name, new Value(one, shape), 1, 2, 0);
    }

    private static String named(String name, IActivation f) {
        if (f instanceof ActivationTanH) {
            return "Tanh";
        } else if (f instanceof ActivationSigmoid) {
            return "Sigmoid";
        } else if (f instanceof ActivationHardSigmoid) {
            return "HardSigmoid";
        } else if (f.equals(new ActivationReLU())) {
            return "Relu";
        } else if (f instanceof ActivationSoftSign) {
            return "Softsign";
        }
        throw new WeightsException(
                "layer \"%s\": activation function %s of a recurrent layer cannot be written; TANH,"
                        + " SIGMOID, RELU and SOFTSIGN can",
                name, f);
    }
}
