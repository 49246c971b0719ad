package org.lamina.kernels;

import org.lamina.spec.ECASpec;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Efficient channel attention of {@code [N, C, spatial...]}:
 *
 * <pre>
 * y = x * scale * gate(conv(mean(x), w))      the convolution across channels
 * </pre>
 */
final class ECAKernel {

    private final ECASpec spec;
    private final ConvKernel convolution;

    /** A kernel for these hyperparameters; the number of channels is known. */
    ECAKernel(ECASpec spec) {
        this.spec = spec;
        this.convolution = new ConvKernel(spec.convolution().geometry());
    }

    /**
     * Forward pass.
     *
     * @param x input; zero at masked steps
     * @param count number of unmasked steps of each example {@code [N, 1]}, or null for all
     * @param w weight {@code [1, 1, kernel]}
     * @param y receives the output; contiguous in 'c' order
     */
    void forward(INDArray x, INDArray count, INDArray w, INDArray y) {
        INDArray z = convolved(alongChannels(ChannelGate.means(x, count)), w);
        ChannelGate.apply(x, ChannelGate.of(spec).factors(z), y);
    }

    private INDArray convolved(INDArray means, INDArray w) {
        INDArray z = Nd4jOps.scratch(means.dataType(), means.shape());
        convolution.forward(means, w, null, z);
        return z.reshape('c', z.size(0), z.size(2));
    }

    /** {@code [N, C]} in the shape of a convolution's input. */
    private static INDArray alongChannels(INDArray maps) {
        return maps.reshape('c', maps.size(0), 1, maps.size(1));
    }

    /**
     * Backward pass.
     *
     * @param dy gradient of the output
     * @param dx receives the gradient of the input, or null; undefined at masked steps
     * @param dw receives the gradient of the weight
     */
    void backward(INDArray x, INDArray count, INDArray w, INDArray dy, INDArray dx, INDArray dw) {
        ChannelGate gate = ChannelGate.of(spec);
        INDArray means = alongChannels(ChannelGate.means(x, count));
        INDArray z = convolved(means, w);
        INDArray factors = gate.factors(z);
        INDArray dz = alongChannels(gate.gradient(x, z, dy));
        INDArray dMeans = dx == null ? null : Nd4jOps.scratch(x.dataType(), means.shape());
        convolution.backward(means, w, dz, dMeans, dw, null);
        if (dx != null) {
            dMeans = dMeans.reshape('c', x.size(0), x.size(1));
            ChannelGate.inputGradient(dy, factors, dMeans, count, dx);
        }
    }
}
