package org.lamina.kernels;

import org.lamina.spec.CombinedConvSpec;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvTransposeGeometry;
import org.lamina.spec.ECASpec;
import org.lamina.spec.SqueezeExcitationSpec;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.lamina.spec.UpsampleGeometry;
import org.lamina.spec.WeightStandardization;
import org.nd4j.linalg.activations.IActivation;

/**
 * The function that a part of a graph computes, with its inputs in this order. Absent optional
 * inputs are null.
 */
public sealed interface FusedFunction {

    /** {@code y = f(x)}. */
    record Activation(IActivation function) implements FusedFunction {}

    /** Fully connected: {@code x [N, in], w [in, out], b [out] or null}. */
    record Dense() implements FusedFunction {}

    /**
     * Convolution: {@code x [N, in, spatial...], w [out, in / groups, k...], b [out] or null}, and
     * for padding other than zeros {@code mask [N, 1, spatial...] or null}.
     */
    record Convolution(ConvGeometry geometry, long outChannels) implements FusedFunction {}

    /**
     * Transposed convolution: {@code x [N, in, spatial...], w [in, out / groups, k...], b [out] or
     * null}.
     */
    record ConvolutionTranspose(ConvTransposeGeometry geometry, long outChannels)
            implements FusedFunction {}

    /**
     * Convolution with separate filters for each position: {@code x, filters, bias or null, mask or
     * null}.
     */
    record LocalConvolution(ConvGeometry geometry, long outChannels) implements FusedFunction {}

    /** Standardization of each unit along the first dimension: {@code w, gain or null}. */
    record Standardization(WeightStandardization formula) implements FusedFunction {}

    /**
     * Batch normalization by the minibatch's statistics: {@code x, gamma, beta, mask or null}.
     * Outputs: y, the mean {@code [C]} and the unbiased variance {@code [C]}.
     */
    record BatchNorm(double eps) implements FusedFunction {}

    /**
     * Normalization with given statistics: {@code x, gamma, beta, mean, variance, mask or null}.
     */
    record GivenNorm(double eps) implements FusedFunction {}

    /** Instance normalization: {@code x, gamma or null, beta or null, mask or null}. */
    record InstanceNorm(double eps) implements FusedFunction {}

    /** PReLU with one slope per channel: {@code x, slope [C]}. */
    record PReLU() implements FusedFunction {}

    /** Swish with one beta per channel: {@code x, beta [C]}. */
    record ChannelSwish() implements FusedFunction {}

    /** Multiplication by one number: {@code x, gain [1]}. */
    record Gain() implements FusedFunction {}

    /** Squeeze and excitation: {@code x, w1, b1 or null, w2, b2 or null, mask or null}. */
    record SqueezeExcitation(SqueezeExcitationSpec spec) implements FusedFunction {}

    /** Efficient channel attention: {@code x, w, mask or null}. */
    record ChannelAttention(ECASpec spec) implements FusedFunction {}

    /** Linear interpolation: {@code x, mask or null, mask of the output or null}. */
    record Upsampling(UpsampleGeometry geometry) implements FusedFunction {}

    /**
     * Temporal convolution, batch normalization by the minibatch's statistics and depthwise spatial
     * convolution: {@code x, tW, tb or null, gamma, beta, sW, sb or null, mask of the temporal
     * convolution's output or null}. Outputs: y, the mean {@code [F]} and the unbiased variance
     * {@code [F]}.
     */
    record TemporalSpatial(TemporalSpatialConvSpec spec) implements FusedFunction {}

    /** The same with given statistics, which are two additional inputs: {@code mean, variance}. */
    record GivenTemporalSpatial(TemporalSpatialConvSpec spec) implements FusedFunction {}

    /**
     * Temporal convolution and spatial convolution over all its filters: {@code x, tW, tb or null,
     * sW, sb or null, mask of the temporal convolution's output or null}.
     */
    record CombinedConvolution(CombinedConvSpec spec) implements FusedFunction {}
}
