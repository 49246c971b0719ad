package org.lamina.samediff.execution;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lamina.arrays.LayerArrays;
import org.lamina.kernels.FusedFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A SameDiff graph that runs as the SameDiff layers do: in an order of steps that is found once,
 * with this project's kernels for its graph functions, in memory that is used again. Outputs and
 * training are those of the graph itself, which keeps the parameters, the training configuration
 * and the updaters' state: {@code save}, {@code evaluate} and all else work on it as before.
 *
 * <pre>{@code
 * SameDiff graph = SameDiff.create();
 * CompiledSameDiff compiled = CompiledSameDiff.of(graph, () -> {
 *     SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 16);
 *     SDVariable w = graph.var("w", DataType.FLOAT, 16, 2);
 *     ActivationOps.swish(x.mmul(w), 1).rename("y");
 * });
 * INDArray y = compiled.output(Map.of("x", Nd4j.ones(DataType.FLOAT, 3, 16)), "y").get("y");
 * }</pre>
 *
 * <p>The graph is to be complete before the first output or step. What such steps cannot run
 * (control flow, random numbers, outputs whose shapes depend on values) SameDiff's own session
 * runs, with the same results. For several threads, one runs after the other.
 */
public final class CompiledSameDiff {

    private static final WorkspaceConfiguration SCRATCH =
            WorkspaceConfiguration.builder()
                    .initialSize(0)
                    .overallocationLimit(0.1)
                    .policyLearning(LearningPolicy.FIRST_LOOP)
                    .policyAllocation(AllocationPolicy.OVERALLOCATE)
                    .policyReset(ResetPolicy.BLOCK_LEFT)
                    .policySpill(SpillPolicy.REALLOCATE)
                    .build();

    private static final String WORKSPACE = "COMPILED_SAMEDIFF";

    private final SameDiff graph;
    private final FusedParts parts;

    /** Compiled graphs by the names of what they are given and what they give. */
    private final Map<List<List<String>>, CompiledGraph> outputs = new HashMap<>();

    private SameDiffTraining training;

    private CompiledSameDiff(SameDiff graph, FusedParts parts) {
        this.graph = graph;
        this.parts = parts;
    }

    /**
     * A graph to run so.
     *
     * @param graph the graph; it may have variables already
     * @param definition adds to the graph what kernels are to run
     */
    public static CompiledSameDiff of(SameDiff graph, Runnable definition) {
        return new CompiledSameDiff(graph, FusedParts.recordTrained(graph, definition));
    }

    /** The graph itself. */
    public SameDiff graph() {
        return graph;
    }

    /**
     * Values of variables.
     *
     * @param placeholders values of the placeholders by name; those that the outputs do not depend
     *     on may be missing
     * @param names of the variables
     * @throws IllegalArgumentException naming the placeholder or variable that is wrong or missing
     */
    public synchronized Map<String, INDArray> output(
            Map<String, INDArray> placeholders, String... names) {
        Map<String, INDArray> inputs = inputs(placeholders);
        for (String name : names) {
            if (!graph.hasVariable(name)) {
                throw new IllegalArgumentException("the graph has no variable '" + name + "'");
            }
        }
        List<List<String>> key = List.of(List.copyOf(inputs.keySet()), List.of(names));
        try {
            CompiledGraph compiled = outputs.get(key);
            if (compiled == null) {
                GraphSteps steps = new GraphSteps(graph, parts, FusedFunction::kernel);
                compiled = new CompiledGraph(steps, key.get(0), key.get(1));
                outputs.put(key, compiled);
            }
            try (MemoryWorkspace scratch = scratch()) {
                return compiled.run(inputs, CompiledSameDiff::outsideWorkspaces);
            }
        } catch (UnsupportedGraphException e) {
            return graph.output(inputs, names);
        }
    }

    private static INDArray outsideWorkspaces(
            String name, DataType type, long[] shape, boolean anyOrder) {
        try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            return Nd4j.createUninitialized(type, shape, 'c');
        }
    }

    /**
     * Trains on one minibatch, by the graph's training configuration: gradients, regularization,
     * update. The graph's listeners are not told.
     *
     * @param placeholders values of the placeholders that the loss depends on, by name
     * @return the loss before the update, without regularization
     * @throws IllegalStateException if the graph has no training configuration or no loss
     */
    public synchronized double step(Map<String, INDArray> placeholders) {
        Map<String, INDArray> inputs = inputs(placeholders);
        if (training == null) {
            training = new SameDiffTraining(graph, parts);
        }
        try (MemoryWorkspace scratch = scratch()) {
            return training.step(inputs);
        }
    }

    private static MemoryWorkspace scratch() {
        return Nd4j.getWorkspaceManager().getAndActivateWorkspace(SCRATCH, WORKSPACE);
    }

    /** The values as the graph takes them. */
    private Map<String, INDArray> inputs(Map<String, INDArray> placeholders) {
        Map<String, INDArray> inputs = new TreeMap<>();
        placeholders.forEach((name, value) -> inputs.put(name, input(name, value)));
        return inputs;
    }

    private INDArray input(String name, INDArray value) {
        SDVariable variable = graph.hasVariable(name) ? graph.getVariable(name) : null;
        if (variable == null || variable.getVariableType() != VariableType.PLACEHOLDER) {
            throw new IllegalArgumentException(
                    "the graph has no placeholder '" + name + "'; it has " + graph.inputs());
        }
        long[] shape = variable.placeholderShape();
        if (shape != null && !Shape.shapeMatchesPlaceholder(shape, value.shape())) {
            throw new IllegalArgumentException(
                    String.format(
                            "placeholder '%s': an array of shape %s; it takes %s",
                            name, Arrays.toString(value.shape()), Arrays.toString(shape)));
        }
        return LayerArrays.contiguous(value.castTo(variable.dataType()));
    }
}
