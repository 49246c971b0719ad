package org.lamina.layers.samediff;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.arrays.LayerArrays;
import org.lamina.layers.wrapper.StandardizedWeightsLayer;
import org.lamina.samediff.execution.FusedParts;
import org.lamina.samediff.execution.GraphDefinition;
import org.lamina.samediff.execution.LayerGraph;
import org.lamina.samediff.ops.WeightStandardizationOps;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Standardizes the weights of the wrapped layer with a SameDiff graph. */
class SameDiffFWSLayer extends StandardizedWeightsLayer {

    private static final String WEIGHT = "w";
    private static final String GAIN = "gain";

    private transient LayerGraph graph;

    /** A wrapper; the wrapped layer's parameters are the first part of the view. */
    public SameDiffFWSLayer(Layer wrapped, NeuralNetConfiguration conf, INDArray paramsView) {
        super(wrapped, conf, paramsView);
    }

    @Override
    protected void standardize(INDArray w, INDArray gain, INDArray result) {
        LayerWorkspaceMgr memory = LayerWorkspaceMgr.noWorkspaces();
        try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            result.assign(graph(w, gain).output(Map.of(WEIGHT, w, GAIN, gain), false, memory));
        }
    }

    @Override
    protected void backprop(
            INDArray w, INDArray gain, INDArray dResult, INDArray dw, INDArray dGain) {
        try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            Map<String, INDArray> gradients =
                    graph(w, gain)
                            .gradients(
                                    Map.of(WEIGHT, w, GAIN, gain),
                                    LayerArrays.contiguous(dResult),
                                    false,
                                    LayerWorkspaceMgr.noWorkspaces(),
                                    Map.of())
                            .byVariable();
            dw.assign(gradients.get(WEIGHT));
            dGain.assign(gradients.get(GAIN));
        }
    }

    private LayerGraph graph(INDArray w, INDArray gain) {
        if (graph == null) {
            SameDiff sd = SameDiff.create();
            SDVariable weight = sd.placeHolder(WEIGHT, w.dataType(), w.shape());
            SDVariable factor = sd.placeHolder(GAIN, gain.dataType(), gain.shape());
            FusedParts.Recorded<SDVariable> result =
                    FusedParts.record(
                            sd,
                            () ->
                                    WeightStandardizationOps.standardize(
                                            weight, factor, spec().standardization(), w.shape()));
            GraphDefinition definition =
                    GraphDefinition.complete(result, w.rank(), List.of(), List.of(WEIGHT, GAIN));
            graph = LayerGraph.of(definition);
        }
        return graph;
    }
}
