package org.lamina.activations;

import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.BaseActivationFunction;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * An activation function times a constant, {@code gamma * f(x)}.
 *
 * <p>Normalizer-free networks use the gamma for which standard normal input gives output of
 * variance 1: {@link #unitVariance} provides it for common functions.
 *
 * <p>Source: Brock, De and Smith, https://arxiv.org/abs/2101.08692; the constants are those of the
 * NFNet code, estimated there from samples, so they are accurate to about three digits. The tanh
 * form of GELU uses GELU's.
 */
public final class ScaledActivation extends BaseActivationFunction {

    private record Gain(String name, Predicate<IActivation> function, double gamma) {}

    private static final List<Gain> GAINS =
            List.of(
                    new Gain("identity", ActivationIdentity.class::isInstance, 1.0),
                    new Gain("elu (alpha 1)", ScaledActivation::isElu, 1.2716004848480225),
                    new Gain("gelu", Gelu.class::isInstance, 1.7015043497085571),
                    new Gain("gelu (tanh)", GeluTanh.class::isInstance, 1.7015043497085571),
                    new Gain("leaky relu (0.01)", ScaledActivation::isLeaky, 1.70590341091156),
                    new Gain("relu", ScaledActivation::isRelu, 1.7139588594436646),
                    new Gain("relu6", ActivationReLU6.class::isInstance, 1.7131484746932983),
                    new Gain("selu", ActivationSELU.class::isInstance, 1.0008515119552612),
                    new Gain("sigmoid", ActivationSigmoid.class::isInstance, 4.803835391998291),
                    new Gain("swish (beta 1)", ScaledActivation::isSilu, 1.7881293296813965),
                    new Gain("softplus", ActivationSoftPlus.class::isInstance, 1.9203323125839233),
                    new Gain("softsign", ActivationSoftSign.class::isInstance, 2.338853120803833),
                    new Gain("tanh", ActivationTanH.class::isInstance, 1.5939117670059204));

    private final IActivation function;
    private final double gamma;

    /**
     * The function times a constant.
     *
     * @param function the function
     * @param gamma the constant, a finite number
     */
    @JsonCreator
    public ScaledActivation(
            @JsonProperty("function") IActivation function, @JsonProperty("gamma") double gamma) {
        this.function = Objects.requireNonNull(function, "ScaledActivation: function");
        if (!Double.isFinite(gamma)) {
            throw new IllegalArgumentException(
                    "ScaledActivation: gamma = " + gamma + "; must be finite");
        }
        this.gamma = gamma;
    }

    /**
     * The function times the gamma that preserves the variance of standard normal input.
     *
     * @throws IllegalArgumentException if the gamma of the function is not known
     */
    public static ScaledActivation unitVariance(IActivation function) {
        for (Gain gain : GAINS) {
            if (gain.function().test(function)) {
                return new ScaledActivation(function, gain.gamma());
            }
        }
        throw new IllegalArgumentException(
                String.format(
                        "ScaledActivation: the gamma of %s is not known; known are %s. Give it"
                                + " yourself: new ScaledActivation(function, gamma)",
                        function, GAINS.stream().map(Gain::name).toList()));
    }

    private static boolean isElu(IActivation f) {
        return f instanceof ActivationELU && ((ActivationELU) f).getAlpha() == 1;
    }

    private static boolean isLeaky(IActivation f) {
        return f instanceof ActivationLReLU && ((ActivationLReLU) f).getAlpha() == 0.01;
    }

    private static boolean isRelu(IActivation f) {
        return f.equals(new ActivationReLU());
    }

    private static boolean isSilu(IActivation f) {
        return f instanceof ActivationSwish || f.equals(new Swish());
    }

    /** The function that is scaled. */
    public IActivation function() {
        return function;
    }

    /** The constant. */
    public double gamma() {
        return gamma;
    }

    @Override
    public INDArray getActivation(INDArray in, boolean training) {
        return Activations.activation(function, in, training).muli(gamma);
    }

    @Override
    public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
        INDArray gradient = Activations.backprop(function, in, epsilon);
        boolean callers = gradient == epsilon; // the identity's
        return new Pair<>(callers ? gradient.mul(gamma) : gradient.muli(gamma), null);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof ScaledActivation
                && gamma == ((ScaledActivation) o).gamma
                && function.equals(((ScaledActivation) o).function);
    }

    @Override
    public int hashCode() {
        return Objects.hash(function, gamma);
    }

    @Override
    public String toString() {
        return gamma + " * " + function;
    }
}
