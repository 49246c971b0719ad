package org.lamina.layers.samediff;

import java.util.Map;
import org.lamina.samediff.ops.ActivationOps;
import org.lamina.samediff.ops.ConvModernOps;
import org.lamina.samediff.ops.ConvOps;
import org.lamina.samediff.ops.ConvTransposeOps;
import org.lamina.samediff.ops.DenseOps;
import org.lamina.samediff.ops.GatingOps;
import org.lamina.samediff.ops.LocalConvOps;
import org.lamina.samediff.ops.NormOps;
import org.lamina.samediff.ops.StochasticDepthOps;
import org.lamina.samediff.ops.TemporalSpatialConvOps;
import org.lamina.samediff.ops.UpsampleOps;
import org.lamina.samediff.ops.WeightStandardizationOps;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.CombinedConvSpec;
import org.lamina.spec.ConvModernSpec;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.ConvTransposeSpec;
import org.lamina.spec.DenseSpec;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.ECASpec;
import org.lamina.spec.InstanceNormSpec;
import org.lamina.spec.LayerSpec;
import org.lamina.spec.LocalConvSpec;
import org.lamina.spec.NonlinearitySpec;
import org.lamina.spec.PReLUSpec;
import org.lamina.spec.ParamSpec;
import org.lamina.spec.SeparableConvSpec;
import org.lamina.spec.SkipInitGainSpec;
import org.lamina.spec.SqueezeExcitationSpec;
import org.lamina.spec.StochasticDepthSpec;
import org.lamina.spec.SwishSpec;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.lamina.spec.UpsampleSpec;
import org.lamina.spec.WSConvSpec;
import org.lamina.spec.WSConvTransposeSpec;
import org.nd4j.autodiff.samediff.SDVariable;

/** The graph functions of the layers, by spec. */
final class LayerGraphs {

    private LayerGraphs() {}

    /**
     * Builds a layer's graph up to its activation function.
     *
     * @param x input, channels first
     * @param params parameters by name; null for one that the layer does not have
     * @param pass training or evaluation, masks
     */
    static SDVariable define(
            LayerSpec spec, SDVariable x, Map<String, SDVariable> params, GraphPass pass) {
        SDVariable w = params.get(ParamSpec.WEIGHT);
        SDVariable b = params.get(ParamSpec.BIAS);
        int rank = pass.inputShape().length;
        if (spec instanceof ConvSpec s) {
            return ConvOps.conv(x, w, b, s, pass.mask());
        }
        if (spec instanceof DepthwiseConvSpec s) {
            return ConvOps.depthwise(x, w, b, s, pass.mask());
        }
        if (spec instanceof SeparableConvSpec s) {
            return ConvOps.separable(
                    x,
                    params.get(SeparableConvSpec.DEPTHWISE_WEIGHT),
                    params.get(SeparableConvSpec.POINTWISE_WEIGHT),
                    params.get(SeparableConvSpec.DEPTHWISE_BIAS),
                    params.get(SeparableConvSpec.POINTWISE_BIAS),
                    s,
                    pass.mask());
        }
        if (spec instanceof WSConvSpec s) {
            SDVariable gain = params.get(WSConvSpec.GAIN);
            return WeightStandardizationOps.conv(x, w, b, gain, s, pass.mask());
        }
        if (spec instanceof ConvTransposeSpec s) {
            return ConvTransposeOps.conv(x, w, b, s);
        }
        if (spec instanceof WSConvTransposeSpec s) {
            return ConvTransposeOps.standardized(x, w, b, params.get(WSConvSpec.GAIN), s);
        }
        if (spec instanceof LocalConvSpec s) {
            return LocalConvOps.localConv(x, w, b, s, pass.mask());
        }
        if (spec instanceof DenseSpec) {
            return DenseOps.dense(x, w, b);
        }
        if (spec instanceof CombinedConvSpec s) {
            return ConvOps.combined(
                    x,
                    params.get(TemporalSpatialConvSpec.TEMPORAL_WEIGHT),
                    params.get(TemporalSpatialConvSpec.TEMPORAL_BIAS),
                    params.get(TemporalSpatialConvSpec.SPATIAL_WEIGHT),
                    params.get(TemporalSpatialConvSpec.SPATIAL_BIAS),
                    s,
                    pass.mask(1));
        }
        if (spec instanceof TemporalSpatialConvSpec s) {
            return pass.collect(
                    TemporalSpatialConvOps.temporalSpatialConv(
                            x, params, s, pass.training(), pass.mask(1)));
        }
        if (spec instanceof ConvModernSpec s) {
            return pass.collect(
                    ConvModernOps.convModern(
                            x, pass.inputSize(), params, s, pass.training(), pass.masks()));
        }
        if (spec instanceof UpsampleSpec s) {
            return UpsampleOps.upsample(
                    x,
                    s.channels(),
                    pass.inputSize(),
                    s.geometry(),
                    pass.mask(),
                    pass.outputMask());
        }
        if (spec instanceof BatchNormSpec s) {
            return pass.collect(
                    NormOps.batchNorm(x, rank, params, s.eps(), pass.training(), pass.mask()));
        }
        if (spec instanceof InstanceNormSpec s) {
            SDVariable gamma = params.get(InstanceNormSpec.GAMMA);
            SDVariable beta = params.get(InstanceNormSpec.BETA);
            return NormOps.instanceNorm(x, rank, gamma, beta, s.eps(), pass.mask());
        }
        if (spec instanceof PReLUSpec) {
            return ActivationOps.prelu(x, rank, params.get(PReLUSpec.SLOPE));
        }
        if (spec instanceof SwishSpec s) {
            return s.learnableBeta()
                    ? GatingOps.channelSwish(x, params.get(SwishSpec.BETA))
                    : ActivationOps.swish(x, s.beta());
        }
        if (spec instanceof SkipInitGainSpec) {
            return GatingOps.gain(x, params.get(SkipInitGainSpec.GAIN));
        }
        if (spec instanceof StochasticDepthSpec) {
            return pass.training()
                    ? StochasticDepthOps.apply(x, pass.exampleFactors())
                    : x.getSameDiff().identity(x);
        }
        if (spec instanceof ECASpec s) {
            return GatingOps.efficientChannelAttention(x, w, s, pass.mask());
        }
        if (spec instanceof SqueezeExcitationSpec s) {
            return GatingOps.squeezeExcitation(
                    x,
                    params.get(SqueezeExcitationSpec.SQUEEZE_WEIGHT),
                    params.get(SqueezeExcitationSpec.SQUEEZE_BIAS),
                    params.get(SqueezeExcitationSpec.EXCITE_WEIGHT),
                    params.get(SqueezeExcitationSpec.EXCITE_BIAS),
                    s,
                    pass.mask());
        }
        if (spec instanceof NonlinearitySpec) {
            return x;
        }
        throw new IllegalArgumentException("no graph function for " + spec);
    }
}
