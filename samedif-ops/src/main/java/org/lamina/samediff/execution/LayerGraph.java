package org.lamina.samediff.execution;

import java.util.Map;
import java.util.function.Function;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.kernels.FusedFunction;
import org.lamina.kernels.GraphKernel;
import org.lamina.kernels.GraphKernels;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A graph with an output and the gradients of a function of that output. */
public interface LayerGraph {

    /** What runs the graph: compiled, its parts by Lamina's kernels, where that is possible. */
    static LayerGraph of(GraphDefinition definition) {
        return of(definition, GraphKernels::of);
    }

    /**
     * What runs the graph.
     *
     * @param definition the graph
     * @param kernelOf the kernel that runs a part, or null, by what the part computes
     */
    static LayerGraph of(
            GraphDefinition definition, Function<FusedFunction, GraphKernel> kernelOf) {
        try {
            return new CompiledLayerGraph(definition, kernelOf);
        } catch (UnsupportedGraphException e) {
            return inSession(definition);
        }
    }

    /** The graph run by SameDiff's own session. */
    static LayerGraph inSession(GraphDefinition definition) {
        return new SessionLayerGraph(definition);
    }

    /**
     * Forward pass.
     *
     * @param inputs placeholders and variables by name
     * @param keep whether a backward pass with the same inputs follows: what it needs is kept in
     *     the memory of activations
     * @param memory where the output is allocated
     */
    INDArray output(Map<String, INDArray> inputs, boolean keep, LayerWorkspaceMgr memory);

    /**
     * Backward pass.
     *
     * @param inputs those of the forward pass
     * @param outputGradient gradient of the output
     * @param afterOutput whether the last forward pass was one with these inputs
     * @param memory where gradients are allocated that have no array in {@code targets}
     * @param targets arrays that may receive gradients, by the name of the variable
     */
    Gradients gradients(
            Map<String, INDArray> inputs,
            INDArray outputGradient,
            boolean afterOutput,
            LayerWorkspaceMgr memory,
            Map<String, INDArray> targets);

    /** Forgets what the last forward pass kept. */
    void clear();

    /**
     * What a backward pass gives.
     *
     * @param byVariable gradients by the name of the variable; none for one that the output does
     *     not depend on
     * @param extras the values of the definition's {@link GraphDefinition#extras()} by name
     */
    record Gradients(Map<String, INDArray> byVariable, Map<String, INDArray> extras) {}
}
