package org.lamina.samediff.ops;

import java.util.Map;
import org.lamina.kernels.FusedFunction;
import org.lamina.samediff.execution.FusedParts;
import org.lamina.samediff.ops.NormOps.Normalized;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.nd4j.autodiff.samediff.SDVariable;

/** Temporal convolution, batch normalization and depthwise spatial convolution, channels first. */
public final class TemporalSpatialConvOps {

    private TemporalSpatialConvOps() {}

    /**
     * A layer as {@link TemporalSpatialConvSpec} describes it.
     *
     * @param x input {@code [N, 1, rows, samples]}
     * @param params the spec's parameters by name
     * @param spec the three parts
     * @param training whether the normalization uses the minibatch's statistics
     * @param mask of the temporal convolution's output, {@code [N, 1, rows, samples']}, or null
     * @return {@code [N, F * D, 1, samples']}, with the minibatch's statistics if they are used
     */
    public static Normalized temporalSpatialConv(
            SDVariable x,
            Map<String, SDVariable> params,
            TemporalSpatialConvSpec spec,
            boolean training,
            SDVariable mask) {
        SDVariable tw = params.get(TemporalSpatialConvSpec.TEMPORAL_WEIGHT);
        SDVariable tb = params.get(TemporalSpatialConvSpec.TEMPORAL_BIAS);
        SDVariable gamma = params.get(BatchNormSpec.GAMMA);
        SDVariable beta = params.get(BatchNormSpec.BETA);
        SDVariable sw = params.get(TemporalSpatialConvSpec.SPATIAL_WEIGHT);
        SDVariable sb = params.get(TemporalSpatialConvSpec.SPATIAL_BIAS);
        if (!training) {
            SDVariable mean = params.get(BatchNormSpec.MEAN);
            SDVariable variance = params.get(BatchNormSpec.VARIANCE);
            SDVariable y =
                    FusedParts.part(
                            new FusedFunction.GivenTemporalSpatial(spec),
                            v -> composed(v, spec, false).output(),
                            x,
                            tw,
                            tb,
                            gamma,
                            beta,
                            sw,
                            sb,
                            mask,
                            mean,
                            variance);
            return new Normalized(y, Map.of());
        }
        SDVariable[] results =
                FusedParts.parts(
                        new FusedFunction.TemporalSpatial(spec),
                        v -> {
                            Normalized own = composed(v, spec, true);
                            return new SDVariable[] {
                                own.output(),
                                own.statistics().get(BatchNormSpec.MEAN),
                                own.statistics().get(BatchNormSpec.VARIANCE)
                            };
                        },
                        x,
                        tw,
                        tb,
                        gamma,
                        beta,
                        sw,
                        sb,
                        mask);
        return new Normalized(
                results[0],
                Map.of(BatchNormSpec.MEAN, results[1], BatchNormSpec.VARIANCE, results[2]));
    }

    /** The three parts in sequence. */
    private static Normalized composed(
            SDVariable[] v, TemporalSpatialConvSpec spec, boolean training) {
        SDVariable filtered = ConvOps.conv(v[0], v[1], v[2], spec.temporal());
        Map<String, SDVariable> params =
                training
                        ? Map.of(BatchNormSpec.GAMMA, v[3], BatchNormSpec.BETA, v[4])
                        : Map.of(
                                BatchNormSpec.GAMMA,
                                v[3],
                                BatchNormSpec.BETA,
                                v[4],
                                BatchNormSpec.MEAN,
                                v[8],
                                BatchNormSpec.VARIANCE,
                                v[9]);
        Normalized normalized =
                NormOps.batchNorm(filtered, 4, params, spec.normalization().eps(), training, v[7]);
        SDVariable y = ConvOps.depthwise(normalized.output(), v[5], v[6], spec.spatial());
        return new Normalized(y, normalized.statistics());
    }
}
