package org.lamina.samediff.execution;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.kernels.FusedFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.api.OutAndGrad;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.Regularization.ApplyStep;

/** Training steps of a SameDiff graph: what its own {@code fit} does to a minibatch. */
final class SameDiffTraining {

    private final SameDiff graph;
    private final List<String> losses;

    /** Names of the gradients by variable; none for a variable that no loss depends on. */
    private final Map<String, String> gradients = new LinkedHashMap<>();

    private final GraphSteps steps;

    /** Compiled graphs by the names of what they are given; null for one that cannot be. */
    private final Map<List<String>, CompiledGraph> compiled = new HashMap<>();

    SameDiffTraining(SameDiff graph, FusedParts parts) {
        this.graph = graph;
        this.losses = graph.getLossVariables();
        if (graph.getTrainingConfig() == null) {
            throw new IllegalStateException(
                    "the graph has no training configuration; call setTrainingConfig");
        }
        if (losses.isEmpty()) {
            throw new IllegalStateException("the graph has no loss; call markAsLoss on a variable");
        }
        List<String> trained = new ArrayList<>();
        for (SDVariable variable : graph.variables()) {
            if (variable.getVariableType() == VariableType.VARIABLE
                    && variable.dataType().isFPType()) {
                trained.add(variable.name());
            }
        }
        if (graph.getFunction(GraphDefinition.GRADIENT_FUNCTION) == null) {
            QuietGradients.create(graph);
        }
        SameDiff gradientGraph = graph.getFunction(GraphDefinition.GRADIENT_FUNCTION);
        this.steps = new GraphSteps(gradientGraph, parts, FusedFunction::kernel);
        for (String name : trained) {
            String gradient = steps.gradient(name);
            if (gradient != null) {
                gradients.put(name, gradient);
            }
        }
    }

    /** A step in the current workspace; the loss before it. */
    double step(Map<String, INDArray> placeholders) {
        Map<String, INDArray> values = values(placeholders);
        double loss = 0;
        for (String name : losses) {
            loss += values.get(name).sumNumber().doubleValue();
        }
        initializeUpdaters();
        gradients.forEach((variable, gradient) -> update(variable, values.get(gradient)));
        graph.getTrainingConfig().incrementIterationCount();
        return loss;
    }

    /** Losses and gradients by name. */
    private Map<String, INDArray> values(Map<String, INDArray> placeholders) {
        Map<String, INDArray> inputs = new LinkedHashMap<>(placeholders);
        gradients.keySet().forEach(name -> inputs.put(name, graph.getArrForVarName(name)));
        List<String> given = List.copyOf(inputs.keySet());
        CompiledGraph steps = compiled.computeIfAbsent(given, this::compile);
        if (steps != null) {
            return steps.run(
                    inputs, (name, type, shape, any) -> Nd4j.createUninitialized(type, shape, 'c'));
        }
        try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            OutAndGrad result =
                    graph.calculateGradientsAndOutputs(placeholders, losses, gradients.keySet());
            Map<String, INDArray> values = new HashMap<>(result.getOutputs());
            result.getGradients().forEach((name, value) -> values.put(gradients.get(name), value));
            return values;
        }
    }

    private CompiledGraph compile(List<String> given) {
        List<String> wanted = new ArrayList<>(losses);
        wanted.addAll(gradients.values());
        try {
            return new CompiledGraph(steps, given, wanted);
        } catch (UnsupportedGraphException e) {
            return null;
        }
    }

    /** The graph keeps its updaters, which are saved with it; it makes them in its own fit. */
    private void initializeUpdaters() {
        if (graph.isInitializedTraining()) {
            return;
        }
        try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            Method method = SameDiff.class.getDeclaredMethod("initializeTraining");
            method.setAccessible(true);
            method.invoke(graph);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the updaters could not be made", e);
        }
    }

    private void update(String variable, INDArray gradient) {
        TrainingConfig config = graph.getTrainingConfig();
        INDArray param = graph.getArrForVarName(variable);
        regularize(ApplyStep.BEFORE_UPDATER, param, gradient);
        graph.getUpdaterMap()
                .get(variable)
                .applyUpdater(gradient, config.getIterationCount(), config.getEpochCount());
        regularize(ApplyStep.POST_UPDATER, param, gradient);
        if (config.isMinimize()) {
            param.subi(gradient);
        } else {
            param.addi(gradient);
        }
    }

    private void regularize(ApplyStep when, INDArray param, INDArray gradient) {
        TrainingConfig config = graph.getTrainingConfig();
        int iteration = config.getIterationCount();
        int epoch = config.getEpochCount();
        if (config.getRegularization() == null) {
            return;
        }
        double rate =
                config.getUpdater().hasLearningRate()
                        ? config.getUpdater().getLearningRate(iteration, epoch)
                        : 1;
        for (Regularization regularization : config.getRegularization()) {
            if (regularization.applyStep() == when) {
                regularization.apply(param, gradient, rate, iteration, epoch);
            }
        }
    }
}
