package org.lamina.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * A depthwise convolution followed by a pointwise one (kernel 1).
 *
 * <p>Parameters: {@code dW [in * depthMultiplier, 1, k...]}, {@code pW [out, in * depthMultiplier,
 * 1...]} and, with biases, {@code db [in * depthMultiplier]}, {@code pb [out]}.
 *
 * @param depthwise the depthwise part
 * @param outChannels number of output channels
 * @param pointwiseBias whether the pointwise part has a bias
 * @param pointwiseNorm constraint on the pointwise weights
 */
public record SeparableConvSpec(
        DepthwiseConvSpec depthwise,
        long outChannels,
        boolean pointwiseBias,
        NormSpec pointwiseNorm)
        implements LayerSpec {

    /** Key of the depthwise weight. */
    public static final String DEPTHWISE_WEIGHT = "dW";

    /** Key of the pointwise weight. */
    public static final String POINTWISE_WEIGHT = "pW";

    /** Key of the depthwise bias. */
    public static final String DEPTHWISE_BIAS = "db";

    /** Key of the pointwise bias. */
    public static final String POINTWISE_BIAS = "pb";

    public SeparableConvSpec {
        Objects.requireNonNull(depthwise, "depthwise");
        Objects.requireNonNull(pointwiseNorm, "pointwiseNorm");
        Checks.divisible("nOut (output channels)", outChannels, 1, false);
        Checks.axesBelow(pointwiseNorm, 2 + depthwise.spatialRank());
    }

    /** The pointwise part. */
    public ConvSpec pointwise() {
        int[] ones = new int[spatialRank()];
        Arrays.fill(ones, 1);
        return new ConvSpec(
                depthwise.outChannels(),
                outChannels,
                ConvGeometry.ofKernel(ones),
                pointwiseBias,
                pointwiseNorm);
    }

    @Override
    public int spatialRank() {
        return depthwise.spatialRank();
    }

    @Override
    public long inChannels() {
        return depthwise.inChannels();
    }

    @Override
    public SeparableConvSpec withInChannels(long channels) {
        return new SeparableConvSpec(
                depthwise.withInChannels(channels), outChannels, pointwiseBias, pointwiseNorm);
    }

    @Override
    public SeparableConvSpec withOutChannels(long channels) {
        return new SeparableConvSpec(depthwise, channels, pointwiseBias, pointwiseNorm);
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> all = new ArrayList<>(depthwise.params(DEPTHWISE_WEIGHT, DEPTHWISE_BIAS));
        all.addAll(pointwise().params(POINTWISE_WEIGHT, POINTWISE_BIAS));
        all.sort(Comparator.comparing(p -> !p.weight())); // stable: weights first
        return all;
    }

    @Override
    public List<Window> windows() {
        return List.of(depthwise.geometry());
    }
}
