package org.lamina.samediff.execution;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;

/**
 * A complete graph with its gradients.
 *
 * @param sameDiff the graph, with the function "grad"
 * @param parts parts that kernels may run
 * @param output name of the output
 * @param extras names of further values that a training pass returns
 * @param differentiated names of the variables whose gradients are requested
 */
public record GraphDefinition(
        SameDiff sameDiff,
        FusedParts parts,
        String output,
        List<String> extras,
        List<String> differentiated) {

    /** Name of the output's gradient in the graph. */
    static final String OUTPUT_GRADIENT = "epsilon";

    /** Name of SameDiff's gradient function. */
    static final String GRADIENT_FUNCTION = "grad";

    /**
     * Completes a graph. The gradient of the output enters through a loss {@code sum(output *
     * gradient)}: with ExternalErrorsFunction of DL4J 1.0.0-M2.1, gradients are twice as large as
     * they should be.
     *
     * @param graph the graph's output and its parts
     * @param rank number of the output's dimensions
     * @param extras names of further values that a training pass returns
     * @param differentiated names of the variables whose gradients are requested
     */
    public static GraphDefinition complete(
            FusedParts.Recorded<SDVariable> graph,
            int rank,
            Collection<String> extras,
            Collection<String> differentiated) {
        SDVariable output = graph.result();
        SameDiff sameDiff = output.getSameDiff();
        long[] any = new long[rank];
        Arrays.fill(any, -1);
        SDVariable gradient = sameDiff.placeHolder(OUTPUT_GRADIENT, output.dataType(), any);
        output.mul(gradient).sum().markAsLoss();
        QuietGradients.create(sameDiff, differentiated.toArray(String[]::new));
        return new GraphDefinition(
                sameDiff,
                graph.parts(),
                output.name(),
                List.copyOf(extras),
                List.copyOf(differentiated));
    }

    /** Whether a variable is an input of the layer, whose gradient leaves the layer. */
    boolean isInput(String variable) {
        return sameDiff.getVariable(variable).getVariableType() == VariableType.PLACEHOLDER;
    }

    SameDiff gradientGraph() {
        return sameDiff.getFunction(GRADIENT_FUNCTION);
    }
}
