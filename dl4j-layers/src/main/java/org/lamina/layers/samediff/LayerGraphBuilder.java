package org.lamina.layers.samediff;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.samediff.execution.FusedParts;
import org.lamina.samediff.execution.GraphDefinition;
import org.lamina.spec.ParamSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.array.SingleThreadArrayHolder;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Builds the graph of a layer. Its inputs are the layer's input, its parameters and the {@link
 * org.lamina.layers.base.LayerInputs}.
 */
public final class LayerGraphBuilder {

    /** Name of the layer's input. */
    public static final String INPUT = "input";

    private LayerGraphBuilder() {}

    /**
     * A layer's graph.
     *
     * @param statistics names of the batch's statistics, by parameter
     */
    public record Built(GraphDefinition definition, Map<String, String> statistics) {}

    /**
     * Builds a layer's graph for any minibatch size, with the gradients of its input and
     * parameters.
     *
     * @param params parameters by name, to which the graph refers
     * @param input shape of the input
     * @param training whether it is for training passes
     * @param others the {@link org.lamina.layers.base.LayerInputs} by name
     */
    public static Built build(
            SpecSameDiffLayer<?> layer,
            Map<String, INDArray> params,
            DataType type,
            long[] input,
            boolean training,
            Map<String, INDArray> others) {
        SameDiff sameDiff = SameDiff.create();
        // Views of the network's parameters, so that updates need no copy.
        sameDiff.setArrayHolders(
                new SingleThreadArrayHolder(), new SingleThreadArrayHolder(), false);
        SDVariable x = placeholder(sameDiff, INPUT, type, input);
        List<String> differentiated = new ArrayList<>();
        Map<String, SDVariable> variables = new LinkedHashMap<>();
        for (ParamSpec param : layer.getSpec().params()) {
            String name = param.name();
            if (param.role().trained()) {
                variables.put(name, sameDiff.var(name, type, param.shape()));
                sameDiff.associateArrayWithVariable(params.get(name), variables.get(name));
                differentiated.add(name);
            } else {
                variables.put(name, sameDiff.placeHolder(name, type, param.shape()));
            }
        }
        if (layer.isInputGradient()
                || differentiated.isEmpty()) { // a graph needs at least one gradient
            differentiated.add(0, INPUT);
        }
        Map<String, SDVariable> inputs = new LinkedHashMap<>();
        others.forEach(
                (name, array) ->
                        inputs.put(name, placeholder(sameDiff, name, type, array.shape())));
        GraphPass pass = new GraphPass(training, inputs);
        FusedParts.Recorded<SDVariable> output =
                FusedParts.record(sameDiff, () -> layer.defineLayer(x, variables, pass));
        Map<String, String> statistics = new LinkedHashMap<>();
        pass.statistics().forEach((param, value) -> statistics.put(param, value.name()));
        GraphDefinition definition =
                GraphDefinition.complete(output, input.length, statistics.values(), differentiated);
        return new Built(definition, statistics);
    }

    /** A placeholder with any minibatch size. */
    private static SDVariable placeholder(
            SameDiff sameDiff, String name, DataType type, long[] shape) {
        long[] anyMinibatch = shape.clone();
        anyMinibatch[0] = -1;
        return sameDiff.placeHolder(name, type, anyMinibatch);
    }
}
