package org.lamina.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.lamina.kernels.CombinedConvKernel;
import org.lamina.kernels.CombinedConvKernel.Weights;
import org.lamina.spec.CombinedConvSpec;
import org.lamina.spec.TemporalSpatialConvSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Temporal convolution and spatial convolution over all its filters. */
class CombinedConvLayer extends SpecLayerImpl<SpecLayer<CombinedConvSpec>> {

    private static final long serialVersionUID = 1L;

    private final CombinedConvKernel kernel;

    /** Creates a layer without parameters. */
    public CombinedConvLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        this.kernel = new CombinedConvKernel(layerConf().getSpec());
    }

    @Override
    protected long[] outputShape(long[] input) {
        return kernel.outputShape(input);
    }

    @Override
    protected void forward(INDArray x, Params params, boolean training, INDArray z) {
        kernel.forward(x, weights(params), mask(), z);
    }

    @Override
    protected void backward(
            INDArray x,
            Params params,
            boolean training,
            INDArray dz,
            INDArray dx,
            Params gradients) {
        kernel.backward(x, weights(params), mask(), dz, dx, weights(gradients));
    }

    private static Weights weights(Params params) {
        return new Weights(
                params.get(TemporalSpatialConvSpec.TEMPORAL_WEIGHT),
                params.get(TemporalSpatialConvSpec.TEMPORAL_BIAS),
                params.get(TemporalSpatialConvSpec.SPATIAL_WEIGHT),
                params.get(TemporalSpatialConvSpec.SPATIAL_BIAS));
    }

    /** The mask of the temporal convolution's output. */
    private INDArray mask() {
        return maskFactors().isEmpty() ? null : maskFactors().get(1);
    }
}
