package org.lamina.samediff.ops;

import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.lamina.activations.Elu;
import org.lamina.activations.Gelu;
import org.lamina.activations.GeluTanh;
import org.lamina.activations.SafeLog;
import org.lamina.activations.ScaledActivation;
import org.lamina.activations.Square;
import org.lamina.activations.Swish;
import org.lamina.kernels.FusedFunction;
import org.lamina.samediff.execution.FusedParts;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationCube;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationRationalTanh;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationRectifiedTanh;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.ops.impl.transforms.strict.RationalTanh;
import org.nd4j.linalg.api.ops.impl.transforms.strict.RectifiedTanh;
import org.nd4j.linalg.factory.Nd4j;

/**
 * DL4J's and Lamina's activation functions as graph ops. Unlike {@code Activation.asSameDiff},
 * which gives leaky ReLU slope 0, it keeps their parameters.
 */
public final class ActivationOps {

    /** Functions without parameters. */
    private static final Map<Class<? extends IActivation>, UnaryOperator<SDVariable>> PLAIN =
            Map.ofEntries(
                    Map.entry(ActivationCube.class, x -> sd(x).math().cube(x)),
                    Map.entry(ActivationHardSigmoid.class, x -> sd(x).nn().hardSigmoid(x)),
                    Map.entry(ActivationHardTanH.class, x -> sd(x).nn().hardTanh(x)),
                    Map.entry(ActivationIdentity.class, x -> x),
                    Map.entry(
                            ActivationRationalTanh.class,
                            x -> new RationalTanh(sd(x), x).outputVariable()),
                    Map.entry(ActivationReLU6.class, ActivationOps::relu6),
                    Map.entry(
                            ActivationRectifiedTanh.class,
                            x -> new RectifiedTanh(sd(x), x).outputVariable()),
                    Map.entry(ActivationSELU.class, x -> sd(x).nn().selu(x)),
                    Map.entry(ActivationSigmoid.class, x -> sd(x).nn().sigmoid(x)),
                    Map.entry(ActivationSoftPlus.class, x -> sd(x).nn().softplus(x)),
                    Map.entry(ActivationSoftSign.class, x -> sd(x).nn().softsign(x)),
                    Map.entry(ActivationSoftmax.class, x -> sd(x).nn().softmax(x)),
                    Map.entry(ActivationSwish.class, x -> sd(x).nn().swish(x)),
                    Map.entry(ActivationTanH.class, x -> sd(x).nn().tanh(x)),
                    Map.entry(Gelu.class, ActivationOps::gelu),
                    Map.entry(GeluTanh.class, ActivationOps::geluTanh),
                    Map.entry(Square.class, x -> sd(x).math().square(x)));

    /** Functions composed of several ops, which kernels run as one. */
    private static final Set<Class<? extends IActivation>> PARTS =
            Set.of(
                    ActivationELU.class,
                    ActivationLReLU.class,
                    ActivationReLU6.class,
                    Elu.class,
                    Gelu.class,
                    GeluTanh.class,
                    SafeLog.class,
                    ScaledActivation.class);

    private ActivationOps() {}

    private static SameDiff sd(SDVariable x) {
        return x.getSameDiff();
    }

    /** Whether {@link #apply} knows the function. */
    public static boolean supports(IActivation activation) {
        return PLAIN.containsKey(activation.getClass()) || parametric(activation) != null;
    }

    /**
     * Checks that {@link #apply} knows the function.
     *
     * @throws IllegalArgumentException naming the field and the function
     */
    public static void requireSupported(String field, IActivation function) {
        if (!supports(function)) {
            throw new IllegalArgumentException(
                    String.format(
                            "%s = %s; is not available in SameDiff, use the layer's native form",
                            field, function));
        }
    }

    /**
     * The activation function of x, of the same shape; softmax runs over the last dimension, as in
     * DL4J.
     *
     * @throws IllegalArgumentException if {@link #supports} is false
     */
    public static SDVariable apply(IActivation activation, SDVariable x) {
        UnaryOperator<SDVariable> function = PLAIN.get(activation.getClass());
        function = function == null ? parametric(activation) : function;
        if (function == null) {
            throw new IllegalArgumentException(
                    "activation function " + activation + " is not available in SameDiff");
        }
        return PARTS.contains(activation.getClass())
                ? part(activation, function, x)
                : function.apply(x);
    }

    private static SDVariable part(
            IActivation activation, UnaryOperator<SDVariable> function, SDVariable x) {
        return FusedParts.part(
                new FusedFunction.Activation(activation), v -> function.apply(v[0]), x);
    }

    /**
     * ReLU with a slope for negative values, one per channel (PReLU).
     *
     * <pre>
     * y = max(x, 0) + slope * min(x, 0),  dy/dx = 1 where x &gt; 0, else slope
     * </pre>
     *
     * @param x input {@code [N, C, spatial...]}
     * @param rank number of its dimensions
     * @param slope {@code [C]}
     * @return an array of the input's shape
     */
    public static SDVariable prelu(SDVariable x, int rank, SDVariable slope) {
        return FusedParts.part(
                new FusedFunction.PReLU(), v -> rectified(v[0], rank, v[1]), x, slope);
    }

    private static SDVariable rectified(SDVariable x, int rank, SDVariable slope) {
        // x - max(x, 0), not min(x, 0), whose derivative at 0 differs
        SDVariable positive = sd(x).nn().relu(x, 0);
        return positive.add(x.sub(positive).mul(NormOps.channels(slope, rank)));
    }

    /** Swish, {@code x * sigmoid(beta * x)}. */
    public static SDVariable swish(SDVariable x, double beta) {
        return part(
                new Swish(beta), v -> v.mul(sd(v).nn().sigmoid(beta == 1 ? v : v.mul(beta))), x);
    }

    /**
     * Swish whose beta is a graph variable, for example a learned one.
     *
     * @param beta a variable that broadcasts to the shape of x
     */
    public static SDVariable swish(SDVariable x, SDVariable beta) {
        return x.mul(sd(x).nn().sigmoid(x.mul(beta)));
    }

    /** The exact Gaussian error linear unit, {@code x / 2 * (1 + erf(x / sqrt(2)))}. */
    public static SDVariable gelu(SDVariable x) {
        return x.mul(sd(x).math().erf(x.mul(Math.sqrt(0.5))).add(1).mul(0.5));
    }

    /**
     * The tanh approximation of the Gaussian error linear unit, {@code x / 2 * (1 + tanh(sqrt(2 /
     * pi) * (x + 0.044715 * x^3)))}.
     */
    public static SDVariable geluTanh(SDVariable x) {
        double bound = GeluTanh.SATURATION;
        SDVariable v = sd(x).math().clipByValue(x, -bound, bound);
        SDVariable argument = v.mul(v).mul(GeluTanh.CUBIC).add(GeluTanh.LINEAR).mul(v);
        return x.mul(sd(x).nn().sigmoid(argument));
    }

    /** Exponential linear unit: x for x above 0, otherwise {@code alpha * (exp(x) - 1)}. */
    public static SDVariable elu(SDVariable x, double alpha) {
        return sd(x).nn().relu(x, 0).add(sd(x).math().expm1(negative(x)).mul(alpha));
    }

    /** {@code min(max(x, 0), 6)}; NaN stays NaN (ND4J's op returns a bound). */
    private static SDVariable relu6(SDVariable x) {
        SDVariable zeroOrNaN = sd(x).eq(x, x).castTo(x.dataType()).rdiv(0);
        return sd(x).nn().relu6(x, 0).add(zeroOrNaN);
    }

    /** {@code min(x, 0)}, with derivative 1 at 0; 0 for NaN. */
    private static SDVariable negative(SDVariable x) {
        SameDiff sd = sd(x);
        return sd.math().min(x, sd.constant(Nd4j.scalar(x.dataType(), 0)));
    }

    /** Logarithm of an argument clamped from below, {@code log(max(x, eps))}. */
    public static SDVariable safeLog(SDVariable x, double eps) {
        SDVariable above = sd(x).gte(x, eps).castTo(x.dataType());
        return sd(x).math().log(x.mul(above).add(above.rsub(1).mul(eps)));
    }

    /** Logarithm of an argument clamped to an interval, {@code log(min(max(x, eps), max))}. */
    public static SDVariable safeLog(SDVariable x, double eps, double max) {
        if (Double.isInfinite(max)) {
            return safeLog(x, eps);
        }
        SDVariable above = sd(x).gte(x, eps).castTo(x.dataType());
        SDVariable below = sd(x).lte(x, max).castTo(x.dataType());
        SDVariable limits = above.rsub(1).mul(eps).add(below.rsub(1).mul(max));
        return sd(x).math().log(x.mul(above).mul(below).add(limits));
    }

    private static UnaryOperator<SDVariable> parametric(IActivation activation) {
        if (activation instanceof ActivationELU elu) {
            return x -> elu(x, elu.getAlpha());
        }
        if (activation instanceof SafeLog log) {
            return x -> safeLog(x, log.eps(), log.max());
        }
        if (activation instanceof Swish swish) {
            return x -> swish(x, swish.beta());
        }
        if (activation instanceof ScaledActivation scaled) {
            return supports(scaled.function())
                    ? x -> apply(scaled.function(), x).mul(scaled.gamma())
                    : null;
        }
        if (activation instanceof ActivationLReLU leaky) {
            return x -> sd(x).nn().relu(x, 0).add(negative(x).mul(leaky.getAlpha()));
        }
        if (activation instanceof ActivationGELU gelu && !gelu.isPrecise()) {
            return x -> sd(x).nn().gelu(x);
        }
        boolean plainRelu =
                activation instanceof ActivationReLU relu
                        && relu.getMax() == null
                        && relu.getThreshold() == null
                        && relu.getNegativeSlope() == null;
        return plainRelu ? x -> sd(x).nn().relu(x, 0) : null;
    }
}
