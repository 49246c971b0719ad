package org.lamina.samediff.execution;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamina.arrays.LayerArrays;
import org.lamina.kernels.FusedFunction;
import org.lamina.kernels.GraphKernel;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A layer's graph as compiled graphs: one for evaluation, two for a training step (the second reads
 * what the first kept), and one for a backward pass without a preceding forward pass.
 */
final class CompiledLayerGraph implements LayerGraph {

    private final GraphDefinition definition;
    private final List<String> inputs;

    /** Names of the gradients by variable. */
    private final Map<String, String> gradients = new LinkedHashMap<>();

    /** Names of those gradients that leave the layer. */
    private final Set<String> inputGradients = new HashSet<>();

    /** Name of the output's gradient; null if nothing depends on it. */
    private final String outputGradient;

    private final CompiledGraph evaluation;
    private final CompiledGraph forward;
    private final CompiledGraph backward;
    private final CompiledGraph wholeBackward;

    /** Extras and kept values of the last forward pass that keeps values for a backward pass. */
    private Map<String, INDArray> kept;

    CompiledLayerGraph(GraphDefinition definition, Function<FusedFunction, GraphKernel> kernelOf) {
        this.definition = definition;
        GraphSteps steps = new GraphSteps(definition.gradientGraph(), definition.parts(), kernelOf);
        this.inputs = inputs();
        this.outputGradient = steps.gradient(definition.output());
        for (String variable : definition.differentiated()) {
            String gradient = steps.gradient(variable);
            if (gradient != null) {
                gradients.put(variable, gradient);
                if (definition.isInput(variable)) {
                    inputGradients.add(gradient);
                }
            }
        }
        this.evaluation = new CompiledGraph(steps, inputs, List.of(definition.output()));
        List<String> withGradient = with(inputs, List.of(outputGradient));
        List<String> known = with(withGradient, evaluation.computed());
        List<String> all = new CompiledGraph(steps, known, gradients.values()).used();
        List<String> keep = all.stream().filter(name -> !withGradient.contains(name)).toList();
        this.forward =
                new CompiledGraph(
                        steps,
                        inputs,
                        with(with(List.of(definition.output()), definition.extras()), keep));
        this.backward = new CompiledGraph(steps, all, gradients.values());
        this.wholeBackward =
                new CompiledGraph(
                        steps, withGradient, with(gradients.values(), definition.extras()));
    }

    /** The placeholders and the trained variables. */
    private List<String> inputs() {
        List<String> placeholders = new ArrayList<>(definition.sameDiff().inputs());
        placeholders.remove(GraphDefinition.OUTPUT_GRADIENT);
        return with(placeholders, definition.differentiated());
    }

    private static List<String> with(Collection<String> first, Collection<String> second) {
        List<String> all = new ArrayList<>(first);
        second.stream().filter(name -> !all.contains(name)).forEach(all::add);
        return all;
    }

    @Override
    public INDArray output(Map<String, INDArray> values, boolean keep, LayerWorkspaceMgr memory) {
        CompiledGraph.Results results =
                (name, type, shape, anyOrder) ->
                        memory.createUninitialized(ArrayType.ACTIVATIONS, type, shape, 'c');
        Map<String, INDArray> computed = (keep ? forward : evaluation).run(values, results);
        INDArray output = computed.remove(definition.output());
        kept = keep ? computed : null;
        return output;
    }

    @Override
    public Gradients gradients(
            Map<String, INDArray> values,
            INDArray gradient,
            boolean afterOutput,
            LayerWorkspaceMgr memory,
            Map<String, INDArray> targets) {
        Map<String, INDArray> byGradient = new HashMap<>();
        gradients.forEach((variable, name) -> byGradient.put(name, targets.get(variable)));
        CompiledGraph.Results results =
                (name, type, shape, anyOrder) -> {
                    INDArray target = byGradient.get(name);
                    return target != null && fits(target, type, shape, anyOrder)
                            ? target
                            : allocate(name, memory, type, shape);
                };
        Map<String, INDArray> all = new HashMap<>(values);
        all.put(outputGradient, gradient);
        boolean haveForward = afterOutput && keptIsValid();
        if (haveForward) {
            all.putAll(kept);
        }
        Map<String, INDArray> computed = (haveForward ? backward : wholeBackward).run(all, results);
        Map<String, INDArray> extras = new HashMap<>();
        for (String extra : definition.extras()) {
            extras.put(extra, (haveForward ? kept : computed).get(extra));
        }
        Map<String, INDArray> byVariable = new HashMap<>();
        gradients.forEach((variable, name) -> byVariable.put(variable, computed.get(name)));
        return new Gradients(byVariable, extras);
    }

    private static boolean fits(INDArray target, DataType type, long[] shape, boolean anyOrder) {
        return target.dataType() == type
                && Arrays.equals(target.shape(), shape)
                && (anyOrder || LayerArrays.isContiguous(target));
    }

    private INDArray allocate(String name, LayerWorkspaceMgr memory, DataType type, long[] shape) {
        return inputGradients.contains(name)
                ? memory.createUninitialized(ArrayType.ACTIVATION_GRAD, type, shape, 'c')
                : Nd4j.createUninitialized(type, shape, 'c');
    }

    /** Whether there are kept values whose memory is still valid. */
    private boolean keptIsValid() {
        if (kept == null) {
            return false;
        }
        for (INDArray array : kept.values()) {
            if (array.isAttached()) {
                MemoryWorkspace workspace = array.data().getParentWorkspace();
                if (workspace == null
                        || !workspace.isScopeActive()
                        || workspace.getGenerationId() != array.data().getGenerationId()) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public void clear() {
        kept = null;
    }
}
