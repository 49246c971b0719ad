package org.lamina.layers;

import org.lamina.kernels.NormKernel;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.InstanceNormSpec;
import org.lamina.spec.LayerSpec;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Batch or instance normalization. */
final class NormOperation implements LayerOperation {

    private static final long serialVersionUID = 1L;

    private final NormKernel kernel;

    /** Whether evaluation uses running statistics. */
    private final boolean running;

    private final boolean ofOutput;

    /** State of the last forward pass with batch statistics; outside any workspace. */
    private transient NormKernel.Statistics own;

    /**
     * Creates the operation.
     *
     * @param spec a {@link BatchNormSpec} or {@link InstanceNormSpec}
     * @param ofOutput whether the layer's output is normalized, with its output mask, rather than
     *     its input
     */
    NormOperation(LayerSpec spec, boolean ofOutput) {
        this.running = spec instanceof BatchNormSpec;
        this.kernel =
                running
                        ? NormKernel.batch(((BatchNormSpec) spec).eps())
                        : NormKernel.instance(((InstanceNormSpec) spec).eps());
        this.ofOutput = ofOutput;
    }

    @Override
    public long[] outputShape(long[] input) {
        return input;
    }

    private INDArray mask(Pass pass) {
        return ofOutput ? pass.outputMask() : pass.mask();
    }

    @Override
    public void forward(INDArray x, Pass pass, INDArray y) {
        INDArray gamma = pass.param(BatchNormSpec.GAMMA);
        INDArray beta = pass.param(BatchNormSpec.BETA);
        if (pass.training() || !running) {
            own = kernel.forward(x, gamma, beta, mask(pass), y).detach();
        } else {
            INDArray mean = pass.param(BatchNormSpec.MEAN);
            INDArray variance = pass.param(BatchNormSpec.VARIANCE);
            kernel.forward(x, gamma, beta, mean, variance, mask(pass), y);
        }
    }

    @Override
    public void backward(
            INDArray x, Pass pass, INDArray dy, INDArray dx, SpecLayerImpl.Params gradients) {
        boolean given = running && !pass.training();
        NormKernel.Statistics used =
                given
                        ? NormKernel.Statistics.given(
                                pass.param(BatchNormSpec.MEAN), pass.param(BatchNormSpec.VARIANCE))
                        : own;
        kernel.backward(
                x,
                pass.param(BatchNormSpec.GAMMA),
                used,
                mask(pass),
                dy,
                dx,
                gradients.get(BatchNormSpec.GAMMA),
                gradients.get(BatchNormSpec.BETA));
        if (running) {
            gradients.get(BatchNormSpec.MEAN).assign(0);
            gradients.get(BatchNormSpec.VARIANCE).assign(0);
            if (pass.training()) {
                pass.statistics().accept(BatchNormSpec.MEAN, own.mean());
                pass.statistics().accept(BatchNormSpec.VARIANCE, own.unbiasedVariance());
            }
        }
    }
}
