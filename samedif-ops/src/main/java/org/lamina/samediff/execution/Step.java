package org.lamina.samediff.execution;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One step of a {@link CompiledGraph}: reads values and writes others. */
abstract class Step {

    /** Names of the values, null for absent ones. */
    final List<String> inputs;

    final List<String> outputs;

    /** Their slots in the compiled graph, -1 for absent ones. */
    int[] in;

    int[] out;

    Step(List<String> inputs, List<String> outputs) {
        this.inputs = inputs;
        this.outputs = outputs;
    }

    abstract void run(CompiledGraph graph);

    /** Whether the results depend on the shapes of the inputs only. */
    boolean dependsOnShapesOnly() {
        return false;
    }

    /** Whether the first output shares the first input's memory. */
    boolean givesView() {
        return false;
    }

    final INDArray[] inputs(CompiledGraph graph) {
        INDArray[] arrays = new INDArray[in.length];
        for (int i = 0; i < in.length; i++) {
            arrays[i] = in[i] < 0 ? null : graph.value(in[i]);
        }
        return arrays;
    }
}
