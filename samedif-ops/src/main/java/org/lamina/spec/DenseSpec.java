package org.lamina.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A fully connected layer with a norm constraint.
 *
 * <p>Parameters: {@code W [in, out]} in 'f' order and {@code b [out]}, the flat layout of DL4J's
 * dense layer (the transpose of PyTorch's).
 *
 * @param inChannels number of input features, or 0 if not yet known
 * @param outChannels number of output features
 * @param bias whether each output has a bias
 * @param norm constraint on the weights
 */
public record DenseSpec(long inChannels, long outChannels, boolean bias, NormSpec norm)
        implements LayerSpec {

    public DenseSpec {
        Objects.requireNonNull(norm, "norm");
        Checks.divisible("nIn (input features)", inChannels, 1, true);
        Checks.divisible("nOut (output features)", outChannels, 1, false);
        Checks.axesBelow(norm, 2);
    }

    @Override
    public int spatialRank() {
        return 0;
    }

    @Override
    public DenseSpec withInChannels(long channels) {
        return new DenseSpec(channels, outChannels, bias, norm);
    }

    @Override
    public DenseSpec withOutChannels(long channels) {
        return new DenseSpec(inChannels, channels, bias, norm);
    }

    @Override
    public List<ParamSpec> params() {
        List<ParamSpec> params = new ArrayList<>();
        params.add(
                ParamSpec.weight(
                        ParamSpec.WEIGHT,
                        new long[] {inChannels, outChannels},
                        'f',
                        new int[] {1},
                        inChannels,
                        outChannels,
                        norm));
        if (bias) {
            params.add(ParamSpec.vector(ParamSpec.BIAS, outChannels, ParamSpec.Role.BIAS));
        }
        return params;
    }

    @Override
    public long[] outputSize(long... inputSize) {
        return new long[0];
    }
}
