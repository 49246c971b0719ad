package org.lamina.zoo.keras;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.Conv1D;
import org.lamina.layers.Conv2D;
import org.lamina.layers.DepthwiseConv2D;
import org.lamina.layers.DepthwiseSeparableConv1D;
import org.lamina.layers.DepthwiseSeparableConv2D;
import org.lamina.layers.Nonlinearity;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;

/** Makes the vertices for a model's layers, one after the other. */
final class LayerReader {

    private final KerasGraph graph;
    private final NetworkAssembly network;
    private final Functions functions;
    private final KerasFile file;
    private final SlidingReader sliding;
    private final boolean channelsLast;
    private final Map<String, Tensor> tensors = new HashMap<>();

    LayerReader(KerasGraph graph, KerasFile file, KerasOptions options, NetworkAssembly network) {
        this.graph = graph;
        this.network = network;
        this.functions = new Functions(options, file.version());
        this.channelsLast =
                graph.layers().stream()
                        .filter(node -> !node.layer().className().equals("Flatten"))
                        .map(node -> node.layer().channelsLast())
                        .filter(last -> last != null)
                        .findFirst()
                        .orElse(true);
        this.file = file;
        this.sliding = new SlidingReader(network);
    }

    /** What the network has of a layer's output. */
    Tensor tensor(String layer) {
        return tensors.get(layer);
    }

    /** The axis of channels where nothing else says so. */
    int channelAxis(int rank) {
        return channelsLast ? rank - 1 : 0;
    }

    void read(KerasGraph.Node node) {
        LayerConfig layer = node.layer();
        Tensor output;
        if (node.isInput()) {
            output = input(node);
        } else {
            List<Tensor> inputs = node.inputs().stream().map(tensors::get).toList();
            output = new MergeReader(network, channelsLast).read(layer, inputs);
            if (output == null) {
                if (inputs.size() != 1) {
                    throw layer.refused("it reads " + inputs.size() + " layers; allowed is one");
                }
                output = single(node, inputs.get(0));
            }
        }
        layer.check();
        tensors.put(layer.name(), output);
    }

    // ---- inputs ---------------------------------------------------------------------------------

    private Tensor input(KerasGraph.Node node) {
        LayerConfig layer = node.layer();
        var given = node.config().path("batch_shape");
        if (!given.isArray()) {
            given = node.config().path("batch_input_shape");
        }
        if (given.size() < 2 || given.size() > 4) {
            throw layer.refused(
                    "the model's input has the shape %s; allowed are a minibatch and one to three"
                            + " axes",
                    given);
        }
        long[] shape = new long[given.size() - 1];
        for (int i = 0; i < shape.length; i++) {
            var size = given.get(i + 1);
            shape[i] = size.isNull() ? -1 : size.asLong();
            if (shape[i] == 0 || shape[i] < -1 || !size.isNull() && !size.canConvertToInt()) {
                throw layer.refused("the model's input has the shape " + given);
            }
        }
        boolean moved =
                graph.layers().stream()
                        .filter(reader -> reader.inputs().contains(layer.name()))
                        .map(reader -> reader.layer().className())
                        .allMatch(List.of("Reshape", "Permute", "Flatten")::contains);
        Tensor tensor = Tensor.of(layer.name(), shape, moved ? 0 : channelAxis(shape.length));
        if (tensor.stored()[0] < 0 || shape.length == 3 && Tensor.length(shape) < 0) {
            throw layer.refused(
                    "the model's input has the shape %s; the number of channels and the size of"
                            + " images must be given",
                    given);
        }
        network.input(layer.name(), Rearrangement.inputType(tensor.stored()));
        return tensor;
    }

    // ---- layers with one input ------------------------------------------------------------------

    private Tensor single(KerasGraph.Node node, Tensor x) {
        LayerConfig layer = node.layer();
        if (Functions.isLayer(layer.className())) {
            return function(layer, x);
        }
        Tensor weightless = weightless(layer, x);
        if (weightless != null) {
            return weightless;
        }
        Tensor slid = sliding.read(layer, x, axis(layer, x));
        if (slid != null) {
            return slid;
        }
        WeightReader weights =
                new WeightReader(network, functions, layer, file.arrays(node.group()));
        Tensor y = new ConvolutionReader(weights).read(x, axis(layer, x));
        y = y == null ? new ChannelReader(weights).read(x, axis(layer, x)) : y;
        if (y == null) {
            throw layer.refused("layers of this class are not supported");
        }
        return softmaxApart(layer, y);
    }

    /** DL4J's layers with space know softmax over channels as output only. */
    private Tensor softmaxApart(LayerConfig layer, Tensor y) {
        BaseLayer own = (BaseLayer) network.vertex(layer.name()).layer;
        if (y.rank() == 1 || !(own.getActivationFn() instanceof ActivationSoftmax)) {
            return y;
        }
        IActivation softmax = own.getActivationFn();
        own.setActivationFn(new ActivationIdentity());
        return function(layer, layer.name() + "-softmax", softmax, y);
    }

    /** Keras's axis of channels, as the layer says. */
    private int axis(LayerConfig layer, Tensor x) {
        Boolean last = layer.channelsLast();
        return (last == null ? channelsLast : last) ? x.rank() - 1 : 0;
    }

    private Tensor weightless(LayerConfig layer, Tensor x) {
        return switch (layer.className()) {
            case "Dropout" -> {
                if (layer.get("noise_shape") != null) {
                    throw layer.refused("noise_shape is not supported");
                }
                double rate = rate(layer);
                yield dropout(layer, x, rate == 0 ? null : new Dropout(1 - rate));
            }
            case "GaussianDropout" -> {
                double rate = rate(layer);
                yield dropout(layer, x, rate == 0 ? null : new GaussianDropout(rate));
            }
            case "GaussianNoise" -> dropout(layer, x, new GaussianNoise(layer.number("stddev", 0)));
            case "SpatialDropout1D", "SpatialDropout2D" -> spatialDropout(layer, x);
            case "Flatten" -> flat(layer, x);
            case "Reshape" -> reshaped(layer, x);
            case "Permute" -> permuted(layer, x);
            case "Rescaling" -> rescaled(layer, x);
            default -> null;
        };
    }

    private static double rate(LayerConfig layer) {
        double rate = layer.number("rate", Double.NaN);
        if (!(rate >= 0 && rate < 1)) {
            throw layer.refused("rate = " + rate + "; must be in [0, 1)");
        }
        return rate;
    }

    private Tensor dropout(LayerConfig layer, Tensor x, IDropout dropout) {
        network.layer(layer.name(), new DropoutLayer.Builder(dropout).build(), null, x.source());
        return x.at(layer.name());
    }

    private Tensor spatialDropout(LayerConfig layer, Tensor x) {
        double rate = rate(layer);
        int axis = axis(layer, x);
        DropoutLayer dropout =
                new DropoutLayer.Builder(rate == 0 ? null : new SpatialDropout(1 - rate)).build();
        network.layer(layer.name(), dropout, WeightReader.toFront(x, axis), x.source());
        return Tensor.of(layer.name(), x.shape(), axis);
    }

    private Tensor rescaled(LayerConfig layer, Tensor x) {
        double scale = layer.number("scale", Double.NaN);
        if (Double.isNaN(scale)) {
            throw layer.refused("there is no scale");
        }
        double offset = layer.number("offset", 0);
        network.other(layer.name(), new ScaleVertex(scale), List.of(x.source()));
        if (offset == 0) {
            return x.at(layer.name());
        }
        String shifted = layer.name() + "-offset";
        network.other(shifted, new ShiftVertex(offset), List.of(layer.name()));
        return x.at(shifted);
    }

    private Tensor flat(LayerConfig layer, Tensor x) {
        boolean first = Boolean.FALSE.equals(layer.channelsLast());
        Tensor y = x;
        if (first && x.rank() > 1) { // Keras moves channels to the end before
            y = plain(layer, x).permuted(rotated(x.rank()));
        }
        return y.reshaped(Tensor.length(y.shape()));
    }

    private static int[] rotated(int rank) {
        return IntStream.range(0, rank).map(axis -> axis == rank - 1 ? 0 : axis + 1).toArray();
    }

    /** Without a change of shape that is still to come. */
    private Tensor plain(LayerConfig layer, Tensor x) {
        if (!x.isReshaped()) {
            return x;
        }
        int axis = channelAxis(x.rank());
        String name = layer.name() + "-shape";
        return Tensor.of(network.shaped(name, x.toFront(axis), x.source()), x.shape(), axis);
    }

    private Tensor reshaped(LayerConfig layer, Tensor x) {
        int[] target = layer.integers("target_shape", -1);
        long length = Tensor.length(x.shape());
        if (target == null || target.length == 0 || target.length > 3 || length < 0) {
            throw layer.refused(
                    "target_shape = %s of %s; allowed are one to three axes and known sizes",
                    Arrays.toString(target), Arrays.toString(x.shape()));
        }
        long[] shape = Arrays.stream(target).asLongStream().toArray();
        long known = Arrays.stream(shape).filter(size -> size != -1).reduce(1, (a, b) -> a * b);
        for (int i = 0; i < shape.length; i++) {
            if (shape[i] == -1 && known > 0) {
                shape[i] = length / known;
                known *= shape[i];
            }
        }
        if (known != length || Arrays.stream(shape).anyMatch(size -> size < 1)) {
            throw layer.refused(
                    "target_shape = %s does not fit %s",
                    Arrays.toString(target), Arrays.toString(x.shape()));
        }
        return x.reshaped(shape);
    }

    private Tensor permuted(LayerConfig layer, Tensor x) {
        int[] dims = layer.integers("dims", -1);
        int[] sorted = dims == null ? new int[0] : dims.clone();
        Arrays.sort(sorted);
        if (!Arrays.equals(sorted, IntStream.rangeClosed(1, x.rank()).toArray())) {
            throw layer.refused(
                    "dims = %s; must be a permutation of 1 to %s", Arrays.toString(dims), x.rank());
        }
        return plain(layer, x).permuted(Arrays.stream(dims).map(dim -> dim - 1).toArray());
    }

    // ---- functions ------------------------------------------------------------------------------

    private Tensor function(LayerConfig layer, Tensor x) {
        return function(layer, layer.name(), functions.layer(layer), x);
    }

    private Tensor function(LayerConfig layer, String name, IActivation function, Tensor x) {
        Tensor from = x;
        boolean softmax = function instanceof ActivationSoftmax;
        if (softmax && x.rank() > 1 && !graph.outputs().contains(layer.name())) {
            throw layer.refused("softmax of " + x.rank() + " axes is supported as output only");
        }
        if (softmax && x.rank() == 1 && x.stored().length > 1) {
            Rearrangement flat = x.toFront(0);
            from = Tensor.of(network.shaped(name + "-shape", flat, x.source()), x.shape(), 0);
        } else if (softmax && x.rank() > 1) {
            from = plain(layer, x);
        }
        NetworkAssembly.Vertex before = network.vertex(from.source());
        boolean merged =
                before != null
                        && takesFunction(before)
                        && (!softmax || x.rank() == 1 && x.stored().length == 1)
                        && readOnce(layer);
        if (merged) {
            ((BaseLayer) before.layer).setActivationFn(function);
            return from;
        }
        if (!(function instanceof ActivationIdentity)) {
            network.layer(
                    name,
                    new Nonlinearity.Builder().activation(function).build(),
                    null,
                    from.source());
            return from.at(name);
        }
        return from;
    }

    /** Whether a vertex is a layer with a function of its own that it does not use yet. */
    private static boolean takesFunction(NetworkAssembly.Vertex vertex) {
        return vertex.layer instanceof BaseLayer base
                && base.getActivationFn() instanceof ActivationIdentity
                && !vertex.params.isEmpty()
                && (base instanceof BatchNorm
                        || base instanceof Conv1D
                        || base instanceof Conv2D
                        || base instanceof DepthwiseConv2D
                        || base instanceof DepthwiseSeparableConv1D
                        || base instanceof DepthwiseSeparableConv2D
                        || base instanceof org.deeplearning4j.nn.conf.layers.DenseLayer);
    }

    /** Whether nothing else reads what a layer reads, up to the vertex that makes it. */
    private boolean readOnce(LayerConfig layer) {
        KerasGraph.Node node = graph.byName().get(layer.name());
        String vertex = tensors.get(node.inputs().get(0)).source();
        while (true) {
            String input = node.inputs().get(0);
            if (graph.uses().get(input) != 1) {
                return false;
            }
            if (input.equals(vertex)) {
                return true;
            }
            node = graph.byName().get(input);
            if (node.inputs().size() != 1) {
                return false;
            }
        }
    }
}
