package org.lamina.layers;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamina.kernels.LocalConvKernel;
import org.lamina.layers.base.LocalConvVertex;
import org.lamina.layers.base.LocalConvVertexImpl;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Local convolution with external filters, with a native kernel. */
class LocalConvKernelVertex extends LocalConvVertexImpl {

    private static final long serialVersionUID = 1L;

    private final LocalConvKernel kernel;

    /** A vertex of a graph. */
    public LocalConvKernelVertex(
            LocalConvVertex conf,
            ComputationGraph graph,
            String name,
            int index,
            DataType dataType) {
        super(conf, graph, name, index, dataType);
        this.kernel = new LocalConvKernel(spec().geometry());
    }

    @Override
    protected void forward(INDArray x, INDArray filters, INDArray bias, INDArray y) {
        kernel.forward(x, maskFactor(), filters, bias, y);
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
        kernel.backward(x, maskFactor(), filters, dy, dx, dFilters, dBias);
    }
}
