package org.lamina.samediff.ops;

import java.util.function.UnaryOperator;
import org.lamina.kernels.FusedFunction;
import org.lamina.samediff.execution.FusedParts;
import org.lamina.spec.ChannelGateSpec;
import org.lamina.spec.ECASpec;
import org.lamina.spec.SqueezeExcitationSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.factory.Nd4j;

/** Channels multiplied by factors that are learned or computed from the input. */
public final class GatingOps {

    private GatingOps() {}

    /**
     * Squeeze and excitation: {@code y = x * scale * gate(inner(mean(x) W1 + b1) W2 + b2)}, the
     * mean over all spatial dimensions.
     *
     * @param x input {@code [N, C]} or {@code [N, C, spatial...]}
     * @param w1 {@code [C, hidden]}
     * @param b1 {@code [hidden]}, or null
     * @param w2 {@code [hidden, C]}
     * @param b2 {@code [C]}, or null
     * @param spec the activation functions and the scale
     * @param mask {@code [N, 1, spatial...]} with 1 for the positions that the mean is over, or
     *     null for all; x is zero at the others
     * @return an array of the shape of x
     */
    public static SDVariable squeezeExcitation(
            SDVariable x,
            SDVariable w1,
            SDVariable b1,
            SDVariable w2,
            SDVariable b2,
            SqueezeExcitationSpec spec,
            SDVariable mask) {
        return FusedParts.part(
                new FusedFunction.SqueezeExcitation(spec),
                v -> squeezeExcitation(v[0], v[1], v[2], v[3], v[4], v[5], spec),
                x,
                w1,
                b1,
                w2,
                b2,
                mask);
    }

    private static SDVariable squeezeExcitation(
            SDVariable x,
            SDVariable w1,
            SDVariable b1,
            SDVariable w2,
            SDVariable b2,
            SDVariable mask,
            SqueezeExcitationSpec spec) {
        return gated(
                x,
                mask,
                spec,
                means -> {
                    SDVariable hidden = DenseOps.dense(means, w1, b1);
                    hidden = ActivationOps.apply(spec.innerActivation(), hidden);
                    return DenseOps.dense(hidden, w2, b2);
                });
    }

    /**
     * Efficient channel attention: {@code y = x * scale * gate(conv(mean(x), w))}, the mean over
     * all spatial dimensions, the convolution across channels.
     *
     * @param x input {@code [N, C]} or {@code [N, C, spatial...]}
     * @param w {@code [1, 1, kernel]}
     * @param spec channels, kernel size, the gate and the scale
     * @param mask {@code [N, 1, spatial...]} with 1 for the positions that the mean is over, or
     *     null for all; x is zero at the others
     * @return an array of the shape of x
     */
    public static SDVariable efficientChannelAttention(
            SDVariable x, SDVariable w, ECASpec spec, SDVariable mask) {
        return FusedParts.part(
                new FusedFunction.ChannelAttention(spec),
                v ->
                        gated(
                                v[0],
                                v[2],
                                spec,
                                means -> {
                                    long channels = spec.inChannels();
                                    SDVariable along = means.reshape(-1, 1, channels);
                                    return ConvOps.conv(along, v[1], null, spec.convolution())
                                            .reshape(-1, channels);
                                }),
                x,
                w,
                mask);
    }

    /** Multiplies channels by the gate of a function of their means {@code [N, C]}. */
    private static SDVariable gated(
            SDVariable x,
            SDVariable mask,
            ChannelGateSpec spec,
            UnaryOperator<SDVariable> ofMeans) {
        SDVariable flat = Channels.flat(x);
        SDVariable means = mask == null ? flat.mean(2) : flat.sum(2).div(count(mask));
        SDVariable factor = ActivationOps.apply(spec.gate(), ofMeans.apply(means));
        if (spec.scale() != 1) {
            factor = factor.mul(spec.scale());
        }
        return Channels.unflat(flat.mul(x.getSameDiff().expandDims(factor, 2)), x);
    }

    /** Number of steps of each example, {@code [N, 1]}; 1 for an example without steps. */
    private static SDVariable count(SDVariable mask) {
        SDVariable sum = Channels.flat(mask).sum(2);
        SDVariable one = mask.getSameDiff().constant(Nd4j.scalar(mask.dataType(), 1));
        return mask.getSameDiff().math().max(sum, one);
    }

    /**
     * Swish with a slope for each channel: {@code y = x * sigmoid(beta * x)}.
     *
     * @param x input {@code [N, C]} or {@code [N, C, spatial...]}
     * @param beta {@code [C]}
     * @return an array of the shape of x
     */
    public static SDVariable channelSwish(SDVariable x, SDVariable beta) {
        return FusedParts.part(
                new FusedFunction.ChannelSwish(),
                v -> {
                    SDVariable flat = Channels.flat(v[0]);
                    SDVariable gated = ActivationOps.swish(flat, Channels.vector(v[1]));
                    return Channels.unflat(gated, v[0]);
                },
                x,
                beta);
    }

    /**
     * Multiplication by one number: {@code y = gain * x}.
     *
     * @param gain {@code [1]}
     * @return an array of the shape of x
     */
    public static SDVariable gain(SDVariable x, SDVariable gain) {
        return FusedParts.part(new FusedFunction.Gain(), v -> v[0].mul(v[1]), x, gain);
    }
}
