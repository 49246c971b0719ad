package org.lamina.layers.samediff;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.arrays.LayerArrays;
import org.lamina.layers.base.LocalConvVertex;
import org.lamina.layers.base.LocalConvVertexImpl;
import org.lamina.samediff.execution.FusedParts;
import org.lamina.samediff.execution.GraphDefinition;
import org.lamina.samediff.execution.LayerGraph;
import org.lamina.samediff.ops.LocalConvOps;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Local convolution with external filters, as a SameDiff graph. */
class SameDiffLocalConvVertexImpl extends LocalConvVertexImpl {

    private static final String X = "x";
    private static final String FILTERS = "filters";
    private static final String BIAS = "bias";
    private static final String MASK = "mask";

    /** What a cached graph depends on. */
    private record GraphKey(int filterRank, boolean masked) {}

    private final transient Map<GraphKey, LayerGraph> graphs = new HashMap<>();

    public SameDiffLocalConvVertexImpl(
            LocalConvVertex conf,
            ComputationGraph graph,
            String name,
            int index,
            DataType dataType) {
        super(conf, graph, name, index, dataType);
    }

    @Override
    protected void forward(INDArray x, INDArray filters, INDArray bias, INDArray y) {
        LayerWorkspaceMgr memory = LayerWorkspaceMgr.noWorkspaces();
        y.assign(graph(filters, bias).output(inputs(x, filters, bias), false, memory));
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
        Map<String, INDArray> targets = new HashMap<>(Map.of(X, dx, FILTERS, dFilters));
        if (bias != null) {
            targets.put(BIAS, dBias);
        }
        LayerGraph.Gradients result =
                graph(filters, bias)
                        .gradients(
                                inputs(x, filters, bias),
                                LayerArrays.contiguous(dy),
                                false,
                                LayerWorkspaceMgr.noWorkspaces(),
                                targets);
        targets.forEach(
                (name, target) -> {
                    INDArray value = result.byVariable().get(name);
                    if (value != target) {
                        target.assign(value);
                    }
                });
    }

    private Map<String, INDArray> inputs(INDArray x, INDArray filters, INDArray bias) {
        Map<String, INDArray> arrays = new HashMap<>();
        arrays.put(X, LayerArrays.contiguous(x));
        arrays.put(FILTERS, LayerArrays.contiguous(filters));
        if (bias != null) {
            arrays.put(BIAS, LayerArrays.contiguous(bias));
        }
        if (maskFactor() != null) {
            arrays.put(MASK, maskFactor());
        }
        return arrays;
    }

    private LayerGraph graph(INDArray filters, INDArray bias) {
        return graphs.computeIfAbsent(
                new GraphKey(filters.rank(), maskFactor() != null),
                use -> {
                    try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
                        return build(filters, bias);
                    }
                });
    }

    private LayerGraph build(INDArray filters, INDArray bias) {
        SameDiff sameDiff = SameDiff.create();
        long[] size = spec().inputSize();
        long[] shape = new long[2 + size.length];
        shape[0] = -1;
        shape[1] = spec().inChannels();
        System.arraycopy(size, 0, shape, 2, size.length);
        SDVariable x = sameDiff.placeHolder(X, dataType, shape);
        boolean perExample = filters.rank() == 4;
        SDVariable w = sameDiff.placeHolder(FILTERS, dataType, shape(filters, perExample));
        SDVariable b =
                bias == null ? null : sameDiff.placeHolder(BIAS, dataType, shape(bias, perExample));
        SDVariable mask =
                maskFactor() == null
                        ? null
                        : sameDiff.placeHolder(MASK, dataType, shape(maskFactor(), true));
        FusedParts.Recorded<SDVariable> output =
                FusedParts.record(
                        sameDiff,
                        () ->
                                perExample
                                        ? LocalConvOps.localConvPerExample(x, w, b, spec(), mask)
                                        : LocalConvOps.localConv(x, w, b, spec(), mask));
        GraphDefinition definition =
                GraphDefinition.complete(
                        output,
                        shape.length,
                        List.of(),
                        b == null ? List.of(X, FILTERS) : List.of(X, FILTERS, BIAS));
        return LayerGraph.of(definition);
    }

    private static long[] shape(INDArray array, boolean perExample) {
        long[] shape = array.shape().clone();
        if (perExample) {
            shape[0] = -1;
        }
        return shape;
    }
}
