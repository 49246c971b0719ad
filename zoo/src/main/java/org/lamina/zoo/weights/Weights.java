package org.lamina.zoo.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.lamina.constraints.Constraints;
import org.lamina.constraints.OutputUnitLayout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Takes weights into networks and out of them: a MultiLayerNetwork, a ComputationGraph or a single
 * layer, with their running statistics.
 *
 * <pre>{@code
 * MultiLayerNetwork net = EEGNet.builder().preset(EEGNet.Preset.SELFEEG).build().init();
 * Weights.importInto(net, StateDict.read(file), NameMaps.SELFEEG_EEGNET);
 * Weights.export(net, NameMap.own()).write(Path.of("eegnet.safetensors"));
 * }</pre>
 */
public final class Weights {

    /** What becomes of imported weights that a layer's norm constraint does not allow. */
    public enum OutsideNorm {
        /** They are projected, as at initialization and after every update. */
        PROJECT,
        /** They are an error. */
        REFUSE
    }

    /** Rounding alone moves no weight further than this share of the largest. */
    private static final double ROUNDING = 1e-5;

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
     * that a norm constraint leaves as they are but for rounding are not touched; constraints of
     * DL4J's own apply after the next update only. The state of the updater stays.
     *
     * @param network initialized
     * @param weights with the names of {@code names}' source
     * @return names of the parameters that had to be projected
     * @throws WeightsException naming everything that is missing, not used, of another shape or
     *     data type, not finite, or outside a constraint and to be refused
     */
    public static Set<String> importInto(
            Model network, StateDict weights, NameMap names, OutsideNorm outside) {
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            Parameters parameters = Parameters.of(network);
            List<String> problems = new ArrayList<>();
            Map<String, INDArray> values = convert(parameters, weights, names, problems);
            Set<String> projected = Set.of();
            if (problems.isEmpty()) {
                projected = project(parameters, values);
                if (outside == OutsideNorm.REFUSE) {
                    projected.forEach(p -> problems.add(p + " is outside its norm constraint"));
                }
            }
            if (!problems.isEmpty()) {
                throw new WeightsException(
                        "These weights are not those of "
                                + names.source()
                                + " for this network: "
                                + String.join("; ", problems));
            }
            values.forEach((name, value) -> parameters.arrays().get(name).assign(value));
            return projected;
        }
    }

    /** The new values of all parameters, as far as there are no problems. */
    private static Map<String, INDArray> convert(
            Parameters parameters, StateDict weights, NameMap names, List<String> problems) {
        Map<String, INDArray> values = new LinkedHashMap<>();
        Set<String> unused = new LinkedHashSet<>(weights.names());
        for (Mapping mapping : names.mappings(parameters.shapes())) {
            String name = present(mapping, weights);
            unused.remove(name);
            if (mapping.parameter() == null || values.containsKey(mapping.parameter())) {
                continue;
            }
            INDArray target = parameters.arrays().get(mapping.parameter());
            if (name != null) {
                values.put(mapping.parameter(), value(name, weights, mapping, target, problems));
            } else if (mapping.value() != null) {
                values.put(mapping.parameter(), target.dup().assign(mapping.value()));
            } else {
                values.put(mapping.parameter(), null);
                problems.add(
                        "'"
                                + String.join("' or '", mapping.names())
                                + "' is missing (for "
                                + mapping.parameter()
                                + ")");
            }
        }
        for (String parameter : parameters.arrays().keySet()) {
            if (!values.containsKey(parameter)) {
                problems.add("the map has no name for the parameter " + parameter);
            }
        }
        unused.forEach(name -> problems.add("'" + name + "' is not used"));
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
            String name,
            StateDict weights,
            Mapping mapping,
            INDArray target,
            List<String> problems) {
        INDArray source = weights.get(name);
        if (!Arrays.equals(source.shape(), mapping.shape())) {
            problems.add(
                    "'"
                            + name
                            + "' has shape "
                            + Arrays.toString(source.shape())
                            + ", must have "
                            + Arrays.toString(mapping.shape())
                            + " (for "
                            + mapping.parameter()
                            + ")");
            return null;
        }
        if (!source.dataType().isFPType()) {
            problems.add(
                    "'"
                            + name
                            + "' has data type "
                            + source.dataType()
                            + ", must be floating point");
            return null;
        }
        INDArray value = mapping.toParameter(source).castTo(target.dataType()).dup('c');
        double largest = value.amaxNumber().doubleValue();
        if (!Double.isFinite(largest) || !Double.isFinite(value.sumNumber().doubleValue())) {
            problems.add("'" + name + "' has values that are not finite as " + value.dataType());
        }
        return value;
    }

    /** Projects onto the norm constraints where more than rounding is to be mended. */
    private static Set<String> project(Parameters parameters, Map<String, INDArray> values) {
        Set<String> projected = new LinkedHashSet<>();
        parameters
                .owners()
                .forEach(
                        (layer, conf) -> {
                            if (conf instanceof OutputUnitLayout
                                    && ((OutputUnitLayout) conf).constrainsOnForward()) {
                                return;
                            }
                            Map<String, INDArray> table = parameters.ofLayer(layer, values);
                            table.replaceAll((key, value) -> value.dup());
                            Constraints.project(conf, table);
                            table.forEach(
                                    (key, value) -> {
                                        String name = Parameters.name(layer, key);
                                        if (differs(value, values.get(name))) {
                                            values.put(name, value);
                                            projected.add(name);
                                        }
                                    });
                        });
        return projected;
    }

    private static boolean differs(INDArray a, INDArray b) {
        double largest = b.amaxNumber().doubleValue();
        return a.sub(b).castTo(DataType.DOUBLE).amaxNumber().doubleValue() > ROUNDING * largest;
    }

    /**
     * The parameters and running statistics of a network, copied. With {@link NameMap#own()} an
     * import of them gives the same network bit by bit; so it does with the maps of other
     * implementations, unless they have a factor (then up to rounding).
     *
     * @throws WeightsException if a parameter has no name in the map, or has a value that the
     *     source does not store and has otherwise
     */
    public static StateDict export(Model network, NameMap names) {
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            Parameters parameters = Parameters.of(network);
            Set<String> left = new LinkedHashSet<>(parameters.arrays().keySet());
            List<String> problems = new ArrayList<>();
            StateDict weights = new StateDict();
            for (Mapping mapping : names.mappings(parameters.shapes())) {
                if (mapping.parameter() == null) {
                    weights.put(
                            mapping.names().get(0),
                            Nd4j.scalar(DataType.LONG, mapping.value().longValue()));
                } else if (left.remove(mapping.parameter())) {
                    INDArray value = parameters.arrays().get(mapping.parameter());
                    if (mapping.names() != null) {
                        weights.put(mapping.names().get(0), mapping.toSource(value));
                    } else if (value.sub(mapping.value()).amaxNumber().doubleValue() != 0) {
                        problems.add(
                                "the source has "
                                        + mapping.value()
                                        + " for "
                                        + mapping.parameter()
                                        + ", here it is "
                                        + value.toString().strip());
                    }
                }
            }
            left.forEach(p -> problems.add("the map has no name for the parameter " + p));
            if (!problems.isEmpty()) {
                throw new WeightsException(
                        "This network cannot be exported as "
                                + names.source()
                                + ": "
                                + String.join("; ", problems));
            }
            return weights;
        }
    }
}
