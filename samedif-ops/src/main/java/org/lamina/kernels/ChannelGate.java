package org.lamina.kernels;

import org.lamina.activations.Activations;
import org.lamina.spec.ChannelGateSpec;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Multiplies channels by factors computed from the channel means:
 *
 * <pre>
 * y = x * scale * gate(z),  z [N, C] computed from mean(x) [N, C]
 * </pre>
 *
 * @param gate activation function of the factors
 * @param scale multiplies the factors
 */
record ChannelGate(IActivation gate, double scale) {

    static ChannelGate of(ChannelGateSpec spec) {
        return new ChannelGate(spec.gate(), spec.scale());
    }

    /**
     * Means of all feature maps, a new array {@code [N, C]}.
     *
     * @param x input; zero at masked steps
     * @param count number of unmasked steps of each example {@code [N, 1]}, or null for all
     */
    static INDArray means(INDArray x, INDArray count) {
        return divideByCount(FeatureMaps.sum(x), count, x);
    }

    private static INDArray divideByCount(INDArray maps, INDArray count, INDArray x) {
        return count == null ? maps.divi(x.length() / maps.length()) : maps.divi(count);
    }

    /** The factors, a new array. */
    INDArray factors(INDArray z) {
        INDArray factor = Nd4jOps.scratch(z.dataType(), z.shape());
        Activations.apply(gate, z, factor, false);
        return scaled(factor);
    }

    private INDArray scaled(INDArray factors) {
        return scale == 1 ? factors : factors.muli(scale);
    }

    /** Writes x times the factors to y, contiguous in 'c' order. */
    static void apply(INDArray x, INDArray factors, INDArray y) {
        FeatureMaps.scale(x, factors, null, y);
    }

    /** Gradient of z, which may be overwritten. */
    INDArray gradient(INDArray x, INDArray z, INDArray dy) {
        INDArray dz = Nd4jOps.scratch(z.dataType(), z.shape());
        Activations.gradient(gate, z, scaled(FeatureMaps.dot(x, dy)), dz);
        return dz;
    }

    /**
     * Writes the gradient of the input to dx.
     *
     * @param dMeans gradient of the means; overwritten
     */
    static void inputGradient(
            INDArray dy, INDArray factors, INDArray dMeans, INDArray count, INDArray dx) {
        FeatureMaps.scale(dy, factors, divideByCount(dMeans, count, dy), dx);
    }
}
