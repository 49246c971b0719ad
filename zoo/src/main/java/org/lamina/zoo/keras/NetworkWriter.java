package org.lamina.zoo.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.layers.TemporalSpatialFusion;
import org.lamina.zoo.network.NetworkGraph;
import org.lamina.zoo.network.Networks;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.api.buffer.DataType;

/** Writes a network's vertices as layers of Keras, with channels last. */
final class NetworkWriter {

    private final KerasModel model;
    private final LayerWriter layers;
    private final Map<String, InputType> types = new HashMap<>();

    /** The layers of Keras for vertices and inputs. */
    private final Map<String, String> names = new HashMap<>();

    private NetworkWriter(KerasModel model) {
        this.model = model;
        this.layers = new LayerWriter(model);
    }

    /**
     * The model.
     *
     * @param inputs types of the network's inputs
     * @throws WeightsException naming a layer that cannot be written
     */
    static KerasModel model(Model network, InputType... inputs) {
        NetworkGraph graph = NetworkGraph.of(split(network));
        if (inputs.length != graph.inputs().size()) {
            throw new WeightsException(
                    "%s input types given; the network has the inputs %s",
                    inputs.length, graph.inputs());
        }
        KerasModel model =
                new KerasModel(graph.dataType() == DataType.DOUBLE ? "float64" : "float32");
        NetworkWriter writer = new NetworkWriter(model);
        for (int i = 0; i < inputs.length; i++) {
            String name = graph.inputs().get(i);
            writer.types.put(name, channelsFirst(name, inputs[i]));
            writer.names.put(name, name);
            model.input(name, shape(name, inputs[i]));
            if (writer.isMovedFirst(graph, name)) {
                writer.names.put(name, writer.layers.asIs(name + "-channels-last", name));
            }
        }
        graph.vertices().forEach(writer::vertex);
        graph.outputs().forEach(output -> model.output(writer.names.get(output)));
        return model;
    }

    /** Whether all that reads an input shapes it first, so that its channels are no channels. */
    private boolean isMovedFirst(NetworkGraph graph, String input) {
        return graph.vertices().stream()
                .filter(vertex -> vertex.inputs().contains(input))
                .allMatch(
                        vertex ->
                                vertex.conf() instanceof PreprocessorVertex
                                        || vertex.conf() instanceof LayerVertex layer
                                                && shaping(layer, types.get(input)) != null);
    }

    /** Temporal and spatial filters that are one layer are three in Keras. */
    private static Model split(Model network) {
        if (network instanceof MultiLayerNetwork layers) {
            MultiLayerNetwork split =
                    new MultiLayerNetwork(
                            TemporalSpatialFusion.split(layers.getLayerWiseConfigurations()));
            split.init(layers.params().dup(), false);
            return split;
        } else if (network instanceof ComputationGraph graph) {
            ComputationGraph split =
                    new ComputationGraph(TemporalSpatialFusion.split(graph.getConfiguration()));
            split.init(graph.params().dup(), false);
            return split;
        }
        return network;
    }

    private static InputType channelsFirst(String name, InputType type) {
        boolean allowed =
                type instanceof InputType.InputTypeFeedForward
                        || type instanceof InputType.InputTypeRecurrent
                        || type instanceof InputType.InputTypeConvolutional images
                                && images.getFormat() == CNN2DFormat.NCHW;
        if (!allowed) {
            throw new WeightsException(
                    "input \"%s\" of type %s cannot be written for Keras; allowed are feed-forward,"
                            + " recurrent and convolutional with channels first",
                    name, type);
        }
        return type;
    }

    /** Keras's shape of a type, channels last. */
    private static long[] shape(String name, InputType type) {
        if (type instanceof InputType.InputTypeFeedForward flat) {
            return new long[] {flat.getSize()};
        } else if (type instanceof InputType.InputTypeRecurrent series) {
            long length = series.getTimeSeriesLength();
            return new long[] {length > 0 ? length : -1, series.getSize()};
        } else if (type instanceof InputType.InputTypeConvolutional images) {
            return new long[] {images.getHeight(), images.getWidth(), images.getChannels()};
        }
        throw new WeightsException(
                "layer \"" + name + "\": " + type + " cannot be written for Keras");
    }

    private void vertex(NetworkGraph.Vertex vertex) {
        String name = vertex.name();
        GraphVertex conf = vertex.conf();
        List<String> inputs = vertex.inputs().stream().map(names::get).toList();
        InputType type = output(vertex);
        String written;
        if (conf instanceof LayerVertex layer) {
            Layer own = Networks.thawed(layer.getLayerConf().getLayer());
            InputType from = types.get(vertex.inputs().get(0));
            written =
                    layers.write(
                            name,
                            own,
                            vertex.params(),
                            new Shaped(inputs.get(0), shaping(layer, from), from),
                            shape(name, type));
        } else if (conf instanceof PreprocessorVertex other) {
            InputType from = types.get(vertex.inputs().get(0));
            written =
                    layers.shaped(
                            name, new Shaped(inputs.get(0), other.getPreProcessor(), from), false);
        } else {
            written =
                    model.add(
                            className(name, conf),
                            name,
                            arguments(conf),
                            inputs,
                            shape(name, type));
        }
        names.put(name, written);
        types.put(name, type);
    }

    /** A layer's input with what brings it into shape, which may be null. */
    record Shaped(String layer, InputPreProcessor shaping, InputType type) {

        long[] stored() {
            if (type instanceof InputType.InputTypeConvolutional images) {
                return new long[] {images.getChannels(), images.getHeight(), images.getWidth()};
            }
            long[] last = NetworkWriter.shape(layer, type);
            return last.length == 1 ? last : new long[] {last[1], last[0]};
        }

        /** Whether images are flattened in the network's order. */
        boolean flattens() {
            return shaping instanceof CnnToFeedForwardPreProcessor cnn
                    && cnn.getFormat() == CNN2DFormat.NCHW;
        }
    }

    private InputType output(NetworkGraph.Vertex vertex) {
        List<InputType> from = new ArrayList<>();
        vertex.inputs().forEach(input -> from.add(types.get(input)));
        GraphVertex conf = vertex.conf().clone();
        if (conf instanceof LayerVertex layer) {
            layer.setPreProcessor(shaping(layer, from.get(0)));
            if (Networks.thawed(layer.getLayerConf().getLayer()) instanceof GlobalPoolingLayer pool
                    && pool.isCollapseDimensions()
                    && layer.getPreProcessor() == null
                    && from.get(0) instanceof InputType.InputTypeRecurrent series) {
                return InputType.feedForward(series.getSize()); // DL4J says it is a series still
            }
        }
        try {
            return conf.getOutputType(0, from.toArray(InputType[]::new));
        } catch (RuntimeException e) {
            throw new WeightsException(
                    "layer \"%s\" does not fit the input types given: %s",
                    vertex.name(), e.getMessage(), e);
        }
    }

    /** What shapes a layer's input, but for what DL4J puts behind pooling and passes vectors on. */
    private static InputPreProcessor shaping(LayerVertex layer, InputType from) {
        InputPreProcessor shaping = layer.getPreProcessor();
        return shaping instanceof RnnToFeedForwardPreProcessor
                        && from instanceof InputType.InputTypeFeedForward
                ? null
                : shaping;
    }

    private static String className(String name, GraphVertex conf) {
        if (conf instanceof MergeVertex) {
            return "Concatenate";
        } else if (conf instanceof ElementWiseVertex elements) {
            return switch (elements.getOp()) {
                case Add -> "Add";
                case Subtract -> "Subtract";
                case Product -> "Multiply";
                case Average -> "Average";
                case Max -> "Maximum";
            };
        }
        if (conf instanceof ScaleVertex || conf instanceof ShiftVertex) {
            return "Rescaling";
        }
        throw LayerWriter.unknown(name, conf);
    }

    private static ObjectNode arguments(GraphVertex conf) {
        ObjectNode arguments = KerasModel.JSON.objectNode();
        if (conf instanceof ScaleVertex scale) {
            arguments.put("scale", scale.getScaleFactor());
        } else if (conf instanceof ShiftVertex shift) {
            arguments.put("scale", 1.0).put("offset", shift.getShiftFactor());
        }
        return conf instanceof MergeVertex ? arguments.put("axis", -1) : arguments;
    }
}
