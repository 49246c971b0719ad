package org.lamina.samediff.ops;

import java.util.List;
import java.util.Map;
import org.lamina.samediff.ops.NormOps.Normalized;
import org.lamina.spec.Activator;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.ConvModernSpec;
import org.lamina.spec.Normalizer;
import org.lamina.spec.PReLUSpec;
import org.lamina.spec.ParamSpec;
import org.nd4j.autodiff.samediff.SDVariable;

/** Convolution with normalization, activation and scaling, channels first. */
public final class ConvModernOps {

    private ConvModernOps() {}

    /**
     * A layer as {@link ConvModernSpec} describes it.
     *
     * @param x input {@code [N, in, inputSize...]}
     * @param inputSize spatial size of the input
     * @param params the spec's parameters by name
     * @param spec channels, geometry and parts
     * @param training whether batch normalization uses the minibatch's statistics
     * @param masks of the input and after each of the spec's windows, {@code [N, 1, spatial...]};
     *     empty if all positions count
     * @return {@code [N, out, spec.outputSize(inputSize)...]}, with the minibatch's statistics if
     *     they are used
     */
    public static Normalized convModern(
            SDVariable x,
            long[] inputSize,
            Map<String, SDVariable> params,
            ConvModernSpec spec,
            boolean training,
            List<SDVariable> masks) {
        SDVariable mask = masks.isEmpty() ? null : masks.get(0);
        if (spec.activatesInput()) {
            Normalized active = activated(x, params, spec, training, mask);
            SDVariable y = convolved(active.output(), inputSize, params, spec, masks);
            return new Normalized(y, active.statistics());
        }
        SDVariable y = convolved(x, inputSize, params, spec, masks);
        SDVariable outputMask = masks.isEmpty() ? null : masks.get(masks.size() - 1);
        return activated(y, params, spec, training, outputMask);
    }

    private static SDVariable convolved(
            SDVariable x,
            long[] inputSize,
            Map<String, SDVariable> params,
            ConvModernSpec spec,
            List<SDVariable> masks) {
        boolean masked = !masks.isEmpty();
        if (spec.upsampling() != null) {
            x =
                    UpsampleOps.upsample(
                            x,
                            spec.inChannels(),
                            inputSize,
                            spec.upsampling(),
                            masked ? masks.get(0) : null,
                            masked ? masks.get(1) : null);
        }
        return ConvOps.conv(
                x,
                params.get(ParamSpec.WEIGHT),
                params.get(ParamSpec.BIAS),
                spec.convolution(),
                masked ? masks.get(masks.size() - 2) : null);
    }

    private static Normalized activated(
            SDVariable x,
            Map<String, SDVariable> params,
            ConvModernSpec spec,
            boolean training,
            SDVariable mask) {
        int rank = 2 + spec.spatialRank();
        Normalized normalized = new Normalized(x, Map.of());
        if (spec.normalizer() == Normalizer.BATCH) {
            normalized = NormOps.batchNorm(x, rank, params, ConvModernSpec.EPS, training, mask);
        } else if (spec.normalizer() != Normalizer.NULL) {
            SDVariable gamma = params.get(BatchNormSpec.GAMMA);
            SDVariable beta = params.get(BatchNormSpec.BETA);
            SDVariable y = NormOps.instanceNorm(x, rank, gamma, beta, ConvModernSpec.EPS, mask);
            normalized = new Normalized(y, Map.of());
        }
        SDVariable y = normalized.output();
        if (spec.activator() == Activator.PRELU) {
            y = ActivationOps.prelu(y, rank, params.get(PReLUSpec.SLOPE));
        } else if (spec.activator() == Activator.RELU) {
            y = x.getSameDiff().nn().relu(y, 0);
        }
        return new Normalized(y, normalized.statistics());
    }
}
