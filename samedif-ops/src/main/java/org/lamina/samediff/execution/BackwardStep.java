package org.lamina.samediff.execution;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lamina.kernels.GraphKernel;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A kernel's backward pass. */
final class BackwardStep extends Step {

    private final GraphKernel kernel;
    private final int arguments;

    /**
     * A step.
     *
     * @param inputs the kernel's inputs
     * @param kept values kept by its forward pass
     * @param gradient gradient of its output
     * @param gradients gradients of its inputs, null where there is none
     */
    BackwardStep(
            GraphKernel kernel,
            List<String> inputs,
            List<String> kept,
            String gradient,
            List<String> gradients) {
        super(concat(inputs, kept, gradient), gradients);
        this.kernel = kernel;
        this.arguments = inputs.size();
    }

    private static List<String> concat(List<String> inputs, List<String> kept, String gradient) {
        List<String> all = new ArrayList<>(inputs);
        all.addAll(kept);
        all.add(gradient);
        return all;
    }

    @Override
    void run(CompiledGraph graph) {
        INDArray[] all = inputs(graph);
        INDArray[] gradients = new INDArray[out.length];
        for (int i = 0; i < out.length; i++) {
            if (graph.isUsed(out[i])) {
                gradients[i] =
                        graph.allocate(
                                out[i], all[i].dataType(), all[i].shape(), kernel.writesAnyOrder());
            }
        }
        kernel.backward(
                Arrays.copyOf(all, arguments),
                Arrays.copyOfRange(all, arguments, all.length - 1),
                all[all.length - 1],
                gradients);
    }
}
