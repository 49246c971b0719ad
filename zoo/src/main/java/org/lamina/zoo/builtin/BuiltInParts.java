package org.lamina.zoo.builtin;

import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.PaddingMode;
import org.lamina.zoo.network.Folding;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Adds the parts that layers consist of to a {@link BuiltInGraph}. The methods take the names of
 * the vertex to define and of its input.
 */
final class BuiltInParts {

    private final BuiltInGraph graph;

    BuiltInParts(BuiltInGraph graph) {
        this.graph = graph;
    }

    /**
     * A convolution and an activation function.
     *
     * @param bias null for none
     */
    void conv(
            String name,
            String input,
            INDArray weight,
            INDArray bias,
            ConvGeometry geometry,
            IActivation function) {
        if (geometry.rank() != 2 || geometry.paddingMode() != PaddingMode.ZEROS) {
            throw new WeightsException(
                    "%s: %s; only 2 dimensions and padding with zeros can be folded",
                    name, geometry);
        }
        affine(new AffineNode(name, at(input), weight, bias, geometry, null), input);
        activate(name, name, function);
    }

    /**
     * A dense layer and an activation function.
     *
     * @param weight {@code [in, out]}
     * @param bias null for none
     * @param output the output layer, if this is one, or null
     */
    void dense(
            String name,
            String input,
            INDArray weight,
            INDArray bias,
            IActivation function,
            BaseOutputLayer output) {
        AffineNode node = new AffineNode(name, at(input), weight.transpose(), bias, null, output);
        affine(node, input);
        if (output == null) {
            activate(name, name, function);
        } else {
            activateFolded(name, node, BuiltInActivation.of(function, name));
        }
    }

    private String at(String input) {
        return graph.place(input).vertex();
    }

    private void affine(AffineNode node, String input) {
        node.scaleInput(graph.place(input).factor());
        graph.add(node);
        graph.place(node.name(), node.name(), 1);
    }

    /**
     * Batch normalization and an activation function, folded into the preceding layer if possible.
     */
    void normalize(
            String name,
            String input,
            BatchNormSpec spec,
            Map<String, INDArray> params,
            IActivation function) {
        AffineNode before = input.equals(name) ? graph.foldableAs(name) : graph.foldable(input);
        if (before != null) {
            Folding.Linear linear = Folding.batchNorm(params, spec.eps());
            before.scaleOutput(linear.scale(), linear.shift());
            activateFolded(name, before, BuiltInActivation.of(function, name));
            return;
        }
        BatchNormalization layer =
                new BatchNormalization.Builder()
                        .eps(spec.eps())
                        .nIn(spec.inChannels())
                        .nOut(spec.inChannels())
                        .useLogStd(false)
                        .build();
        layer(name, layer, divisible(params, spec.eps()), graph.materialized(input));
        graph.place(name, name, 1);
        activate(name, name, function);
    }

    /**
     * The parameters with gamma 0 and variance 1 where variance and eps are 0, so that the output
     * is beta.
     */
    private static Map<String, INDArray> divisible(Map<String, INDArray> params, double eps) {
        INDArray gamma = params.get(BatchNormSpec.GAMMA).dup();
        INDArray variance = params.get(BatchNormSpec.VARIANCE).dup();
        for (long c = 0; c < gamma.length(); c++) {
            if (variance.getDouble(c) + eps == 0) {
                gamma.putScalar(c, 0);
                variance.putScalar(c, 1);
            }
        }
        Map<String, INDArray> result = new HashMap<>(params);
        result.put(BatchNormSpec.GAMMA, gamma);
        result.put(BatchNormSpec.VARIANCE, variance);
        return result;
    }

    private void activateFolded(String name, AffineNode node, BuiltInActivation plain) {
        node.activation(plain.function());
        graph.place(name, node.name(), plain.factor());
    }

    /**
     * An activation function of another vertex's value, or of this vertex's value so far. It is
     * applied to a copy, since DL4J's layer overwrites its input.
     */
    void activate(String name, String input, IActivation function) {
        BuiltInActivation plain = BuiltInActivation.of(function, name);
        AffineNode before = input.equals(name) ? graph.foldableAs(name) : graph.foldable(input);
        if (plain.identity()) {
            graph.same(name, input, plain.factor());
        } else if (before != null) {
            activateFolded(name, before, plain);
        } else {
            String copy = graph.copied(input);
            String vertex = input.equals(name) ? name + "-activation" : name;
            layer(vertex, new ActivationLayer(plain.function()), Map.of(), copy);
            graph.place(name, vertex, plain.factor());
        }
    }

    /** An average or maximum, which a factor above 0 may follow. */
    void pool(String name, String input, Layer layer) {
        BuiltInGraph.Place from = graph.place(input);
        boolean after = from.factor() > 0;
        layer(name, layer, Map.of(), after ? from.vertex() : graph.materialized(input));
        graph.place(name, name, after ? from.factor() : 1);
    }

    /** A layer, unchanged. */
    void layer(String vertex, Layer layer, Map<String, INDArray> params, String input) {
        NeuralNetConfiguration conf = new NeuralNetConfiguration.Builder().layer(layer).build();
        graph.add(vertex, new LayerVertex(conf, null), params, input);
    }
}
