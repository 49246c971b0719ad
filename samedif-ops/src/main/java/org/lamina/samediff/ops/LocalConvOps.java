package org.lamina.samediff.ops;

import org.lamina.kernels.FusedFunction;
import org.lamina.samediff.execution.FusedParts;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.LocalConvSpec;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;

/**
 * Convolutions in 1 or 2 dimensions with separate filters at every output position, channels first.
 * Differentiable with respect to input, filters and bias, any of which may be computed in the
 * graph, for example by a hypernetwork.
 *
 * <pre>
 * y[n, o, p] = b[o, p] + sum over c, u of  w[o, (c, u), p] * xpad[n, c, p * stride + u * dilation]
 * </pre>
 *
 * <p>K is the number of input channels times the kernel's volume, in the order channel, kernel row,
 * kernel column; P the number of output positions, row by row.
 *
 * <p>Run op by op by SameDiff, the graph holds the patches of all positions and examples, N * K * P
 * elements, several times: training with 8 channels, 3x3, 128x128 and 8 examples takes 0.9 GB.
 * Within a SameDiff layer, a kernel processes the patches in steps and takes 0.6 GB with 32
 * examples.
 */
public final class LocalConvOps {

    private LocalConvOps() {}

    /**
     * One set of filters for all examples.
     *
     * @param x input {@code [N, in, spatial...]} with the spec's input size
     * @param filters {@code [out, K, P]}
     * @param bias {@code [out, P]}, or null
     * @param spec channels, input size and geometry; its other properties are not used
     * @return {@code [N, out, spatial...]}
     * @throws IllegalArgumentException if the spec's channels or input size are not known
     */
    public static SDVariable localConv(
            SDVariable x, SDVariable filters, SDVariable bias, LocalConvSpec spec) {
        return localConv(x, filters, bias, spec, null);
    }

    /**
     * One set of filters for all examples, of a padded minibatch: padding other than zeros
     * continues each example where it ends.
     *
     * @param x input, zero at masked positions
     * @param mask its mask, {@code [N, 1, spatial...]}, or null
     */
    public static SDVariable localConv(
            SDVariable x,
            SDVariable filters,
            SDVariable bias,
            LocalConvSpec spec,
            SDVariable mask) {
        return localConv(x, filters, bias, spec, mask, false);
    }

    /**
     * Separate filters for every example.
     *
     * @param x input {@code [N, in, spatial...]} with the spec's input size
     * @param filters {@code [N, out, K, P]}
     * @param bias {@code [N, out, P]}, or null
     * @param spec channels, input size and geometry; its other properties are not used
     * @return {@code [N, out, spatial...]}
     * @throws IllegalArgumentException if the spec's channels or input size are not known
     */
    public static SDVariable localConvPerExample(
            SDVariable x, SDVariable filters, SDVariable bias, LocalConvSpec spec) {
        return localConvPerExample(x, filters, bias, spec, null);
    }

    /**
     * Separate filters for every example of a padded minibatch: padding other than zeros continues
     * each example where it ends.
     *
     * @param x input, zero at masked positions
     * @param mask its mask, {@code [N, 1, spatial...]}, or null
     */
    public static SDVariable localConvPerExample(
            SDVariable x,
            SDVariable filters,
            SDVariable bias,
            LocalConvSpec spec,
            SDVariable mask) {
        return localConv(x, filters, bias, spec, mask, true);
    }

    private static SDVariable localConv(
            SDVariable x,
            SDVariable filters,
            SDVariable bias,
            LocalConvSpec spec,
            SDVariable mask,
            boolean perExample) {
        boolean padsZeros = spec.geometry().paddingMode() == PaddingMode.ZEROS;
        return FusedParts.part(
                new FusedFunction.LocalConvolution(spec.geometry(), spec.outChannels()),
                v -> {
                    SDVariable patches = patches(v[0], spec, v[3]);
                    return perExample
                            ? ownFilters(patches, v[1], v[2], spec)
                            : sharedFilters(patches, v[1], v[2], spec);
                },
                x,
                filters,
                bias,
                padsZeros ? null : mask);
    }

    /** A product of matrices {@code [out, K] x [K, N]} for every position. */
    private static SDVariable sharedFilters(
            SDVariable patches, SDVariable filters, SDVariable bias, LocalConvSpec spec) {
        SDVariable y = filters.permute(2, 0, 1).mmul(patches.permute(2, 1, 0));
        return spatial(y.permute(2, 1, 0), bias, 1, spec);
    }

    private static SDVariable ownFilters(
            SDVariable patches, SDVariable filters, SDVariable bias, LocalConvSpec spec) {
        SDVariable byFilter = patches.getSameDiff().expandDims(patches, 1);
        return spatial(filters.mul(byFilter).sum(2), bias, -1, spec);
    }

    /** The patch of each output position, {@code [N, K, P]}. */
    private static SDVariable patches(SDVariable x, LocalConvSpec spec, SDVariable mask) {
        if (spec.missing() != null) {
            throw new IllegalArgumentException("localConv: " + spec.missing());
        }
        SameDiff sd = x.getSameDiff();
        ConvGeometry given = spec.geometry();
        int[] before = given.padBefore();
        int[] after = given.padAfter();
        SDVariable padded =
                mask == null
                        ? PaddingOps.pad(x, before, after, given.paddingMode())
                        : ExampleSizeOps.pad(
                                x,
                                spec.inChannels(),
                                spec.inputSize(),
                                mask,
                                before,
                                after,
                                given.paddingMode());
        SDVariable image = given.rank() == 1 ? sd.expandDims(padded, 2) : padded;
        Conv2DConfig config = ConvOps.config2d(given.lifted().withPadding(Padding.valid()), false);
        return sd.cnn().im2Col(image, config).reshape(-1, spec.taps(), spec.positions());
    }

    /**
     * {@code [N, out, P]} plus bias, reshaped to an image or a series.
     *
     * @param biases first dimension of the bias: 1, or -1 for one per example
     */
    private static SDVariable spatial(SDVariable y, SDVariable bias, long biases, LocalConvSpec s) {
        SDVariable sum =
                bias == null ? y : y.add(bias.reshape(biases, s.outChannels(), s.positions()));
        long[] size = s.outputSize(s.inputSize());
        long[] shape = new long[2 + size.length];
        shape[0] = -1;
        shape[1] = s.outChannels();
        System.arraycopy(size, 0, shape, 2, size.length);
        return sum.reshape(shape);
    }
}
