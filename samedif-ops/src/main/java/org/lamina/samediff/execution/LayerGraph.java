package org.lamina.samediff.execution;

import java.util.Map;
import java.util.function.Function;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.kernels.FusedFunction;
import org.lamina.kernels.GraphKernel;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A graph with an output and the gradients of a function of that output. */
public interface LayerGraph {

    /**
     * An executor for the graph: compiled, with its parts run by Lamina's kernels where possible.
     */
    static LayerGraph of(GraphDefinition definition) {
        return of(definition, FusedFunction::kernel);
    }

    /**
     * An executor for the graph.
     *
     * @param definition the graph
     * @param kernelOf gives the kernel for a part's function, or null
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
     *     the activations workspace
     * @param memory where the output is allocated
     */
    INDArray output(Map<String, INDArray> inputs, boolean keep, LayerWorkspaceMgr memory);

    /**
     * Backward pass.
     *
     * @param inputs as in the forward pass
     * @param outputGradient gradient of the output
     * @param afterOutput whether the last forward pass used these inputs
     * @param memory where gradients without an array in {@code targets} are allocated
     * @param targets arrays that may receive gradients, by the name of the variable
     */
    Gradients gradients(
            Map<String, INDArray> inputs,
            INDArray outputGradient,
            boolean afterOutput,
            LayerWorkspaceMgr memory,
            Map<String, INDArray> targets);

    /** Discards what the last forward pass kept. */
    void clear();

    /**
     * The results of a backward pass.
     *
     * @param byVariable gradients by the name of the variable; absent if the output does not depend
     *     on it
     * @param extras the values of the definition's {@link GraphDefinition#extras()} by name
     */
    record Gradients(Map<String, INDArray> byVariable, Map<String, INDArray> extras) {}
}
