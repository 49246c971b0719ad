package org.lamina.spec;

import java.util.List;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Efficient channel attention: each channel is multiplied by a factor that a convolution across
 * channels computes from the means of the channel and its neighbors.
 *
 * <p>Parameter: {@code W [1, 1, kernel]}, without bias (PyTorch's layout).
 *
 * @param channels number of channels, or 0 if not yet known
 * @param givenKernelSize number of channels that a factor depends on, an odd number, or null to
 *     derive it from the number of channels
 * @param gate activation function of the factors
 * @param scale multiplies the factors, not 0
 */
public record ECASpec(
        long channels,
        @JsonProperty("kernelSize") Integer givenKernelSize,
        IActivation gate,
        double scale)
        implements ChannelGateSpec {

    private static final int SMALLEST_ADAPTIVE_KERNEL = 3;

    public ECASpec {
        Checks.channels(channels);
        Checks.gate(gate, scale);
        Checks.require(
                givenKernelSize == null || givenKernelSize > 0 && givenKernelSize % 2 == 1,
                "kernelSize",
                givenKernelSize,
                "must be an odd number, 1 or greater");
    }

    /** The defaults: kernel size derived from the number of channels, sigmoid, scale 1. */
    public static ECASpec of(long channels) {
        return new ECASpec(channels, null, new ActivationSigmoid(), 1);
    }

    /**
     * Number of channels that a factor depends on: as given, or {@code (log2(channels) + 1) / 2}
     * rounded down, plus 1 if that is even, at least 3; 0 while unknown.
     */
    public int kernelSize() {
        if (givenKernelSize != null) {
            return givenKernelSize;
        }
        if (channels == 0) {
            return 0;
        }
        int size = (int) ((Math.log(channels) / Math.log(2) + 1) / 2);
        return Math.max(size % 2 == 0 ? size + 1 : size, SMALLEST_ADAPTIVE_KERNEL);
    }

    /** The convolution of {@code [N, 1, channels]} across channels. */
    public ConvSpec convolution() {
        ConvGeometry geometry = ConvGeometry.ofKernel(kernelSize()).withPadding(Padding.same());
        return new ConvSpec(1, 1, geometry, false, NormSpec.none());
    }

    @Override
    public ECASpec withInChannels(long value) {
        return new ECASpec(value, givenKernelSize, gate, scale);
    }

    @Override
    public List<ParamSpec> params() {
        int size = kernelSize();
        return List.of(
                ParamSpec.weight(
                        ParamSpec.WEIGHT,
                        new long[] {1, 1, size},
                        'c',
                        new int[] {0},
                        size,
                        size,
                        NormSpec.none()));
    }

    /** Once for each channel. */
    @Override
    public long uses(long... inputSize) {
        return channels;
    }
}
