package org.lamina.samediff.execution;

import java.util.List;
import org.lamina.kernels.GraphKernel;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A kernel's forward pass. */
final class ForwardStep extends Step {

    private final GraphKernel kernel;

    ForwardStep(GraphKernel kernel, List<String> inputs, List<String> outputs) {
        super(inputs, outputs);
        this.kernel = kernel;
    }

    @Override
    void run(CompiledGraph graph) {
        INDArray[] arguments = inputs(graph);
        long[][] shapes = kernel.outputShapes(arguments);
        INDArray[] results = new INDArray[out.length];
        for (int i = 0; i < out.length; i++) {
            results[i] = graph.allocate(out[i], arguments[0].dataType(), shapes[i]);
        }
        kernel.forward(arguments, results);
    }
}
