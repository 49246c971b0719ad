package org.lamina.layers.impl;

import java.util.Arrays;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.lamina.kernels.BatchNormKernel;
import org.lamina.layers.conf.BatchNorm;
import org.lamina.spec.BatchNormSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Batch normalization. */
public class BatchNormLayer extends SpecLayerImpl<BatchNorm> {

    private static final long serialVersionUID = 1L;

    /** Of the last training pass; outside any workspace. */
    private transient BatchNormKernel.Statistics batch;

    /** A layer without parameters yet. */
    public BatchNormLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    @Override
    protected long[] outputShape(long[] input) {
        return input;
    }

    @Override
    protected void forward(INDArray x, Params params, boolean training, INDArray z) {
        INDArray gamma = params.get(BatchNormSpec.GAMMA);
        INDArray beta = params.get(BatchNormSpec.BETA);
        double eps = layerConf().getSpec().eps();
        if (training) {
            checkSeveralValues(x);
            batch = BatchNormKernel.train(x, gamma, beta, eps, z).detach();
        } else {
            BatchNormKernel.evaluate(
                    x,
                    gamma,
                    beta,
                    params.get(BatchNormSpec.MEAN),
                    params.get(BatchNormSpec.VARIANCE),
                    eps,
                    z);
        }
    }

    /** One value has no variance: its output would be beta whatever the input. */
    private void checkSeveralValues(INDArray x) {
        if (x.length() == x.size(1)) {
            throw new DL4JInvalidInputException(
                    layerConf().describe()
                            + ": input shape "
                            + Arrays.toString(x.shape())
                            + " has one value for each channel; training needs at least two, give a"
                            + " larger minibatch "
                            + layerId());
        }
    }

    @Override
    protected void backward(
            INDArray x,
            Params params,
            boolean training,
            INDArray dz,
            INDArray dx,
            Params gradients) {
        BatchNormSpec spec = layerConf().getSpec();
        INDArray mean = params.get(BatchNormSpec.MEAN);
        INDArray variance = params.get(BatchNormSpec.VARIANCE);
        BatchNormKernel.Statistics used =
                training ? batch : BatchNormKernel.Statistics.given(mean, variance);
        BatchNormKernel.backward(
                x,
                params.get(BatchNormSpec.GAMMA),
                used,
                spec.eps(),
                dz,
                dx,
                gradients.get(BatchNormSpec.GAMMA),
                gradients.get(BatchNormSpec.BETA));
        gradients.get(BatchNormSpec.MEAN).assign(0);
        gradients.get(BatchNormSpec.VARIANCE).assign(0);
        if (training) {
            statistics.collect(BatchNormSpec.MEAN, batch.mean());
            statistics.collect(BatchNormSpec.VARIANCE, batch.unbiasedVariance());
        }
    }
}
