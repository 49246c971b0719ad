package org.lamina.kernels;

import org.lamina.kernels.TemporalSpatialKernel.Statistics;
import org.lamina.kernels.TemporalSpatialKernel.Weights;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@link TemporalSpatialKernel} by the kernels of the three parts in sequence. */
final class TemporalFirst {

    private final ConvKernel temporal;
    private final NormKernel norm;
    private final ConvKernel spatial;
    private final long filters;

    TemporalFirst(TemporalSpatialConvSpec spec) {
        this.temporal = new ConvKernel(spec.temporal().geometry());
        this.norm = NormKernel.batch(spec.normalization().eps());
        this.spatial = new ConvKernel(spec.spatial().asConv().geometry());
        this.filters = spec.temporal().outChannels();
    }

    private INDArray filtered(INDArray x, Weights w) {
        INDArray u = Nd4jOps.scratch(x.dataType(), temporal.outputShape(x.shape(), filters));
        temporal.forward(x, w.temporal(), w.temporalBias(), u);
        return u;
    }

    /**
     * Normalizes.
     *
     * @param given statistics, or null for u's own
     * @return the statistics used
     */
    private Statistics normalize(
            INDArray u, Weights w, Statistics given, INDArray mask, INDArray v) {
        if (given == null) {
            return new Statistics(norm.forward(u, w.gamma(), w.beta(), mask, v), null, null);
        }
        NormKernel.Statistics s = given.norm();
        norm.forward(u, w.gamma(), w.beta(), s.mean(), s.variance(), mask, v);
        return given;
    }

    Statistics forward(INDArray x, Weights w, Statistics given, INDArray mask, INDArray y) {
        INDArray u = filtered(x, w);
        INDArray v = Nd4jOps.scratch(x.dataType(), u.shape());
        Statistics used = normalize(u, w, given, mask, v);
        spatial.forward(v, w.spatial(), w.spatialBias(), y);
        return used;
    }

    void backward(
            INDArray x,
            Weights w,
            Statistics statistics,
            INDArray mask,
            INDArray dy,
            INDArray dx,
            Weights gradients) {
        INDArray u = filtered(x, w);
        INDArray v = Nd4jOps.scratch(x.dataType(), u.shape());
        normalize(u, w, statistics.isGiven() ? statistics : null, mask, v);
        INDArray dv = Nd4jOps.scratch(x.dataType(), u.shape());
        spatial.backward(v, w.spatial(), dy, dv, gradients.spatial(), gradients.spatialBias());
        INDArray du = v; // v is no longer needed
        norm.backward(
                u, w.gamma(), statistics.norm(), mask, dv, du, gradients.gamma(), gradients.beta());
        temporal.backward(x, w.temporal(), du, dx, gradients.temporal(), gradients.temporalBias());
    }
}
