package org.lamina.constraints;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Finds out how the weights of one layer are initialized, and projects them. */
final class InitialWeights {

    /**
     * Values that no initialization produces: they mark which parameters a function initialized.
     */
    private static final float BY_WEIGHT_INIT = -31547.5f;

    private static final float BY_RECURRENT_INIT = -31548.5f;

    private final Layer layer;
    private final Map<String, INDArray> params;
    private final Findings findings;

    /**
     * Lays out the parameters of a layer.
     *
     * @throws DL4JInvalidConfigException if its input size is unknown
     */
    InitialWeights(Layer layer, Findings findings) {
        this.layer = layer;
        this.findings = findings;
        this.params = probe();
    }

    /**
     * The layer's parameters with their shapes, biases and gains with their initial values, and
     * weights with the mark of the function that initializes them.
     */
    Map<String, INDArray> params() {
        return params;
    }

    private Map<String, INDArray> probe() {
        BaseLayer base = layer instanceof BaseLayer b ? b : null;
        BaseRecurrentLayer recurrent = layer instanceof BaseRecurrentLayer r ? r : null;
        IWeightInit weightInit = base == null ? null : base.getWeightInitFn();
        IWeightInit recurrentInit = recurrent == null ? null : recurrent.getWeightInitFnRecurrent();
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
                    String.format(
                            "Layer %s: its parameter shapes are not known yet; set the input type"
                                    + " of the network or nIn of the layer before the audit",
                            Slices.name(layer)),
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

    /** Adds projections of the initial weights, or reports why that is not possible. */
    void project() {
        List<LayerConstraint> constraints = layer.getConstraints();
        if (layer instanceof OutputUnitLayout layout && layout.projectsInitialWeights()) {
            return;
        }
        Map<String, List<Projection>> wanted = new LinkedHashMap<>();
        params.keySet().forEach(name -> wanted.put(name, new ArrayList<>()));
        for (LayerConstraint constraint : constraints) {
            if (constraint instanceof NormConstraint norm) {
                for (String name : norm.targets(layer)) {
                    collect(norm, name, wanted);
                }
            }
        }
        if (!(layer instanceof BaseLayer base)) {
            if (wanted.values().stream().anyMatch(list -> !list.isEmpty())) {
                byHand(constraints);
            }
            return;
        }
        IWeightInit original = base.getWeightInitFn();
        base.setWeightInitFn(wrap(original, BY_WEIGHT_INIT, wanted, constraints));
        if (layer instanceof BaseRecurrentLayer recurrent && madeBy(BY_RECURRENT_INIT).size() > 0) {
            IWeightInit own = recurrent.getWeightInitFnRecurrent();
            IWeightInit used = own == null ? original : own;
            IWeightInit wrapped = wrap(used, BY_RECURRENT_INIT, wanted, constraints);
            if (wrapped != used || own == null && base.getWeightInitFn() != original) {
                recurrent.setWeightInitFnRecurrent(wrapped);
            }
        }
        // Constant initial values can't be wrapped, but rarely violate a constraint.
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

    private void collect(NormConstraint norm, String name, Map<String, List<Projection>> wanted) {
        INDArray param = params.get(name);
        if (param == null) {
            findings.add(
                    layer,
                    norm,
                    "names the parameter '" + name + "', the layer has " + params.keySet(),
                    "Not changed: training will fail");
            return;
        }
        try {
            Slices slices = Slices.of(norm.axes(), layer, name, param.shape());
            wanted.get(name).add(new Projection(norm.bare(), slices));
            if (!norm.axes().isPerOutputUnit() && Slices.isReversed(layer, param.shape())) {
                findings.add(
                        layer,
                        norm,
                        "DL4J reads the memory of this parameter with its axes reversed, so that"
                                + " axes of the stored shape mix units",
                        "Not changed: use NormAxes.perOutputUnit()");
            }
        } catch (DL4JInvalidConfigException e) {
            findings.add(layer, norm, e.getMessage(), "Not changed: training will fail");
        }
    }

    private void byHand(List<LayerConstraint> constraints) {
        findings.add(
                layer,
                constraints,
                "initial parameters do not satisfy it, and their initialization can't be wrapped",
                "Call Constraints.project(network) after init()");
    }

    /** The weight initialization with projections for the parameters that it initializes. */
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
        findings.add(
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

    /** A constraint's formula and the slices it is applied to. */
    private record Projection(NormConstraint constraint, Slices slices) {

        boolean isCoveredBy(IWeightInit init, long[] shape) {
            return init instanceof ProjectedWeightInit projected
                    && projected.covers(constraint, slices, shape);
        }
    }
}
