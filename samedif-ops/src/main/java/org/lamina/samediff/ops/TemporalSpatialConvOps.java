package org.lamina.samediff.ops;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
        List<SDVariable> inputs = new ArrayList<>(List.of(x));
        FusedFunction.TemporalSpatial.PARAMETERS.forEach(name -> inputs.add(params.get(name)));
        inputs.add(mask);
        if (training) {
            return Normalized.of(
                    FusedParts.parts(
                            new FusedFunction.TemporalSpatial(spec),
                            v -> own(composed(v, spec, true)),
                            inputs.toArray(SDVariable[]::new)));
        }
        inputs.add(params.get(BatchNormSpec.MEAN));
        inputs.add(params.get(BatchNormSpec.VARIANCE));
        SDVariable y =
                FusedParts.part(
                        new FusedFunction.GivenTemporalSpatial(spec),
                        v -> composed(v, spec, false).output(),
                        inputs.toArray(SDVariable[]::new));
        return new Normalized(y, Map.of());
    }

    private static SDVariable[] own(Normalized result) {
        return new SDVariable[] {
            result.output(),
            result.statistics().get(BatchNormSpec.MEAN),
            result.statistics().get(BatchNormSpec.VARIANCE)
        };
    }

    /** The three parts in sequence. */
    private static Normalized composed(
            SDVariable[] v, TemporalSpatialConvSpec spec, boolean training) {
        SDVariable filtered = ConvOps.conv(v[0], v[1], v[2], spec.temporal());
        Map<String, SDVariable> params = new HashMap<>();
        params.put(BatchNormSpec.GAMMA, v[3]);
        params.put(BatchNormSpec.BETA, v[4]);
        if (!training) {
            params.put(BatchNormSpec.MEAN, v[8]);
            params.put(BatchNormSpec.VARIANCE, v[9]);
        }
        Normalized normalized =
                NormOps.batchNorm(filtered, 4, params, spec.normalization().eps(), training, v[7]);
        SDVariable y = ConvOps.depthwise(normalized.output(), v[5], v[6], spec.spatial());
        return new Normalized(y, normalized.statistics());
    }
}
