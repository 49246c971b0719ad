package org.lamina.constraints;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.lamina.spec.NormAxes;
import org.lamina.spec.NormSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Keeps the L2 norm of every slice of a parameter at a desired value. After each update, once,
 *
 * <pre>
 * w' = w * desired(norm) / (norm + eps),   norm = ||w||_2 over the norm axes
 * </pre>
 *
 * <p>for every slice, even if nothing is clipped, as in selfEEG. A slice of zeros stays zero. The
 * scale is computed in double whatever the parameter's type; so is the norm if squares would exceed
 * the range of a narrower type. NaN and infinite weights are not repaired.
 *
 * <p>Which parameters: those named by {@link #withParams}; else those that DL4J names ({@code
 * constrainWeights}: weights, {@code constrainBias}: biases, {@code constrainAllParameters}: both);
 * else the layer's weights. If both name some, the parameters that both name.
 *
 * <p>Which slices: with {@link NormAxes#perOutputUnit()} all incoming weights of one unit, in the
 * layout of the layer. In recurrent layers each gate of each cell is a unit (in Graves' LSTM the
 * three peephole columns are one slice each), in locally connected layers each filter at each
 * position, in depthwise ones each filter of each channel, and in embeddings each column of the
 * table (for word vectors use {@code NormAxes.of(1)}); each bias is a separate slice. Layers with
 * another layout declare it with {@link OutputUnitLayout}.
 *
 * <p>DL4J applies constraints after an update, never to initial weights: see {@link
 * ProjectedWeightInit} and {@link Constraints#project(org.deeplearning4j.nn.api.Model)}. It skips
 * frozen layers.
 *
 * <p>Differs from {@code org.deeplearning4j.nn.conf.constraint}: applied once, not twice; eps is
 * 1e-9, not 1e-6; axes are derived from the layer unless given.
 *
 * <p>Instances are values, except for {@link #setParams}, which DL4J calls on clones.
 */
@JsonAutoDetect(
        fieldVisibility = JsonAutoDetect.Visibility.NONE,
        getterVisibility = JsonAutoDetect.Visibility.NONE,
        isGetterVisibility = JsonAutoDetect.Visibility.NONE,
        setterVisibility = JsonAutoDetect.Visibility.NONE)
public abstract class NormConstraint implements LayerConstraint {

    /** Outside these norms the square of an element may be out of the range of float. */
    private static final double SAFE_FLOAT_MIN = 1e-15;

    private static final double SAFE_FLOAT_MAX = 1e15;

    @JsonProperty("axes")
    private NormAxes axes;

    private double eps;

    /** Parameter names; empty and not {@link #named} means the layer's weights. */
    @JsonProperty("params")
    private TreeSet<String> params;

    /** Whether the user gave the names, which {@link #setParams} may narrow but not replace. */
    @JsonProperty("named")
    private boolean named;

    /**
     * @param axes axes the norm is taken over
     * @param eps added to the norm in the denominator, 0 or greater
     * @throws IllegalArgumentException if eps is negative or not a number
     */
    protected NormConstraint(NormAxes axes, double eps) {
        this.axes = Objects.requireNonNull(axes, "axes");
        this.eps = checkEps(eps);
        this.params = new TreeSet<>();
    }

    /**
     * The constraint that a spec selects.
     *
     * @return empty if the spec's kind is NONE
     */
    public static Optional<NormConstraint> of(NormSpec spec) {
        NormConstraint formula =
                switch (spec.kind()) {
                    case NONE -> null;
                    case MAX -> new MaxNorm(spec.max(), spec.axes());
                    case MIN_MAX ->
                            new MinMaxNorm(spec.min(), spec.max(), spec.rate(), spec.axes());
                    case UNIT -> new UnitNorm(spec.axes());
                };
        return Optional.ofNullable(formula).map(f -> f.withEps(spec.eps()));
    }

    /** The desired norm of a slice with this norm. */
    protected abstract double desired(double norm);

    /** Axes the norm is taken over. */
    public NormAxes axes() {
        return axes;
    }

    /** Added to the norm in the denominator. */
    @JsonProperty("eps")
    public double eps() {
        return eps;
    }

    @JsonProperty("eps")
    private void setEps(double eps) {
        this.eps = checkEps(eps);
    }

    /**
     * This constraint with another eps.
     *
     * @throws IllegalArgumentException if eps is negative or not a number
     */
    public NormConstraint withEps(double eps) {
        NormConstraint copy = clone();
        copy.eps = checkEps(eps);
        return copy;
    }

    /** This constraint over other axes. */
    public NormConstraint withAxes(NormAxes axes) {
        NormConstraint copy = clone();
        copy.axes = Objects.requireNonNull(axes, "axes");
        return copy;
    }

    /**
     * This constraint for the named parameters only. If the layer lacks one of them, applying the
     * constraint is an error, except through DL4J's {@code constrain...} methods, which select
     * those that the layer has.
     */
    public NormConstraint withParams(String... names) {
        NormConstraint copy = clone();
        copy.params = new TreeSet<>(Arrays.asList(names));
        copy.named = true;
        return copy;
    }

    /** The formula alone: this constraint without its parameter names and axes. */
    NormConstraint bare() {
        NormConstraint copy = clone();
        copy.axes = NormAxes.perOutputUnit();
        copy.params = new TreeSet<>();
        copy.named = false;
        return copy;
    }

    /** This constraint with other parameter names. */
    NormConstraint renamed(Set<String> names) {
        NormConstraint copy = clone();
        copy.params = new TreeSet<>(names);
        return copy;
    }

    @Override
    public Set<String> getParams() {
        return new LinkedHashSet<>(params);
    }

    /**
     * Called by DL4J with the parameters of the layer; narrows the names of {@link #withParams}.
     */
    @Override
    public void setParams(Set<String> names) {
        Collection<String> given = names == null ? Set.of() : names;
        if (named) {
            params.retainAll(given);
        } else {
            params = new TreeSet<>(given);
        }
    }

    @Override
    public void applyConstraint(Layer layer, int iteration, int epoch) {
        org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
        project(conf, layer.paramTable());
    }

    /**
     * The current norms of a layer's weights.
     *
     * @param layer that this constraint is attached to
     * @return the norm of every slice, for each constrained parameter
     */
    public Map<String, double[]> norms(Layer layer) {
        org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
        Map<String, double[]> norms = new LinkedHashMap<>();
        for (String name : targets(conf)) {
            INDArray param = param(conf, layer.paramTable(), name).castTo(DataType.DOUBLE);
            Slices slices = Slices.of(axes, conf, name, param.shape());
            norms.put(name, norms(slices.view(param), slices.axes()).data().asDouble());
        }
        return norms;
    }

    /** Projects the parameters of a layer that this constraint applies to. */
    void project(org.deeplearning4j.nn.conf.layers.Layer conf, Map<String, INDArray> table) {
        if (table == null || table.isEmpty()) {
            return;
        }
        for (String name : targets(conf)) {
            INDArray param = param(conf, table, name);
            project(param, Slices.of(axes, conf, name, param.shape()));
        }
    }

    private INDArray param(
            org.deeplearning4j.nn.conf.layers.Layer conf,
            Map<String, INDArray> table,
            String name) {
        INDArray param = table.get(name);
        if (param == null) {
            throw new DL4JInvalidConfigException(
                    String.format(
                            "Layer %s: %s names the parameter '%s'; the layer has %s",
                            Slices.name(conf), this, name, table.keySet()));
        }
        return param;
    }

    void project(INDArray param, Slices slices) {
        project(slices.view(param), slices.axes());
    }

    /** Names of the layer's parameters that this constraint applies to. */
    Collection<String> targets(org.deeplearning4j.nn.conf.layers.Layer conf) {
        return params.isEmpty() && !named ? conf.initializer().weightKeys(conf) : params;
    }

    /**
     * Projects an array in place.
     *
     * @param param array of floating point numbers; a view of any order and stride
     * @param normAxes axes to take the norm over; none: every element is its own slice
     */
    public void project(INDArray param, int... normAxes) {
        // A float norm is exact enough unless a square left the range of float, which shows in the
        // norm.
        DataType type = param.dataType();
        boolean wide = type == DataType.DOUBLE;
        INDArray work = wide || type == DataType.FLOAT ? param : param.castTo(DataType.DOUBLE);
        INDArray norms = norms(work, normAxes);
        double[] values = norms.data().asDouble();
        if (work.dataType() == DataType.FLOAT && !inFloatRange(values)) {
            work = param.castTo(DataType.DOUBLE);
            norms = norms(work, normAxes);
            values = norms.data().asDouble();
        }
        boolean changes = false;
        for (int i = 0; i < values.length; i++) {
            values[i] = values[i] == 0 ? 1 : desired(values[i]) / (values[i] + eps);
            changes |= (wide ? values[i] : (float) values[i]) != 1;
        }
        if (!changes) {
            return;
        }
        work.muli(Nd4j.create(values, norms.shape(), work.dataType()));
        if (work != param) {
            param.assign(work);
        }
    }

    private static boolean inFloatRange(double[] norms) {
        for (double norm : norms) {
            if (!(norm > SAFE_FLOAT_MIN && norm < SAFE_FLOAT_MAX)) {
                return false;
            }
        }
        return true;
    }

    private static INDArray norms(INDArray array, int[] normAxes) {
        return normAxes.length == 0
                ? Transforms.abs(array.dup('c'), false)
                : array.norm2(true, normAxes);
    }

    private static double checkEps(double eps) {
        if (!(eps >= 0)) {
            throw new IllegalArgumentException(
                    "Norm constraint: eps = " + eps + ", must be 0 or greater");
        }
        return eps;
    }

    @Override
    public NormConstraint clone() {
        try {
            NormConstraint copy = (NormConstraint) super.clone();
            copy.params = new TreeSet<>(params);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public boolean equals(Object o) {
        if (o == null || o.getClass() != getClass()) {
            return false;
        }
        NormConstraint other = (NormConstraint) o;
        return axes.equals(other.axes)
                && eps == other.eps
                && named == other.named
                && params.equals(other.params);
    }

    @Override
    public int hashCode() {
        return Objects.hash(getClass(), axes, eps, named, params);
    }
}
