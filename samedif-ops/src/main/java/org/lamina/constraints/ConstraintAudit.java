package org.lamina.constraints;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.lang3.SerializationUtils;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.BaseConstraint;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.MinMaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.constraint.UnitNormConstraint;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.lamina.spec.NormAxes;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Finds the norm constraints of a network that DL4J applies wrongly, says what is wrong in words,
 * and holds a corrected configuration.
 *
 * <pre>{@code
 * ConstraintAudit<MultiLayerConfiguration> audit = ConstraintAudit.of(configuration);
 * audit.findings().forEach(System.out::println);
 * MultiLayerNetwork net = new MultiLayerNetwork(audit.corrected());
 * }</pre>
 *
 * <p>What it finds, and what the corrected configuration has instead:
 *
 * <ul>
 *   <li>{@code MaxNormConstraint}, {@code MinMaxNormConstraint}, {@code UnitNormConstraint}: DL4J
 *       applies each twice in an update; the first two divide by {@code norm + 1e-6}, which pulls
 *       unclipped weights towards zero too; a rate below 1 has a wrong formula; unit norm turns zero
 *       slices into NaN. Replaced by {@link MaxNorm}, {@link MinMaxNorm}, {@link UnitNorm}.
 *   <li>Dimensions that are not those of a unit's incoming weights in the layer's layout, such as
 *       dimension 1 of a dense layer, as DL4J's documentation has it. Replaced by {@link
 *       NormAxes#perOutputUnit()}; the norm of each word's vector in an embedding is left.
 *   <li>Constraints that name no parameter, which DL4J never applies: they get the layer's weights.
 *   <li>Constraints on a wrapper (Bidirectional, LastTimeStep, ...) that never reach the wrapped
 *       layer: moved there.
 *   <li>Initial weights that nothing projects: {@link ProjectedWeightInit} is put in. Layers whose
 *       initialization can't be wrapped (SameDiff layers) need {@link
 *       Constraints#project(org.deeplearning4j.nn.api.Model)} after {@code init()}; the finding says
 *       so.
 * </ul>
 *
 * <p>{@code NonNegativeConstraint} is right, and frozen layers have no constraint applied: neither
 * is a finding.
 *
 * <p>What DL4J loses before the configuration exists can't be found here: {@code constrain...} on
 * the builders of SameDiff layers, {@code SimpleRnn}, {@code VariationalAutoencoder}, {@code
 * ElementWiseMultiplicationLayer} and {@code OCNNOutputLayer}; {@code constrainInputWeights} on
 * recurrent layers; {@code constrainAllParameters} on the network's builder; everything set on the network's builder for a layer that has any constraint of
 * its own. {@code constrainWeights} on the network's builder throws if a locally connected layer is
 * in the network. In all these cases call {@code setConstraints} on the layer's configuration.
 *
 * @param <C> kind of configuration
 */
public final class ConstraintAudit<C> {

    /**
     * One constraint that is applied wrongly.
     *
     * @param layer name and class of the layer
     * @param constraint the constraint as found
     * @param problem what is wrong
     * @param remedy what the corrected configuration has instead, or what is left to do by hand
     */
    public record Finding(String layer, String constraint, String problem, String remedy) {
        @Override
        public String toString() {
            return "Layer " + layer + ", " + constraint + ": " + problem + ". " + remedy + ".";
        }
    }

    private final C corrected;
    private final List<Finding> findings = new ArrayList<>();

    private ConstraintAudit(C copy, Collection<Layer> layers) {
        this.corrected = copy;
        layers.forEach(this::audit);
    }

    /**
     * Audits a configuration, which stays as it is.
     *
     * @throws DL4JInvalidConfigException if the size of a constrained layer's input is not known
     */
    public static ConstraintAudit<MultiLayerConfiguration> of(MultiLayerConfiguration conf) {
        // Not clone(): the layers inside wrappers would be shared with the original.
        MultiLayerConfiguration copy = SerializationUtils.clone(conf);
        return new ConstraintAudit<>(
                copy,
                copy.getConfs().stream()
                        .map(NeuralNetConfiguration::getLayer)
                        .collect(Collectors.toList()));
    }

    /**
     * Audits a configuration, which stays as it is.
     *
     * @throws DL4JInvalidConfigException if the size of a constrained layer's input is not known
     */
    public static ConstraintAudit<ComputationGraphConfiguration> of(
            ComputationGraphConfiguration conf) {
        ComputationGraphConfiguration copy = SerializationUtils.clone(conf);
        List<Layer> layers = new ArrayList<>();
        for (GraphVertex vertex : copy.getVertices().values()) {
            if (vertex instanceof LayerVertex) {
                layers.add(((LayerVertex) vertex).getLayerConf().getLayer());
            }
        }
        return new ConstraintAudit<>(copy, layers);
    }

    /** Audits the configuration of a network; both stay as they are. */
    public static ConstraintAudit<MultiLayerConfiguration> of(MultiLayerNetwork network) {
        return of(network.getLayerWiseConfigurations());
    }

    /** Audits the configuration of a network; both stay as they are. */
    public static ConstraintAudit<ComputationGraphConfiguration> of(ComputationGraph network) {
        return of(network.getConfiguration());
    }

    /** What is wrong; empty if nothing is. */
    public List<Finding> findings() {
        return List.copyOf(findings);
    }

    /**
     * A configuration of its own in which the findings are mended, except where a finding says
     * what is left to do by hand. To go on with the parameters of a trained network: {@code
     * network.init(); network.setParams(trained.params()); Constraints.project(network)}.
     */
    public C corrected() {
        return corrected;
    }

    /** One line for each finding. */
    @Override
    public String toString() {
        return findings.isEmpty()
                ? "No constraint is applied wrongly."
                : findings.stream().map(Finding::toString).collect(Collectors.joining("\n"));
    }

    private void audit(Layer layer) {
        if (layer instanceof FrozenLayer || layer instanceof FrozenLayerWithBackprop) {
            return;
        }
        if (layer instanceof Bidirectional) {
            Bidirectional both = (Bidirectional) layer;
            auditWrapper(both, List.of(both.getFwd(), both.getBwd()));
        } else if (layer instanceof BaseWrapperLayer) {
            auditWrapper(layer, List.of(((BaseWrapperLayer) layer).getUnderlying()));
        } else if (layer.getConstraints() != null && !layer.getConstraints().isEmpty()) {
            new LayerAudit(layer).run();
        }
    }

    /** DL4J applies the constraints of the wrapped layers only. */
    private void auditWrapper(Layer wrapper, List<Layer> wrapped) {
        int before = findings.size();
        List<LayerConstraint> outer = withoutParams(wrapper.getConstraints());
        for (Layer inner : wrapped) {
            if (!outer.isEmpty() && withoutParams(inner.getConstraints()).isEmpty()) {
                inner.setConstraints(bound(outer, inner));
                add(
                        wrapper,
                        outer,
                        "attached to a wrapper, where DL4J never applies it",
                        "Moved to the wrapped layer");
            } else if (!outer.isEmpty() && !outer.equals(withoutParams(inner.getConstraints()))) {
                add(
                        wrapper,
                        outer,
                        "attached to a wrapper, where DL4J never applies it",
                        "Removed; the wrapped layer has constraints of its own");
            }
            audit(inner);
        }
        if (findings.size() > before) {
            wrapper.setConstraints(null);
        }
    }

    private static List<LayerConstraint> withoutParams(List<LayerConstraint> constraints) {
        return constraints == null ? List.of() : bound(constraints, null);
    }

    /** Copies for the weights of a layer, or for no parameter. */
    private static List<LayerConstraint> bound(List<LayerConstraint> constraints, Layer layer) {
        List<LayerConstraint> copies = new ArrayList<>();
        for (LayerConstraint constraint : constraints) {
            LayerConstraint copy = constraint.clone();
            copy.setParams(
                    layer == null
                            ? new LinkedHashSet<>()
                            : new LinkedHashSet<>(layer.initializer().weightKeys(layer)));
            copies.add(copy);
        }
        return copies;
    }

    private void add(Layer layer, Object constraint, String problem, String remedy) {
        findings.add(
                new Finding(Slices.name(layer), describe(constraint), problem, remedy));
    }

    private static String describe(Object constraint) {
        if (constraint instanceof List) {
            return ((List<?>) constraint)
                    .stream().map(ConstraintAudit::describe).collect(Collectors.joining(", "));
        }
        if (constraint instanceof MaxNormConstraint) {
            MaxNormConstraint c = (MaxNormConstraint) constraint;
            return "MaxNormConstraint(" + c.getMaxNorm() + dimensions(c);
        }
        if (constraint instanceof MinMaxNormConstraint) {
            MinMaxNormConstraint c = (MinMaxNormConstraint) constraint;
            return "MinMaxNormConstraint("
                    + c.getMin()
                    + ", "
                    + c.getMax()
                    + ", rate "
                    + c.getRate()
                    + dimensions(c);
        }
        if (constraint instanceof UnitNormConstraint) {
            return "UnitNormConstraint(" + dimensions((BaseConstraint) constraint).substring(2);
        }
        return constraint instanceof NormConstraint
                ? constraint.toString()
                : constraint.getClass().getSimpleName();
    }

    private static String dimensions(BaseConstraint constraint) {
        return ", dimensions " + Arrays.toString(constraint.getDimensions()) + ")";
    }

    /** The audit of one layer that has parameters and constraints of its own. */
    private final class LayerAudit {

        /** Values that no initialization makes: they mark which parameters a function made. */
        private static final float BY_WEIGHT_INIT = -31547.5f;

        private static final float BY_RECURRENT_INIT = -31548.5f;

        private final Layer layer;
        private final Map<String, INDArray> params;

        LayerAudit(Layer layer) {
            this.layer = layer;
            this.params = probe();
        }

        void run() {
            List<LayerConstraint> right = new ArrayList<>();
            for (LayerConstraint constraint : layer.getConstraints()) {
                if (constraint instanceof NormConstraint) {
                    right.add(constraint);
                } else if (constraint instanceof NonNegativeConstraint
                        || !(constraint instanceof BaseConstraint)) {
                    right.add(constraint);
                } else {
                    right.addAll(replace((BaseConstraint) constraint));
                }
            }
            layer.setConstraints(right);
            projectInitialWeights(right);
        }

        /**
         * The layer's parameters with their shapes, biases and gains with their initial values, and
         * weights with the mark of the function that initializes them.
         */
        private Map<String, INDArray> probe() {
            BaseLayer base = layer instanceof BaseLayer ? (BaseLayer) layer : null;
            BaseRecurrentLayer recurrent =
                    layer instanceof BaseRecurrentLayer ? (BaseRecurrentLayer) layer : null;
            IWeightInit weightInit = base == null ? null : base.getWeightInitFn();
            IWeightInit recurrentInit =
                    recurrent == null ? null : recurrent.getWeightInitFnRecurrent();
            try {
                if (base != null) {
                    base.setWeightInitFn(mark(BY_WEIGHT_INIT));
                }
                if (recurrent != null) {
                    recurrent.setWeightInitFnRecurrent(mark(BY_RECURRENT_INIT));
                }
                NeuralNetConfiguration conf = new NeuralNetConfiguration();
                conf.setLayer(layer);
                long size = layer.initializer().numParams(layer);
                if (size == 0) {
                    return Map.of();
                }
                Map<String, INDArray> table =
                        layer.initializer()
                                .init(conf, Nd4j.create(DataType.FLOAT, 1, size), base != null);
                if (table.values().stream().anyMatch(INDArray::isEmpty)) {
                    throw new IllegalStateException("empty parameter");
                }
                return table;
            } catch (RuntimeException e) {
                throw new DL4JInvalidConfigException(
                        "Layer "
                                + Slices.name(layer)
                                + ": its parameters can't be laid out yet; set the input type of the"
                                + " network or nIn of the layer before the audit",
                        e);
            } finally {
                if (base != null) {
                    base.setWeightInitFn(weightInit);
                }
                if (recurrent != null) {
                    recurrent.setWeightInitFnRecurrent(recurrentInit);
                }
            }
        }

        private IWeightInit mark(float value) {
            return (fanIn, fanOut, shape, order, view) -> view.assign(value).reshape(order, shape);
        }

        private List<LayerConstraint> replace(BaseConstraint constraint) {
            NormConstraint formula;
            try {
                formula = formula(constraint);
            } catch (IllegalArgumentException e) {
                add(layer, constraint, e.getMessage(), "Left as it is: choose values that are allowed");
                return List.of(constraint);
            }
            if (formula == null) {
                add(
                        layer,
                        constraint,
                        "BaseConstraint applies it twice in each update",
                        "Left as it is: implement LayerConstraint directly");
                return List.of(constraint);
            }
            add(layer, constraint, defect(constraint), "Replaced by " + formula.getClass().getSimpleName());

            Set<String> names = constraint.getParams();
            if (names == null || names.isEmpty()) {
                names = new LinkedHashSet<>(layer.initializer().weightKeys(layer));
                add(
                        layer,
                        constraint,
                        "names no parameter, so that DL4J never applies it",
                        "Applied to the layer's weights " + names);
            }
            Map<NormAxes, Set<String>> byAxes = new LinkedHashMap<>();
            for (String name : names) {
                INDArray param = params.get(name);
                if (param == null) {
                    add(
                            layer,
                            constraint,
                            "names the parameter '" + name + "', the layer has " + params.keySet(),
                            "Not applied to it");
                } else {
                    byAxes.computeIfAbsent(
                                    axes(constraint, name, param.shape()),
                                    axes -> new LinkedHashSet<>())
                            .add(name);
                }
            }
            List<LayerConstraint> replacements = new ArrayList<>();
            byAxes.forEach(
                    (axes, group) -> {
                        NormConstraint replacement = formula.withAxes(axes);
                        replacement.setParams(group);
                        replacements.add(replacement);
                    });
            return replacements;
        }

        private NormConstraint formula(BaseConstraint constraint) {
            NormConstraint formula = null;
            if (constraint instanceof MaxNormConstraint) {
                formula = new MaxNorm(((MaxNormConstraint) constraint).getMaxNorm());
            } else if (constraint instanceof MinMaxNormConstraint) {
                MinMaxNormConstraint c = (MinMaxNormConstraint) constraint;
                formula =
                        new MinMaxNorm(
                                c.getMin(), c.getMax(), c.getRate(), NormAxes.perOutputUnit());
            } else if (constraint instanceof UnitNormConstraint) {
                formula = new UnitNorm();
            }
            boolean ownEps = constraint.getEpsilon() != BaseConstraint.DEFAULT_EPSILON;
            return formula != null && ownEps ? formula.withEps(constraint.getEpsilon()) : formula;
        }

        private String defect(BaseConstraint constraint) {
            if (constraint instanceof UnitNormConstraint) {
                return "DL4J divides by the norm alone, so that a slice of zeros becomes NaN";
            }
            if (constraint instanceof MinMaxNormConstraint
                    && ((MinMaxNormConstraint) constraint).getRate() != 1) {
                return "DL4J applies it twice in each update, and scales by rate * clip(norm) / norm +"
                        + " (1 - rate) * norm where rate * clip(norm) / norm + (1 - rate) is meant";
            }
            return "DL4J applies it twice in each update and divides by norm + "
                    + constraint.getEpsilon()
                    + ", so that unclipped weights shrink in every update too";
        }

        /** The axes that a DL4J constraint ought to have for a parameter. */
        private NormAxes axes(BaseConstraint constraint, String name, long[] shape) {
            int[] given = given(constraint, shape.length);
            boolean fit = given.length > 0 && Arrays.stream(given).allMatch(a -> a >= 0 && a < shape.length);
            boolean perWord =
                    (layer instanceof EmbeddingLayer || layer instanceof EmbeddingSequenceLayer)
                            && shape.length == 2
                            && Arrays.equals(given, new int[] {1});
            Slices right;
            try {
                right = Slices.of(NormAxes.perOutputUnit(), layer, name, shape);
            } catch (DL4JInvalidConfigException e) {
                add(
                        layer,
                        constraint,
                        "parameter '" + name + "' " + Arrays.toString(shape) + " has no known layout",
                        fit
                                ? "Its dimensions are kept: check them"
                                : "Its dimensions do not fit and are left: set NormAxes.of(...)");
                return NormAxes.of(given.length == 0 ? IntStream.range(0, shape.length).toArray() : given);
            }
            if (perWord) {
                return NormAxes.of(given);
            }
            if (!fit
                    || right.reversed()
                    || !Arrays.equals(beyondOne(given, shape), beyondOne(right.axes(), shape))) {
                add(
                        layer,
                        constraint,
                        "for parameter '"
                                + name
                                + "' "
                                + Arrays.toString(shape)
                                + " the norm of each output unit is over "
                                + right
                                + (fit ? "" : "; the dimensions given do not fit this shape"),
                        "Replaced by the norm of each output unit; for another norm set NormAxes.of(...)");
            }
            return NormAxes.perOutputUnit();
        }

        private int[] given(BaseConstraint constraint, int rank) {
            int[] given = constraint.getDimensions();
            return given == null
                    ? new int[0]
                    : Arrays.stream(given).map(a -> a < 0 ? a + rank : a).distinct().sorted().toArray();
        }

        /** Axes of size 1 make no difference to a norm. */
        private int[] beyondOne(int[] axes, long[] shape) {
            return Arrays.stream(axes).filter(axis -> shape[axis] > 1).toArray();
        }

        private void projectInitialWeights(List<LayerConstraint> constraints) {
            if (layer instanceof OutputUnitLayout
                    && ((OutputUnitLayout) layer).projectsInitialWeights()) {
                return;
            }
            Map<String, List<Projection>> wanted = new LinkedHashMap<>();
            params.keySet().forEach(name -> wanted.put(name, new ArrayList<>()));
            for (LayerConstraint constraint : constraints) {
                if (constraint instanceof NormConstraint) {
                    NormConstraint norm = (NormConstraint) constraint;
                    for (String name : norm.targets(layer)) {
                        collect(norm, name, wanted);
                    }
                }
            }
            if (!(layer instanceof BaseLayer)) {
                if (wanted.values().stream().anyMatch(list -> !list.isEmpty())) {
                    byHand(constraints);
                }
                return;
            }
            BaseLayer base = (BaseLayer) layer;
            IWeightInit original = base.getWeightInitFn();
            base.setWeightInitFn(wrap(original, BY_WEIGHT_INIT, wanted, constraints));
            if (layer instanceof BaseRecurrentLayer && madeBy(BY_RECURRENT_INIT).size() > 0) {
                BaseRecurrentLayer recurrent = (BaseRecurrentLayer) layer;
                IWeightInit own = recurrent.getWeightInitFnRecurrent();
                IWeightInit used = own == null ? original : own;
                IWeightInit wrapped = wrap(used, BY_RECURRENT_INIT, wanted, constraints);
                if (wrapped != used || own == null && base.getWeightInitFn() != original) {
                    recurrent.setWeightInitFnRecurrent(wrapped);
                }
            }
            // What a constant initializes can't be wrapped, but hardly ever violates a constraint.
            wanted.forEach(
                    (name, list) -> {
                        INDArray param = params.get(name);
                        if (!isMarked(param, BY_WEIGHT_INIT) && !isMarked(param, BY_RECURRENT_INIT)) {
                            INDArray projected = param.dup();
                            list.forEach(p -> p.constraint.project(projected, p.slices));
                            if (!projected.equalsWithEps(param, 1e-6)) {
                                byHand(constraints);
                            }
                        }
                    });
        }

        private void collect(
                NormConstraint norm, String name, Map<String, List<Projection>> wanted) {
            INDArray param = params.get(name);
            if (param == null) {
                add(
                        layer,
                        norm,
                        "names the parameter '" + name + "', the layer has " + params.keySet(),
                        "Left as it is: training will fail");
                return;
            }
            try {
                Slices slices = Slices.of(norm.axes(), layer, name, param.shape());
                wanted.get(name).add(new Projection(norm.bare(), slices));
                if (!norm.axes().isPerOutputUnit() && Slices.isReversed(layer, param.shape())) {
                    add(
                            layer,
                            norm,
                            "DL4J reads the memory of this parameter with its axes reversed, so that axes"
                                    + " of the stored shape mix units",
                            "Left as it is: use NormAxes.perOutputUnit()");
                }
            } catch (DL4JInvalidConfigException e) {
                add(layer, norm, e.getMessage(), "Left as it is: training will fail");
            }
        }

        private void byHand(List<LayerConstraint> constraints) {
            add(
                    layer,
                    constraints,
                    "initial parameters do not satisfy it, and their initialization can't be wrapped",
                    "To do by hand: Constraints.project(network) after init()");
        }

        /** The weight initialization with projections for the parameters that it makes. */
        private IWeightInit wrap(
                IWeightInit init,
                float mark,
                Map<String, List<Projection>> wanted,
                List<LayerConstraint> constraints) {
            Map<String, List<Projection>> missing = new LinkedHashMap<>();
            for (String name : madeBy(mark)) {
                long[] shape = params.get(name).shape();
                missing.put(
                        name,
                        wanted.get(name).stream()
                                .filter(p -> !p.isCoveredBy(init, shape))
                                .collect(Collectors.toList()));
            }
            Set<List<Projection>> kinds = new LinkedHashSet<>(missing.values());
            if (init == null || kinds.stream().allMatch(List::isEmpty)) {
                return init;
            }
            IWeightInit wrapped = init;
            for (Map.Entry<String, List<Projection>> entry : missing.entrySet()) {
                long[] shape = kinds.size() == 1 ? null : params.get(entry.getKey()).shape();
                boolean ambiguous =
                        missing.entrySet().stream()
                                .anyMatch(
                                        other ->
                                                Arrays.equals(params.get(other.getKey()).shape(), shape)
                                                        && !other.getValue().equals(entry.getValue()));
                if (ambiguous) {
                    byHand(constraints);
                    return init;
                }
                for (Projection p : entry.getValue()) {
                    if (!p.isCoveredBy(wrapped, params.get(entry.getKey()).shape())) {
                        wrapped = new ProjectedWeightInit(wrapped, p.constraint, p.slices, shape);
                    }
                }
            }
            add(
                    layer,
                    constraints,
                    "DL4J constrains weights after updates only, not the initial ones",
                    "Initial weights are projected by ProjectedWeightInit");
            return wrapped;
        }

        private List<String> madeBy(float mark) {
            return params.keySet().stream()
                    .filter(name -> isMarked(params.get(name), mark))
                    .collect(Collectors.toList());
        }

        private boolean isMarked(INDArray param, float mark) {
            return param.minNumber().floatValue() == mark && param.maxNumber().floatValue() == mark;
        }
    }

    /** A constraint's formula and what it is applied to. */
    private record Projection(NormConstraint constraint, Slices slices) {

        boolean isCoveredBy(IWeightInit init, long[] shape) {
            return init instanceof ProjectedWeightInit
                    && ((ProjectedWeightInit) init).covers(constraint, slices, shape);
        }
    }
}
