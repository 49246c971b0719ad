package org.lamina.samediff.layers.impl;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamina.samediff.ops.LocalConvOps;
import org.lamina.support.LocalConvVertex;
import org.lamina.support.LocalConvVertexImpl;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Local convolution with filters from outside, as a SameDiff graph. The gradient comes in through a
 * loss {@code sum(output * gradient)}: with the ExternalErrorsFunction of DL4J 1.0.0-M2.1's
 * SameDiff vertices, gradients come out twice as large.
 */
public class SameDiffLocalConvVertexImpl extends LocalConvVertexImpl {

    private static final long serialVersionUID = 1L;

    private static final String X = "x";
    private static final String FILTERS = "filters";
    private static final String BIAS = "bias";
    private static final String GRADIENT = "gradient";
    private static final String OUTPUT = "output";

    /** By the rank of the filters. */
    private final transient Map<Integer, SameDiff> graphs = new HashMap<>();

    /** A vertex of a graph. */
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
        SameDiff sameDiff = graph(filters, bias);
        y.assign(sameDiff.output(placeholders(x, filters, bias), OUTPUT).get(OUTPUT));
        SpecSameDiffLayerImpl.release(sameDiff);
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
        SameDiff sameDiff = graph(filters, bias);
        Map<String, INDArray> placeholders = placeholders(x, filters, bias);
        List<String> variables = List.copyOf(placeholders.keySet());
        placeholders.put(GRADIENT, SpecSameDiffLayerImpl.inOrder(dy));
        Map<String, INDArray> gradients = sameDiff.calculateGradients(placeholders, variables);
        dx.assign(gradients.get(X));
        dFilters.assign(gradients.get(FILTERS));
        if (bias != null) {
            dBias.assign(gradients.get(BIAS));
        }
        SpecSameDiffLayerImpl.release(sameDiff);
    }

    private static Map<String, INDArray> placeholders(INDArray x, INDArray filters, INDArray bias) {
        Map<String, INDArray> arrays = new HashMap<>();
        arrays.put(X, SpecSameDiffLayerImpl.inOrder(x));
        arrays.put(FILTERS, SpecSameDiffLayerImpl.inOrder(filters));
        if (bias != null) {
            arrays.put(BIAS, SpecSameDiffLayerImpl.inOrder(bias));
        }
        return arrays;
    }

    private SameDiff graph(INDArray filters, INDArray bias) {
        return graphs.computeIfAbsent(
                filters.rank(),
                rank -> {
                    try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
                        return build(filters, bias);
                    }
                });
    }

    private SameDiff build(INDArray filters, INDArray bias) {
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
        SDVariable output =
                (perExample
                                ? LocalConvOps.localConvPerExample(x, w, b, spec())
                                : LocalConvOps.localConv(x, w, b, spec()))
                        .rename(OUTPUT);
        long[] any = new long[shape.length];
        Arrays.fill(any, -1);
        output.mul(sameDiff.placeHolder(GRADIENT, dataType, any)).sum().markAsLoss();
        QuietGradients.create(
                sameDiff, b == null ? new String[] {X, FILTERS} : new String[] {X, FILTERS, BIAS});
        return sameDiff;
    }

    private static long[] shape(INDArray array, boolean perExample) {
        long[] shape = array.shape().clone();
        if (perExample) {
            shape[0] = -1;
        }
        return shape;
    }
}
