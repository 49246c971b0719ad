package org.lamina.spec;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Squeeze and excitation: each channel is multiplied by a factor that two fully connected layers
 * compute from the means of all channels.
 *
 * <p>Parameters: {@code W1 [channels, hidden]} and {@code W2 [hidden, channels]} in 'f' order, as
 * in {@link DenseSpec} (the transposes of PyTorch's), and, with biases, {@code b1 [hidden]}, {@code
 * b2 [channels]}.
 *
 * @param channels number of channels, or 0 if not yet known
 * @param reduction channels per hidden unit as given, or null
 * @param givenHidden number of hidden units, or null to derive it from the number of channels
 * @param bias whether both fully connected layers have biases
 * @param innerActivation activation function of the hidden units
 * @param gate activation function of the factors
 * @param scale multiplies the factors, not 0
 */
public record SqueezeExcitationSpec(
        long channels,
        Integer reduction,
        @JsonProperty("hidden") Long givenHidden,
        boolean bias,
        IActivation innerActivation,
        IActivation gate,
        double scale)
        implements ChannelGateSpec {

    /** Key of the weight from the channels' means to the hidden units. */
    public static final String SQUEEZE_WEIGHT = "W1";

    /** Key of the weight from the hidden units to the channels' factors. */
    public static final String EXCITE_WEIGHT = "W2";

    /** Key of the bias of the hidden units. */
    public static final String SQUEEZE_BIAS = "b1";

    /** Key of the bias of the factors. */
    public static final String EXCITE_BIAS = "b2";

    private static final int DEFAULT_REDUCTION = 16;

    public SqueezeExcitationSpec {
        Checks.channels(channels);
        Checks.gate(gate, scale);
        Checks.present("innerActivation", innerActivation);
        if (reduction != null && givenHidden != null) {
            throw new IllegalArgumentException(
                    String.format(
                            "reduction = %s with hidden = %s; give one of them",
                            reduction, givenHidden));
        }
        positive("reduction", reduction);
        positive("hidden", givenHidden);
    }

    private static void positive(String field, Number value) {
        boolean fits = value == null || value.longValue() >= 1;
        Checks.require(fits, field, value, "must be 1 or greater");
    }

    /** The defaults: reduction 16, biases, ReLU, sigmoid, scale 1. */
    public static SqueezeExcitationSpec of(long channels) {
        return new SqueezeExcitationSpec(
                channels, null, null, true, new ActivationReLU(), new ActivationSigmoid(), 1);
    }

    /**
     * Number of hidden units: as given, or the channels divided by the reduction, rounded down, at
     * least 1; 0 while unknown.
     */
    public long hidden() {
        if (givenHidden != null) {
            return givenHidden;
        }
        int divisor = reduction == null ? DEFAULT_REDUCTION : reduction;
        return channels == 0 ? 0 : Math.max(1, channels / divisor);
    }

    @Override
    public SqueezeExcitationSpec withInChannels(long value) {
        return new SqueezeExcitationSpec(
                value, reduction, givenHidden, bias, innerActivation, gate, scale);
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> params = new ArrayList<>();
        params.add(weight(SQUEEZE_WEIGHT, channels, hidden()));
        params.add(weight(EXCITE_WEIGHT, hidden(), channels));
        if (bias) {
            params.add(ParamSpec.vector(SQUEEZE_BIAS, hidden(), ParamSpec.Role.BIAS));
            params.add(ParamSpec.vector(EXCITE_BIAS, channels, ParamSpec.Role.BIAS));
        }
        return params;
    }

    private static ParamSpec weight(String name, long in, long out) {
        return ParamSpec.weight(
                name, new long[] {in, out}, 'f', new int[] {1}, in, out, NormSpec.none());
    }

    @Override
    public long uses(long... inputSize) {
        return 1;
    }
}
