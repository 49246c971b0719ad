package org.lamina.layers.builders;

import java.util.Arrays;
import org.lamina.spec.LocalConvSpec;

/**
 * Convolution in one or two dimensions with separate filters at every output position (locally
 * connected layer).
 *
 * <pre>
 * y[n, o, t] = b[o, t] + sum over c, u of W[o, (c, u), t] * x[n, c, t * s - p + u * d]
 * </pre>
 *
 * <p>where t, s, p, u and d have one component for each dimension; output positions and the
 * elements of a kernel are numbered row by row.
 *
 * <p>Input {@code [N, nIn, T]} or {@code [N, nIn, H, W]}, or with channels last; output {@code [N,
 * nOut, ...]}. Parameters: {@code W [nOut, nIn * kernel volume, positions]}, {@code b [nOut,
 * positions]} for T' or H' * W' output positions.
 *
 * <p>The parameters' sizes depend on the size of the input: it is taken from the network's input
 * type or {@link #inputSize(int...)}; an input of another size is an error. Pad shorter series to
 * that length and mask them.
 *
 * <p>Defaults: the network's activation function (sigmoid if it has none, as in DL4J), no padding,
 * a bias. Unless the layer is given a {@code weightInit} or a {@code biasInit}, filters and biases
 * are uniform in (-a, a) with a = 1 / sqrt(nIn * kernel volume * positions); the network's weight
 * initialization is not applied.
 *
 * <p>Source: hypnettorch, {@code hypnettorch.mnets.layers.LocalConv2dLayer},
 * https://github.com/chrhenning/hypnettorch. For filters supplied by another part of the network,
 * as in a hypernetwork, see {@link org.lamina.layers.base.LocalConvVertex}.
 *
 * <p>Differs from the source in: one dimension, dilation, padding by rule and padding modes.
 *
 * @param <T> the builder's own type
 */
public abstract class LocalConvBuilder<T extends LocalConvBuilder<T>>
        extends BaseConvBuilder<T, LocalConvSpec> {

    private long[] inputSize = {};

    /** A kernel of {@code rank} dimensions: one number per dimension, or one for all. */
    protected LocalConvBuilder(int rank, int... kernel) {
        super(true, rank, kernel);
        padding("valid");
    }

    /**
     * Spatial size of the input, one number per dimension. Default: from the network's input type;
     * the two must agree.
     */
    public T inputSize(int... size) {
        this.inputSize = size == null ? null : Arrays.stream(size).asLongStream().toArray();
        return self();
    }

    /** Length of the input of a layer with one spatial dimension. */
    public T inputSize(int size) {
        return inputSize(new int[] {size});
    }

    @Override
    protected LocalConvSpec spec() {
        return new LocalConvSpec(
                getNIn(),
                getNOut(),
                inputSize,
                geometry().build(),
                bias(),
                !hasWeightInit(),
                !hasBiasInit());
    }
}
