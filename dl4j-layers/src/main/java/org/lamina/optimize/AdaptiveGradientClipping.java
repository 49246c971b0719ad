package org.lamina.optimize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.lamina.layers.base.ParameterRegularization;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Adaptive gradient clipping: limits the norm of a unit's gradient G to a given fraction of the
 * norm of its weights W.
 *
 * <pre>
 * limit = clip * max(||W||, eps)
 * G     = G * limit / max(||G||, 1e-6)     where ||G|| is at least the limit
 * </pre>
 *
 * <p>A unit is an output channel (output feature) of a weight; a bias, a gain or another vector is
 * one unit as a whole. That is the rule of the paper's code; {@link Rule#TIMM} has timm's units.
 * Clipping comes after the division by the minibatch size and before L1, L2 and the updater.
 *
 * <p>Defaults: clip 0.01, eps 1e-3, the paper's rule; the classifier is left out.
 *
 * <pre>{@code
 * conf = new AdaptiveGradientClipping(0.01, 1e-3).applyTo(conf);
 * conf = new AdaptiveGradientClipping(0.01, 1e-3).withRule(Rule.TIMM).applyTo(conf);
 * }</pre>
 *
 * <p>Apply it to a configuration whose layer sizes are known. For DL4J's own layers it must be
 * applied again when transfer learning changes a size; Lamina's layers adapt. DL4J's batch
 * normalization takes no regularization, so its scale and shift are not clipped. A layer whose
 * output units are not known, such as DL4J's attention layers, must be excluded ({@link
 * #applyToAllBut}).
 *
 * <p>Source: Brock, De, Smith and Simonyan, https://arxiv.org/abs/2102.06171; timm, {@code
 * timm/utils/agc.py}, https://github.com/huggingface/pytorch-image-models.
 *
 * <p>Differs from the source in: the weights of fully connected layers are [in, out], so their
 * units are columns; the classifier's bias is not clipped either (the published code clips it).
 */
public final class AdaptiveGradientClipping implements ParameterRegularization {

    /**
     * Which elements form a unit with its own norm. The published codes agree on weights and
     * biases.
     */
    public enum Rule {
        /**
         * Scalars and vectors (arrays with at most one size above 1) as a whole; everything else by
         * output unit. A gain {@code [C, 1, 1, 1]} is one unit.
         *
         * @see <a href="https://github.com/deepmind/deepmind-research/tree/master/nfnets">Brock et
         *     al., deepmind-research, nfnets/agc_optax.py, unitwise_norm</a>
         */
        PAPER,
        /**
         * Scalars and arrays of one dimension as a whole; everything else by the first dimension
         * that PyTorch's parameter has. Each channel of a gain {@code [C, 1, 1, 1]} is a unit, and
         * so are a transposed convolution's input channels.
         *
         * @see <a href="https://github.com/huggingface/pytorch-image-models">timm, utils/agc.py,
         *     unitwise_norm</a>
         */
        TIMM;

        /**
         * The axes that norms are taken over.
         *
         * @param shape shape of a parameter whose first axis indexes output units, as in PyTorch's
         *     weights of convolutions and fully connected layers
         */
        public int[] normAxes(long... shape) {
            return IntStream.range(isWhole(shape) ? 0 : 1, shape.length).toArray();
        }

        /** Whether a parameter of this shape is one unit. */
        boolean isWhole(long... shape) {
            return this == PAPER
                    ? Arrays.stream(shape).filter(size -> size > 1).count() <= 1
                    : shape.length <= 1;
        }
    }

    private static final double SMALLEST_GRADIENT = 1e-6;

    private final double clip;
    private final double eps;
    private final Rule rule;
    private final List<ParameterUnits> units;

    /** Clip 0.01, eps 1e-3, the paper's rule. */
    public AdaptiveGradientClipping() {
        this(0.01, 1e-3);
    }

    /**
     * Clipping by the paper's rule.
     *
     * @param clip largest norm of a unit's gradient in units of the norm of its weights, greater
     *     than 0
     * @param eps lower bound of the norm of weights, 0 or greater
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    public AdaptiveGradientClipping(double clip, double eps) {
        this(clip, eps, Rule.PAPER, List.of());
    }

    @JsonCreator
    private AdaptiveGradientClipping(
            @JsonProperty("clip") double clip,
            @JsonProperty("eps") double eps,
            @JsonProperty("rule") Rule rule,
            @JsonProperty("units") List<ParameterUnits> units) {
        if (!(clip > 0 && clip < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "AdaptiveGradientClipping: clip = " + clip + "; must be greater than 0");
        }
        if (!(eps >= 0 && eps < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "AdaptiveGradientClipping: eps = " + eps + "; must be 0 or greater");
        }
        this.clip = clip;
        this.eps = eps;
        this.rule = rule == null ? Rule.PAPER : rule; // older files have none
        this.units = units == null ? List.of() : new ArrayList<>(units);
    }

    /**
     * A copy of the configuration with clipping in every layer but the classifier, the last layer
     * with parameters. Existing adaptive gradient clipping is replaced; frozen layers are left
     * unchanged.
     *
     * @throws org.deeplearning4j.exception.DL4JInvalidConfigException if a layer's parameters are
     *     unknown or cannot be distinguished
     */
    public MultiLayerConfiguration applyTo(MultiLayerConfiguration conf) {
        return ClippedConfiguration.of(conf, this, ClippedConfiguration.classifiers(conf));
    }

    /**
     * The same, in every layer but those named.
     *
     * @param excluded names of layers; none: all layers are clipped
     * @throws IllegalArgumentException if there is no layer of that name
     */
    public MultiLayerConfiguration applyToAllBut(MultiLayerConfiguration conf, String... excluded) {
        return ClippedConfiguration.of(conf, this, List.of(excluded));
    }

    /**
     * A copy of the configuration with clipping in every layer but the classifiers, the last layers
     * with parameters before each output. Existing adaptive gradient clipping is replaced; frozen
     * layers are left unchanged.
     *
     * @throws org.deeplearning4j.exception.DL4JInvalidConfigException if a layer's parameters are
     *     unknown or cannot be distinguished
     */
    public ComputationGraphConfiguration applyTo(ComputationGraphConfiguration conf) {
        return ClippedConfiguration.of(conf, this, ClippedConfiguration.classifiers(conf));
    }

    /**
     * The same, in every layer but those named.
     *
     * @param excluded names of layers; none: all layers are clipped
     * @throws IllegalArgumentException if there is no layer of that name
     */
    public ComputationGraphConfiguration applyToAllBut(
            ComputationGraphConfiguration conf, String... excluded) {
        return ClippedConfiguration.of(conf, this, List.of(excluded));
    }

    /** Largest norm of a unit's gradient in units of the norm of its weights. */
    @JsonProperty("clip")
    public double clip() {
        return clip;
    }

    /** Lower bound of the norm of weights. */
    @JsonProperty("eps")
    public double eps() {
        return eps;
    }

    /** Which elements form a unit with its own norm. */
    @JsonProperty("rule")
    public Rule rule() {
        return rule;
    }

    /** A copy with this rule. */
    public AdaptiveGradientClipping withRule(Rule value) {
        if (value == null) {
            throw new IllegalArgumentException(
                    "AdaptiveGradientClipping: rule = null; allowed are "
                            + Arrays.toString(Rule.values()));
        }
        return new AdaptiveGradientClipping(clip, eps, value, List.of());
    }

    @JsonProperty("units")
    private List<ParameterUnits> units() {
        return units;
    }

    /** This clipping for parameters that are identified by their lengths. */
    AdaptiveGradientClipping forUnits(List<ParameterUnits> parameters) {
        return new AdaptiveGradientClipping(clip, eps, rule, parameters);
    }

    @Override
    public Regularization forParameter(ParamSpec param) {
        return forUnits(List.of(ParameterUnits.of(param, rule)));
    }

    @Override
    public ApplyStep applyStep() {
        return ApplyStep.BEFORE_UPDATER;
    }

    @Override
    public void apply(INDArray param, INDArray gradView, double lr, int iteration, int epoch) {
        for (ParameterUnits parameter : units) {
            if (parameter.length() == param.length()) {
                clip(parameter.units(param), parameter.units(gradView));
                return;
            }
        }
        throw new IllegalStateException(
                String.format(
                        "AdaptiveGradientClipping: a parameter of %s elements is not one of %s; use"
                                + " applyTo(configuration), again after sizes have changed",
                        param.length(), units));
    }

    /**
     * Clips a gradient in place.
     *
     * @param param the weights
     * @param gradient their gradient, of the same shape
     * @param normAxes axes that a unit's norm is taken over; none: each element is a unit
     */
    public void clip(INDArray param, INDArray gradient, int... normAxes) {
        clip(UnitNorms.of(param, normAxes), UnitNorms.of(gradient, normAxes));
    }

    private void clip(UnitNorms param, UnitNorms gradient) {
        double[] weights = param.norms();
        double[] factors = gradient.norms();
        boolean changes = false;
        for (int i = 0; i < factors.length; i++) {
            double limit = clip * Math.max(weights[i], eps);
            boolean clipped = factors[i] >= limit;
            factors[i] = clipped ? limit / Math.max(factors[i], SMALLEST_GRADIENT) : 1;
            changes |= clipped;
        }
        if (changes) {
            gradient.scale(factors);
        }
    }

    /** Clipping adds nothing to the loss. */
    @Override
    public double score(INDArray param, int iteration, int epoch) {
        return 0;
    }

    @Override
    public Regularization clone() {
        return forUnits(units);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof AdaptiveGradientClipping other
                && clip == other.clip
                && eps == other.eps
                && rule == other.rule
                && units.equals(other.units);
    }

    @Override
    public int hashCode() {
        return Objects.hash(clip, eps, rule, units);
    }

    @Override
    public String toString() {
        return "AdaptiveGradientClipping(clip " + clip + ", eps " + eps + ", " + rule + ")";
    }
}
