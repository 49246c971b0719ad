package org.lamina.layers;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamina.kernels.FusedFunction;
import org.lamina.kernels.GraphKernel;
import org.lamina.layers.base.LocalConvVertex;
import org.lamina.layers.base.LocalConvVertexImpl;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Local convolution with external filters, with a native kernel. */
class LocalConvKernelVertex extends LocalConvVertexImpl {

    private final transient GraphKernel kernel;

    public LocalConvKernelVertex(
            LocalConvVertex conf,
            ComputationGraph graph,
            String name,
            int index,
            DataType dataType) {
        super(conf, graph, name, index, dataType);
        this.kernel =
                new FusedFunction.LocalConvolution(spec().geometry(), spec().outChannels())
                        .kernel();
    }

    @Override
    protected void forward(INDArray x, INDArray filters, INDArray bias, INDArray y) {
        kernel.forward(new INDArray[] {x, filters, bias, maskFactor()}, new INDArray[] {y});
    }

    @Override
    protected void backward(
            INDArray x,
            INDArray filters,
            INDArray bias,
            INDArray dy,
            INDArray dx,
            INDArray dFilters,
            INDArray dBias) {
        kernel.backward(
                new INDArray[] {x, filters, bias, maskFactor()},
                new INDArray[0],
                dy,
                new INDArray[] {dx, dFilters, dBias, null});
    }
}
