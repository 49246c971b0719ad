package org.lamina.zoo.onnx;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A SameDiff graph as ONNX: what follows from its variables and constants alone is computed and
 * written as a constant, the other ops become nodes.
 */
final class SameDiffGraph {

    private final SameDiff sameDiff;
    private final OnnxGraph graph = new OnnxGraph();

    /** Ops that the outputs need, each after those that it reads. */
    private final Set<SameDiffOp> ops = new LinkedHashSet<>();

    /** Variables that depend on a placeholder. */
    private final Set<String> dynamic = new HashSet<>();

    /** The others that nodes read. */
    private final Map<String, INDArray> fixed = new HashMap<>();

    /** Tensors by the variables' names. */
    private final Map<String, String> tensors = new HashMap<>();

    private SameDiffGraph(SameDiff sameDiff) {
        this.sameDiff = sameDiff;
    }

    /**
     * The graph that leads from inputs to outputs.
     *
     * @throws WeightsException naming a variable or op that cannot be written
     */
    static OnnxGraph of(SameDiff sameDiff, List<String> inputs, List<String> outputs) {
        SameDiffGraph result = new SameDiffGraph(sameDiff);
        outputs.forEach(result.graph::reserve);
        inputs.forEach(result::input);
        for (String output : outputs) {
            result.variable(output);
            result.require(output);
        }
        result.evaluate(outputs);
        SameDiffOps nodes = new SameDiffOps(result);
        for (SameDiffOp op : result.ops) {
            if (result.isDynamic(op)) {
                List<String> made = nodes.write(op);
                for (int i = 0; i < made.size(); i++) {
                    result.tensors.put(op.getOutputsOfOp().get(i), made.get(i));
                }
            }
        }
        for (String output : outputs) {
            result.graph.publish(output, new Value(result.tensor(output)));
            result.graph.output(output, null);
        }
        return result.graph;
    }

    private SDVariable variable(String name) {
        SDVariable variable = sameDiff.getVariable(name);
        if (variable == null) {
            throw new WeightsException("the graph has no variable \"" + name + "\"");
        }
        return variable;
    }

    private void input(String name) {
        SDVariable variable = variable(name);
        if (variable.getVariableType() != VariableType.PLACEHOLDER
                || !variable.dataType().isFPType()
                || variable.getShape() == null) {
            throw new WeightsException(
                    "input \"%s\": must be a placeholder of floating point numbers with a shape, in"
                            + " which -1 stands for any size",
                    name);
        }
        graph.input(name, Input.dimensions(variable.getShape(), name + "_"));
        tensors.put(name, name);
        dynamic.add(name);
    }

    /** Adds the ops that a variable needs. */
    private void require(String name) {
        Deque<String> open = new ArrayDeque<>(List.of(name));
        Set<String> done = new HashSet<>();
        while (!open.isEmpty()) {
            String next = open.peek();
            SameDiffOp op = source(next);
            if (op == null || ops.contains(op)) {
                checkGiven(next, op);
                open.pop();
            } else if (done.add(next)) {
                op.getInputsToOp().forEach(open::push);
            } else {
                open.pop();
                ops.add(op);
                if (op.getInputsToOp().stream().anyMatch(dynamic::contains)) {
                    dynamic.addAll(op.getOutputsOfOp());
                }
            }
        }
    }

    private SameDiffOp source(String name) {
        Variable variable = sameDiff.getVariables().get(name);
        return variable.getOutputOfOp() == null
                ? null
                : sameDiff.getOps().get(variable.getOutputOfOp());
    }

    private void checkGiven(String name, SameDiffOp op) {
        boolean placeholder = variable(name).getVariableType() == VariableType.PLACEHOLDER;
        if (op == null && placeholder && !dynamic.contains(name)) {
            throw new WeightsException(
                    "the outputs need the placeholder \"" + name + "\", which is no input");
        }
    }

    private boolean isDynamic(SameDiffOp op) {
        return op.getOutputsOfOp().stream().anyMatch(dynamic::contains);
    }

    private void evaluate(Collection<String> outputs) {
        Set<String> read = new LinkedHashSet<>(outputs);
        ops.stream().filter(this::isDynamic).forEach(op -> read.addAll(op.getInputsToOp()));
        read.removeAll(dynamic);
        Set<String> computed = new LinkedHashSet<>(read);
        computed.removeIf(name -> source(name) == null);
        if (!computed.isEmpty()) {
            fixed.putAll(sameDiff.output(Map.of(), computed.toArray(String[]::new)));
        }
        read.removeAll(computed);
        read.forEach(name -> fixed.put(name, variable(name).getArr()));
    }

    // ---- for the ops ----------------------------------------------------------------------------

    OnnxGraph graph() {
        return graph;
    }

    /** The variable's value where no placeholder changes it, else null. */
    INDArray fixed(String name) {
        return fixed.get(name);
    }

    boolean isWhole(String name) {
        return variable(name).dataType().isIntType();
    }

    SDVariable of(String name) {
        return variable(name);
    }

    /** The tensor that holds a variable; integers are all of 64 bits. */
    String tensor(String name) {
        return tensors.computeIfAbsent(
                name,
                key -> {
                    INDArray value = fixed.get(name);
                    if (value.dataType().isFPType()) {
                        return graph.constant(name, value);
                    } else if (value.dataType().isIntType()) {
                        long[] numbers = value.dup('c').data().asLong();
                        return graph.integers(name, numbers, value.shape());
                    }
                    throw new WeightsException(
                            "variable \"%s\": constants of type %s cannot be written",
                            name, value.dataType());
                });
    }

    /** A value's tensor with its axes in another order, in place if it is constant. */
    String permuted(String wanted, String name, int... order) {
        INDArray value = fixed.get(name);
        if (value != null) {
            return graph.constant(wanted, value.permute(order));
        }
        return graph.node(
                "Transpose", wanted, List.of(tensor(name)), OnnxGraph.attribute("perm", order));
    }

    static long[] longs(int... values) {
        return Arrays.stream(values).asLongStream().toArray();
    }

    static long[] repeated(long value, int times) {
        return LongStream.generate(() -> value).limit(times).toArray();
    }
}
