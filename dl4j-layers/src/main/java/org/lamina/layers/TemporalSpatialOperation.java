package org.lamina.layers;

import org.lamina.kernels.TemporalSpatialKernel;
import org.lamina.kernels.TemporalSpatialKernel.Statistics;
import org.lamina.kernels.TemporalSpatialKernel.Weights;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Temporal convolution, batch normalization and depthwise spatial convolution. */
final class TemporalSpatialOperation implements LayerOperation {

    private static final long serialVersionUID = 1L;

    private final TemporalSpatialKernel kernel;

    /** State of the last forward pass with batch statistics; outside any workspace. */
    private transient Statistics own;

    TemporalSpatialOperation(TemporalSpatialConvSpec spec) {
        this.kernel = new TemporalSpatialKernel(spec);
    }

    @Override
    public long[] outputShape(long[] input) {
        return kernel.outputShape(input);
    }

    private static Weights weights(SpecLayerImpl.Params params) {
        return new Weights(
                params.get(TemporalSpatialConvSpec.TEMPORAL_WEIGHT),
                params.get(TemporalSpatialConvSpec.TEMPORAL_BIAS),
                params.get(BatchNormSpec.GAMMA),
                params.get(BatchNormSpec.BETA),
                params.get(TemporalSpatialConvSpec.SPATIAL_WEIGHT),
                params.get(TemporalSpatialConvSpec.SPATIAL_BIAS));
    }

    private static Statistics running(Pass pass) {
        return Statistics.given(pass.param(BatchNormSpec.MEAN), pass.param(BatchNormSpec.VARIANCE));
    }

    /** The mask of the temporal convolution's output. */
    private static INDArray mask(Pass pass) {
        return pass.masks().isEmpty() ? null : pass.masks().get(1);
    }

    @Override
    public void forward(INDArray x, Pass pass, INDArray y) {
        Statistics given = pass.training() ? null : running(pass);
        Statistics used = kernel.forward(x, weights(pass.params()), given, mask(pass), y);
        if (pass.training()) {
            own = used.detach();
        }
    }

    @Override
    public void backward(
            INDArray x, Pass pass, INDArray dy, INDArray dx, SpecLayerImpl.Params gradients) {
        Statistics used = pass.training() ? own : running(pass);
        kernel.backward(x, weights(pass.params()), used, mask(pass), dy, dx, weights(gradients));
        gradients.get(BatchNormSpec.MEAN).assign(0);
        gradients.get(BatchNormSpec.VARIANCE).assign(0);
        if (pass.training()) {
            pass.statistics().accept(BatchNormSpec.MEAN, own.norm().mean());
            pass.statistics().accept(BatchNormSpec.VARIANCE, own.norm().unbiasedVariance());
        }
    }
}
