package org.lamina.samediff.execution;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.lamina.kernels.FusedFunction;
import org.lamina.kernels.GraphKernel;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.BaseOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.custom.Invoke;
import org.nd4j.linalg.api.ops.impl.layers.ExternalErrorsFunction;
import org.nd4j.linalg.api.ops.impl.shape.CreateView;
import org.nd4j.linalg.api.ops.impl.shape.ExpandDims;
import org.nd4j.linalg.api.ops.impl.shape.Reshape;
import org.nd4j.linalg.api.ops.impl.shape.Squeeze;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Assign;
import org.nd4j.linalg.api.ops.impl.transforms.same.Identity;

/** Creates the step that computes a value of a graph. */
final class GraphSteps {

    /** Packages of ops that a fixed order of steps cannot run. */
    private static final List<String> DYNAMIC_PACKAGES =
            List.of(
                    "org.nd4j.linalg.api.ops.impl.controlflow",
                    "org.nd4j.linalg.api.ops.impl.shape.tensorops",
                    "org.nd4j.linalg.api.ops.random");

    /** Random ops of other packages, and ops whose output shape depends on input values. */
    private static final Set<String> OTHERS =
            Set.of(
                    "random_crop",
                    "unique",
                    "unique_with_counts",
                    "listdiff",
                    "choose",
                    "dynamic_partition",
                    "non_max_suppression",
                    "non_max_suppression_v3",
                    "non_max_suppression_overlaps");

    private static final int F_ORDER = -102;

    private final SameDiff graph;
    private final Map<String, Supplier<Step>> kernels = new HashMap<>();

    /**
     * The steps of a graph.
     *
     * @param graph forward and, if requested, gradient ops
     * @param parts parts that kernels may run
     * @param kernelOf a function's kernel, or null
     */
    GraphSteps(SameDiff graph, FusedParts parts, Function<FusedFunction, GraphKernel> kernelOf) {
        this.graph = graph;
        // Of nested parts the outermost, which comes last, takes precedence.
        List<FusedParts.Part> all = parts.list();
        for (int i = 0; i < all.size(); i++) {
            FusedParts.Part part = all.get(i);
            GraphKernel kernel = kernelOf.apply(part.function());
            if (kernel != null) {
                add(part, kernel, "kept:" + i + ":");
            }
        }
    }

    private void add(FusedParts.Part part, GraphKernel kernel, String prefix) {
        List<String> kept = new ArrayList<>();
        for (int i = 0; i < kernel.kept(); i++) {
            kept.add(prefix + i);
        }
        List<String> results = new ArrayList<>(part.outputs());
        results.addAll(kept);
        results.forEach(
                name -> kernels.put(name, () -> new ForwardStep(kernel, part.inputs(), results)));
        String gradient = gradient(part.outputs().get(0));
        if (gradient == null) {
            return;
        }
        List<String> gradients = new ArrayList<>();
        part.inputs().forEach(input -> gradients.add(input == null ? null : gradient(input)));
        gradients.stream()
                .filter(name -> name != null)
                .forEach(
                        name ->
                                kernels.put(
                                        name,
                                        () ->
                                                new BackwardStep(
                                                        kernel,
                                                        part.inputs(),
                                                        kept,
                                                        gradient,
                                                        gradients)));
    }

    /** Name of a value's gradient, or null if it has none. */
    String gradient(String name) {
        SDVariable gradient = graph.getGradForVariable(name);
        return gradient == null ? null : gradient.name();
    }

    /** The variable with the given name. */
    SDVariable variable(String name) {
        return graph.getVariable(name);
    }

    /**
     * A new step that computes the value; null if no op produces it.
     *
     * @throws UnsupportedGraphException if no step can compute it
     */
    Step of(String name) {
        Supplier<Step> kernel = kernels.get(name);
        if (kernel != null) {
            return kernel.get();
        }
        String opName = graph.getVariables().get(name).getOutputOfOp();
        return opName == null ? null : step(graph.getOps().get(opName));
    }

    private Step step(SameDiffOp node) {
        DifferentialFunction op = node.getOp();
        List<String> inputs = node.getInputsToOp() == null ? List.of() : node.getInputsToOp();
        List<String> outputs = node.getOutputsOfOp();
        boolean ordered =
                !isEmpty(node.getControlDeps())
                        || !isEmpty(node.getVarControlDeps())
                        || !isEmpty(node.getControlDepFor());
        if (ordered || !runsAnywhere(op)) {
            throw new UnsupportedGraphException(op.opName());
        }
        if (op instanceof Identity
                || op instanceof ExpandDims
                || op instanceof Squeeze
                || op instanceof Reshape
                        && Arrays.stream(((Reshape) op).iArgs()).noneMatch(i -> i == F_ORDER)) {
            return new ViewStep((DynamicCustomOp) op, inputs, outputs);
        }
        DataType[] types =
                outputs.stream().map(v -> variable(v).dataType()).toArray(DataType[]::new);
        return new OpStep(op, inputs, outputs, types);
    }

    private static boolean runsAnywhere(DifferentialFunction op) {
        String packageName = op.getClass().getPackageName();
        return (op instanceof DynamicCustomOp || op instanceof BaseOp)
                && DYNAMIC_PACKAGES.stream().noneMatch(packageName::startsWith)
                && !OTHERS.contains(op.opName())
                && !(op instanceof CreateView)
                && !(op instanceof Invoke)
                && !(op instanceof Assign)
                && !(op instanceof ExternalErrorsFunction);
    }

    private static boolean isEmpty(List<String> list) {
        return list == null || list.isEmpty();
    }
}
