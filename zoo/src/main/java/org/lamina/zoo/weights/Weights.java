package org.lamina.zoo.weights;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.deeplearning4j.nn.api.Model;
import org.lamina.constraints.Constraints;
import org.lamina.constraints.OutputUnitLayout;
import org.lamina.spec.NormSpec;
import org.lamina.zoo.weights.Problems.Kind;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Imports weights into networks and exports them: of a MultiLayerNetwork, a ComputationGraph or a
 * single layer, with their running statistics.
 *
 * <pre>{@code
 * MultiLayerNetwork net = EEGNet.builder().preset(EEGNet.Preset.SELFEEG).build().init();
 * Weights.importInto(net, StateDict.read(file), NameMaps.SELFEEG_EEGNET);
 * Weights.export(net, NameMap.own()).write(Path.of("eegnet.safetensors"));
 * }</pre>
 */
public final class Weights {

    /** What happens to imported weights that violate a layer's norm constraint. */
    public enum OutsideNorm {
        /** They are projected, as at initialization and after every update. */
        PROJECT,
        /** They are an error. */
        REFUSE
    }

    /** Rounding to float moves no weight by more than this share of the largest. */
    private static final double ROUNDING = 1e-5;

    /**
     * The same in double, including the effect of a constraint's eps on weights that satisfy it.
     */
    private static final double ROUNDING_DOUBLE = 2 * NormSpec.DEFAULT_EPS;

    private Weights() {}

    /**
     * {@link #importInto(Model, StateDict, NameMap, OutsideNorm)} with projection: PyTorch's EEG
     * networks project their weights at the start of each forward pass, so that those saved after
     * an update may lie outside.
     *
     * @return names of the parameters that had to be projected
     */
    public static Set<String> importInto(Model network, StateDict weights, NameMap names) {
        return importInto(network, weights, names, OutsideNorm.PROJECT);
    }

    /**
     * Sets all parameters and running statistics of a network, or none if something does not fit.
     * Floating point numbers of any width are taken and rounded to the network's data type. Weights
     * that satisfy a norm constraint up to rounding in that type are not changed; DL4J's own
     * constraints are applied only after the next update. The state of the updater is kept. A
     * {@link #prefix} of the names is ignored.
     *
     * @param network initialized
     * @param weights with the names of {@code names}' source
     * @return names of the parameters that had to be projected, by more than the rounding of
     *     weights stored as float
     * @throws WeightsException naming everything that is missing, not used, of another shape or
     *     data type, not finite, a negative variance, or outside a constraint and to be refused
     */
    public static Set<String> importInto(
            Model network, StateDict weights, NameMap names, OutsideNorm outside) {
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            Parameters parameters = Parameters.of(network);
            String message =
                    "These weights are not those of " + names.source() + " for this network";
            Problems problems = new Problems();
            Map<String, INDArray> values = convert(parameters, weights, names, problems);
            problems.check(message);
            Set<String> projected = project(parameters, values);
            if (outside == OutsideNorm.REFUSE) {
                projected.forEach(
                        p -> problems.add(Kind.NORM, "%s is outside its norm constraint", p));
                problems.check(message);
            }
            values.forEach((name, value) -> parameters.arrays().get(name).assign(value));
            return projected;
        }
    }

    /**
     * The prefix, dot included, of the names of the weights before the names that the map expects:
     * the module around the network, as from DataParallel ({@code module.}), Lightning ({@code
     * model.}, {@code net.}) and {@code torch.compile} ({@code _orig_mod.}). An import ignores it.
     * If there are several, it is the most frequent one; empty if there is none.
     */
    public static String prefix(Model network, StateDict weights, NameMap names) {
        return prefix(names.mappings(Parameters.of(network).shapes()), weights);
    }

    private static String prefix(List<Mapping> mappings, StateDict weights) {
        Set<String> expected = new HashSet<>();
        for (Mapping mapping : mappings) {
            if (mapping.names() != null) {
                expected.addAll(mapping.names());
            }
        }
        Map<String, Integer> counts = new TreeMap<>(); // the shorter one first
        for (String name : weights.names()) {
            for (int start = 0; start >= 0; start = after(name.indexOf('.', start))) {
                if (expected.contains(name.substring(start))) {
                    counts.merge(name.substring(0, start), 1, Integer::sum);
                }
            }
        }
        String best = "";
        for (Map.Entry<String, Integer> entry : counts.entrySet()) {
            if (entry.getValue() > counts.getOrDefault(best, 0)) {
                best = entry.getKey();
            }
        }
        return best;
    }

    private static int after(int dot) {
        return dot < 0 ? -1 : dot + 1;
    }

    /** The new values of all parameters without problems. */
    private static Map<String, INDArray> convert(
            Parameters parameters, StateDict weights, NameMap names, Problems problems) {
        List<Mapping> mappings = names.mappings(parameters.shapes());
        String prefix = prefix(mappings, weights);
        Set<String> variances = parameters.variances();
        Map<String, INDArray> values = new LinkedHashMap<>();
        Map<String, Mapping> missing = new LinkedHashMap<>();
        Set<String> unused = new LinkedHashSet<>(weights.names());
        for (Mapping unprefixed : mappings) {
            Mapping mapping = unprefixed.prefixed(prefix);
            String parameter = mapping.parameter();
            String name = present(mapping, weights);
            unused.remove(name);
            if (parameter == null || values.containsKey(parameter)) {
                continue;
            }
            INDArray target = parameters.arrays().get(parameter);
            if (name != null) {
                INDArray value = value(name, weights, mapping, target, problems);
                if (value != null && variances.contains(parameter)) {
                    checkVariance(name, value, problems);
                }
                checkCopies(name, weights, mapping, unused, problems);
                values.put(parameter, value);
            } else if (mapping.value() != null) {
                values.put(parameter, target.dup().assign(mapping.value()));
            } else {
                missing.putIfAbsent(parameter, mapping);
            }
        }
        for (String parameter : parameters.arrays().keySet()) {
            if (values.containsKey(parameter)) {
                continue;
            }
            if (missing.containsKey(parameter)) {
                String alternatives = String.join("' or '", missing.get(parameter).names());
                problems.add(Kind.MISSING, "'%s' is missing (for %s)", alternatives, parameter);
            } else {
                problems.add(Kind.UNNAMED, "the map has no name for the parameter %s", parameter);
            }
        }
        for (String name : unused) {
            String reason =
                    name.startsWith(prefix) ? names.refusal(name.substring(prefix.length())) : null;
            if (reason == null) {
                problems.add(Kind.UNUSED, "'%s' is not used", name);
            } else {
                problems.add(Kind.REFUSED, "'%s': %s", name, reason);
            }
        }
        return values;
    }

    private static String present(Mapping mapping, StateDict weights) {
        if (mapping.names() != null) {
            for (String name : mapping.names()) {
                if (weights.get(name) != null) {
                    return name;
                }
            }
        }
        return null;
    }

    private static INDArray value(
            String name, StateDict weights, Mapping mapping, INDArray target, Problems problems) {
        INDArray source = weights.get(name);
        if (!Arrays.equals(source.shape(), mapping.shape())) {
            problems.add(
                    Kind.SHAPE,
                    "'%s' has shape %s, must have %s (for %s)",
                    name,
                    Arrays.toString(source.shape()),
                    Arrays.toString(mapping.shape()),
                    mapping.parameter());
            return null;
        }
        if (!source.dataType().isFPType()) {
            problems.add(
                    Kind.TYPE,
                    "'%s' has data type %s, must be floating point",
                    name,
                    source.dataType());
            return null;
        }
        INDArray value = mapping.toParameter(source).castTo(target.dataType()).dup('c');
        double largest = value.amaxNumber().doubleValue();
        if (!Double.isFinite(largest) || !Double.isFinite(value.sumNumber().doubleValue())) {
            problems.add(
                    Kind.VALUE,
                    "'%s' has values that are not finite as %s",
                    name,
                    value.dataType());
        }
        return value;
    }

    private static void checkVariance(String name, INDArray value, Problems problems) {
        double least = value.minNumber().doubleValue();
        if (least < 0) {
            problems.add(Kind.VALUE, "'%s' has the negative variance %s", name, least);
        }
    }

    /** Copies that are present must be equal to the array. */
    private static void checkCopies(
            String name,
            StateDict weights,
            Mapping mapping,
            Set<String> unused,
            Problems problems) {
        for (String copy : mapping.copies()) {
            INDArray array = weights.get(copy);
            if (array != null && !same(array, weights.get(name))) {
                problems.add(
                        Kind.COPY, "'%s' differs from '%s', which it is a copy of", copy, name);
            }
            unused.remove(copy);
        }
    }

    private static boolean same(INDArray a, INDArray b) {
        return a.dataType() == b.dataType()
                && Arrays.equals(a.shape(), b.shape())
                && (a.isEmpty() || a.sub(b).amaxNumber().doubleValue() == 0);
    }

    /** Projects onto the norm constraints weights that violate them by more than rounding. */
    private static Set<String> project(Parameters parameters, Map<String, INDArray> values) {
        Set<String> projected = new LinkedHashSet<>();
        parameters
                .owners()
                .forEach(
                        (layer, conf) -> {
                            if (conf instanceof OutputUnitLayout layout
                                    && layout.constrainsOnForward()) {
                                return;
                            }
                            Map<String, INDArray> table = parameters.ofLayer(layer, values);
                            table.replaceAll((key, value) -> value.dup());
                            Constraints.project(conf, table);
                            table.forEach(
                                    (key, value) -> {
                                        String name = Parameters.name(layer, key);
                                        double moved = moved(value, values.get(name));
                                        boolean wide = value.dataType() == DataType.DOUBLE;
                                        if (moved > (wide ? ROUNDING_DOUBLE : ROUNDING)) {
                                            values.put(name, value);
                                        }
                                        if (moved > ROUNDING) {
                                            projected.add(name);
                                        }
                                    });
                        });
        return projected;
    }

    /** How far the weights were moved, as a share of the largest. */
    private static double moved(INDArray to, INDArray from) {
        double largest = from.amaxNumber().doubleValue();
        double most = to.sub(from).castTo(DataType.DOUBLE).amaxNumber().doubleValue();
        return most == 0 ? 0 : most / largest;
    }

    /**
     * Copies of the parameters and running statistics of a network. Importing them gives a
     * bit-equal network (up to rounding with maps that have factors).
     *
     * @throws WeightsException if a parameter has no name in the map, or if the source does not
     *     store it and has another value for it
     */
    public static StateDict export(Model network, NameMap names) {
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            Parameters parameters = Parameters.of(network);
            Set<String> left = new LinkedHashSet<>(parameters.arrays().keySet());
            Problems problems = new Problems();
            StateDict weights = new StateDict();
            for (Mapping mapping : names.mappings(parameters.shapes())) {
                if (mapping.parameter() == null) {
                    weights.put(
                            mapping.names().get(0),
                            Nd4j.scalar(DataType.INT64, mapping.value().longValue()));
                } else if (left.remove(mapping.parameter())) {
                    INDArray value = parameters.arrays().get(mapping.parameter());
                    if (mapping.names() != null) {
                        INDArray array = mapping.toSource(value);
                        weights.put(mapping.names().get(0), array);
                        mapping.copies().forEach(copy -> weights.put(copy, array.dup()));
                    } else if (value.sub(mapping.value()).amaxNumber().doubleValue() != 0) {
                        problems.add(
                                Kind.VALUE,
                                "the source has %s for %s, here it is %s",
                                mapping.value(),
                                mapping.parameter(),
                                value.toString().strip());
                    }
                }
            }
            left.forEach(
                    p -> problems.add(Kind.UNNAMED, "the map has no name for the parameter %s", p));
            problems.check("This network cannot be exported as " + names.source());
            return weights;
        }
    }
}
