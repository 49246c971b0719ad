package org.lamina.zoo.onnx;

import static org.lamina.zoo.onnx.OnnxGraph.attribute;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.layers.base.LocalConvVertex;
import org.lamina.layers.wrapper.StandardizedWeights;
import org.lamina.spec.FWSSpec;
import org.lamina.zoo.network.Folding;
import org.lamina.zoo.network.NetworkGraph;
import org.lamina.zoo.network.Networks;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Nodes for the vertices of a network, one after the other. */
final class Vertices {

    private final OnnxGraph graph;
    private final LaminaLayers lamina;
    private final Dl4jLayers dl4j;
    private final Shaping shaping;

    Vertices(OnnxGraph graph, String input, OnnxOptions options) {
        this.graph = graph;
        TimeMasks masks = new TimeMasks(graph);
        this.lamina = new LaminaLayers(graph, options, masks);
        this.dl4j = new Dl4jLayers(graph, lamina, masks);
        this.shaping = new Shaping(graph, input);
    }

    /**
     * The value of a vertex.
     *
     * @param inputs the values that it reads
     * @throws WeightsException naming a vertex that cannot be written
     */
    Value vertex(NetworkGraph.Vertex vertex, List<Value> inputs) {
        return vertex(vertex.name(), vertex.conf(), vertex.params(), inputs);
    }

    private Value vertex(
            String name, GraphVertex conf, Map<String, INDArray> params, List<Value> inputs) {
        Value x = inputs.get(0);
        Value y = null;
        if (conf instanceof LayerVertex vertex) {
            Value shaped =
                    vertex.getPreProcessor() == null
                            ? x
                            : shaped(name, vertex.getPreProcessor(), x);
            y = layer(name, vertex.getLayerConf().getLayer(), params, shaped);
        } else if (conf instanceof FrozenVertex frozen) {
            return vertex(name, frozen.getUnderlying(), params, inputs);
        } else if (conf instanceof PreprocessorVertex vertex) {
            y = shaped(name, vertex.getPreProcessor(), x);
        } else if (conf instanceof ScaleVertex scale) {
            y = x.times(scale.getScaleFactor());
        } else if (conf instanceof ShiftVertex shift) {
            y = graph.with("Add", name, x, shift.getShiftFactor());
        } else if (conf instanceof ElementWiseVertex elements) {
            y = elementwise(name, elements.getOp(), inputs);
        } else if (conf instanceof MergeVertex) {
            y = merged(name, inputs);
        } else if (conf instanceof SubsetVertex subset) {
            long[] shape = x.shape().clone();
            shape[1] = subset.getTo() - subset.getFrom() + 1L;
            String part = Layout.sliced(graph, name, x, 1, subset.getFrom(), subset.getTo() + 1L);
            y = new Value(part, shape, x.factor(), x.mask());
        } else if (conf instanceof LastTimeStepVertex && x.mask() == null) {
            y = lastStep(name, x);
        } else if (conf instanceof LocalConvVertex local) {
            y = localConv(name, local, inputs);
        }
        if (y == null) {
            Object what =
                    conf instanceof LayerVertex vertex ? vertex.getLayerConf().getLayer() : conf;
            throw new WeightsException(
                    "%s \"%s\" cannot be written as ONNX%s",
                    what.getClass().getSimpleName(), name, x.mask() == null ? "" : " with a mask");
        }
        return y;
    }

    private Value layer(String name, Layer given, Map<String, INDArray> params, Value x) {
        Layer layer = Networks.thawed(given);
        if (layer instanceof LastTimeStep last && x.mask() == null) {
            Value all = layer(name + ".all", last.getUnderlying(), params, x);
            return all == null ? null : lastStep(name, all);
        } else if (layer instanceof MaskZeroLayer) {
            return null;
        } else if (layer instanceof StandardizedWeights wrapper) {
            return layer(name, wrapper.getUnderlying(), used(wrapper, params), x);
        } else if (layer instanceof AbstractSpecLayer<?> own) {
            return lamina.layer(name, own.getSpec(), params, own.getActivationFn(), x);
        }
        return dl4j.layer(name, layer, params, x);
    }

    /** The parameters that a layer with standardized weights has in evaluation. */
    private static Map<String, INDArray> used(
            StandardizedWeights wrapper, Map<String, INDArray> params) {
        FWSSpec spec = wrapper.getSpec();
        if (spec.constEval()) {
            return params;
        }
        Map<String, INDArray> used = new HashMap<>(params);
        INDArray weight = params.get("W").dup('c');
        INDArray gain = params.get(FWSSpec.GAIN);
        INDArray rows = wrapper.units().rows(weight).dup('c');
        wrapper.units()
                .assign(
                        Folding.standardized(rows, gain, spec.standardization(), rows.size(0))
                                .castTo(weight.dataType()),
                        weight);
        used.put("W", weight);
        return used;
    }

    private Value lastStep(String name, Value x) {
        String step =
                graph.node(
                        "Gather",
                        name,
                        List.of(x.tensor(), graph.integers(name + ".step", new long[] {-1})),
                        attribute("axis", 2L));
        String axes = graph.integers(name + ".axis", 2);
        return new Value(
                graph.node("Squeeze", name + ".last", List.of(step, axes)),
                new long[] {x.shape()[0], x.channels()},
                x.factor());
    }

    private Value elementwise(String name, ElementWiseVertex.Op op, List<Value> inputs) {
        return switch (op) {
            case Add -> folded("Add", name, inputs);
            case Product -> folded("Mul", name, inputs);
            case Subtract -> folded("Sub", name, inputs);
            case Max -> folded("Max", name, inputs);
            case Average -> folded("Add", name, inputs).times(1.0 / inputs.size());
        };
    }

    private Value folded(String operator, String name, List<Value> inputs) {
        Value result = inputs.get(0);
        for (int i = 1; i < inputs.size(); i++) {
            String part = i == inputs.size() - 1 ? name : name + ".part" + i;
            Value other = inputs.get(i);
            // An image times a gate of one element per channel has the image's shape.
            long[] shape = widest(result.shape(), other.shape());
            String mask = commonMask(name, List.of(result, other));
            result = new Value(graph.zip(operator, part, result, other).tensor(), shape);
            result = result.masked(mask);
        }
        return result;
    }

    private static long[] widest(long[] a, long[] b) {
        long[] shape = a.clone();
        for (int d = 0; d < Math.min(a.length, b.length); d++) {
            shape[d] = a[d] == 1 ? b[d] : a[d];
        }
        return shape;
    }

    private Value merged(String name, List<Value> inputs) {
        if (inputs.size() == 1) {
            return inputs.get(0);
        }
        List<String> parts = inputs.stream().map(x -> graph.plain(x).tensor()).toList();
        long[] shape = inputs.get(0).shape().clone();
        shape[1] = inputs.stream().mapToLong(Value::channels).sum();
        return new Value(graph.node("Concat", name, parts, attribute("axis", 1L)), shape)
                .masked(commonMask(name, inputs));
    }

    /** DL4J lets a position count where it does in one of them. */
    private String commonMask(String name, List<Value> inputs) {
        List<String> masks = inputs.stream().map(Value::mask).distinct().toList();
        if (masks.contains(null)) {
            return null;
        }
        return masks.size() == 1 ? masks.get(0) : graph.node("Max", name + ".mask", masks);
    }

    private Value shaped(String name, InputPreProcessor preprocessor, Value x) {
        if (x.mask() != null) {
            throw TimeMasks.refused(name, preprocessor.getClass().getSimpleName());
        }
        return shaping.apply(name, preprocessor, x);
    }

    private Value localConv(String name, LocalConvVertex vertex, List<Value> inputs) {
        List<String> tensors = inputs.stream().map(x -> graph.plain(x).tensor()).toList();
        var spec = vertex.getSpec();
        long taps = spec.taps();
        long positions = spec.positions();
        long[] filters = {-1, spec.outChannels(), taps, positions};
        String weight = graph.reshaped(name + ".filters", inputs.get(1), filters, filters).tensor();
        String bias = null;
        if (tensors.size() > 2) {
            long[] shape = {-1, spec.outChannels(), positions};
            bias = graph.reshaped(name + ".biases", inputs.get(2), shape, shape).tensor();
        }
        return lamina.localConv(name, inputs.get(0), spec, weight, "nrp,norp->nop", bias);
    }
}
