package org.lamina.samediff.ops;

import java.util.Arrays;
import org.lamina.kernels.DepthPadding;
import org.lamina.kernels.FusedFunction;
import org.lamina.samediff.execution.FusedParts;
import org.lamina.spec.CombinedConvSpec;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.NormSpec;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.lamina.spec.SeparableConvSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv3DConfig;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Convolutions in one, two or three dimensions, channels first, weights in PyTorch's layout.
 *
 * <pre>
 * y[n, o, p] = b[o] + sum over i, k of  w[o, i, k] * xpad[n, group(o) * in / groups + i, p * stride + k * dilation]
 * </pre>
 */
public final class ConvOps {

    private ConvOps() {}

    /**
     * A convolution.
     *
     * @param x input {@code [N, in, spatial...]}
     * @param w weights {@code [out, in / groups, kernel...]}; a variable, constant or placeholder
     *     of known shape; for computed weights call {@link #conv(SDVariable, SDVariable,
     *     SDVariable, ConvSpec)}
     * @param b bias {@code [out]}, or null
     * @param geometry kernel, stride, dilation, padding, groups
     * @return {@code [N, out, geometry.outputSize(spatial)...]}
     * @throws IllegalArgumentException if the shape of the weights does not fit the geometry
     */
    public static SDVariable conv(SDVariable x, SDVariable w, SDVariable b, ConvGeometry geometry) {
        long[] shape = w.getShape();
        if (shape == null) {
            throw new IllegalArgumentException(
                    "conv: the shape of the weights '"
                            + w.name()
                            + "' is not known; give a ConvSpec instead of the geometry");
        }
        checkWeights("conv", w, shape, "[out, in / groups, kernel...]", geometry, geometry);
        ConvSpec spec =
                new ConvSpec(
                        shape[1] * geometry.groups(),
                        shape[0],
                        geometry,
                        b != null,
                        NormSpec.none());
        return conv(x, w, b, spec);
    }

    /**
     * A convolution whose weights may be computed in the graph.
     *
     * @param x input {@code [N, in, spatial...]}
     * @param w weights {@code [out, in / groups, kernel...]}
     * @param b bias {@code [out]}, or null
     * @param spec channels and geometry; its bias flag and constraint are not used
     * @return {@code [N, out, spec.outputSize(spatial)...]}
     */
    public static SDVariable conv(SDVariable x, SDVariable w, SDVariable b, ConvSpec spec) {
        return conv(x, w, b, spec, null);
    }

    /**
     * A convolution of a padded minibatch, as {@link #conv(SDVariable, SDVariable, SDVariable,
     * ConvSpec)}: padding other than zeros continues each example where it ends.
     *
     * @param x input, zero at masked positions
     * @param mask its mask, {@code [N, 1, spatial...]}, a placeholder or constant, or null
     */
    public static SDVariable conv(
            SDVariable x, SDVariable w, SDVariable b, ConvSpec spec, SDVariable mask) {
        ConvGeometry g = spec.geometry();
        boolean padsZeros = g.paddingMode() == PaddingMode.ZEROS;
        long[] size = mask == null ? null : Arrays.copyOfRange(mask.getShape(), 2, 2 + g.rank());
        return FusedParts.part(
                new FusedFunction.Convolution(g, spec.outChannels()),
                v -> {
                    if (v[3] == null) {
                        return convolve(v[0], v[1], v[2], spec);
                    }
                    SDVariable padded =
                            ExampleSizeOps.pad(
                                    v[0],
                                    spec.inChannels(),
                                    size,
                                    v[3],
                                    g.padBefore(),
                                    g.padAfter(),
                                    g.paddingMode());
                    ConvGeometry unpadded = g.withPadding(Padding.valid());
                    return convolve(padded, v[1], v[2], spec.withGeometry(unpadded));
                },
                x,
                w,
                b,
                padsZeros ? null : mask);
    }

    /**
     * A depthwise convolution: output channel {@code c * depthMultiplier + m} is filter m of input
     * channel c.
     *
     * @param x input {@code [N, in, spatial...]}
     * @param w weights {@code [in * depthMultiplier, 1, kernel...]}
     * @param b bias {@code [in * depthMultiplier]}, or null
     * @param spec channels and geometry; its bias flag and constraint are not used
     * @return {@code [N, in * depthMultiplier, spec.outputSize(spatial)...]}
     */
    public static SDVariable depthwise(
            SDVariable x, SDVariable w, SDVariable b, DepthwiseConvSpec spec) {
        return depthwise(x, w, b, spec, null);
    }

    /**
     * A depthwise convolution of a padded minibatch.
     *
     * @param mask as in {@link #conv(SDVariable, SDVariable, SDVariable, ConvSpec, SDVariable)}
     */
    public static SDVariable depthwise(
            SDVariable x, SDVariable w, SDVariable b, DepthwiseConvSpec spec, SDVariable mask) {
        return conv(x, w, b, spec.asConv(), mask);
    }

    /**
     * A depthwise convolution followed by a convolution with kernel 1.
     *
     * @param x input {@code [N, in, spatial...]}
     * @param depthWeights {@code [in * depthMultiplier, 1, kernel...]}
     * @param pointWeights {@code [out, in * depthMultiplier, 1...]}
     * @param depthBias {@code [in * depthMultiplier]}, or null
     * @param pointBias {@code [out]}, or null
     * @param spec channels and geometry; its bias flags and constraints are not used
     * @return {@code [N, out, spec.outputSize(spatial)...]}
     */
    public static SDVariable separable(
            SDVariable x,
            SDVariable depthWeights,
            SDVariable pointWeights,
            SDVariable depthBias,
            SDVariable pointBias,
            SeparableConvSpec spec) {
        return separable(x, depthWeights, pointWeights, depthBias, pointBias, spec, null);
    }

    /**
     * A separable convolution of a padded minibatch.
     *
     * @param mask as in {@link #conv(SDVariable, SDVariable, SDVariable, ConvSpec, SDVariable)}
     */
    public static SDVariable separable(
            SDVariable x,
            SDVariable depthWeights,
            SDVariable pointWeights,
            SDVariable depthBias,
            SDVariable pointBias,
            SeparableConvSpec spec,
            SDVariable mask) {
        if (!FusedFunction.SeparableConvolution.pays(spec)) {
            return inSequence(x, depthWeights, pointWeights, depthBias, pointBias, spec, mask);
        }
        return FusedParts.part(
                new FusedFunction.SeparableConvolution(spec),
                v -> inSequence(v[0], v[1], v[2], v[3], v[4], spec, null),
                x,
                depthWeights,
                pointWeights,
                depthBias,
                pointBias);
    }

    private static SDVariable inSequence(
            SDVariable x,
            SDVariable depthWeights,
            SDVariable pointWeights,
            SDVariable depthBias,
            SDVariable pointBias,
            SeparableConvSpec spec,
            SDVariable mask) {
        SDVariable deep = depthwise(x, depthWeights, depthBias, spec.depthwise(), mask);
        return conv(deep, pointWeights, pointBias, spec.pointwise());
    }

    /**
     * A temporal convolution followed by a spatial one over all of its filters.
     *
     * @param x input {@code [N, 1, rows, samples]}
     * @param temporalWeights {@code [F, 1, 1, K]}
     * @param temporalBias {@code [F]}, or null
     * @param spatialWeights {@code [out, F, rows, 1]}
     * @param spatialBias {@code [out]}, or null
     * @param spec channels and geometry; its bias flags and constraints are not used
     * @param mask of the temporal convolution's output, {@code [N, 1, rows, samples']}, or null
     * @return {@code [N, out, 1, samples']}
     */
    public static SDVariable combined(
            SDVariable x,
            SDVariable temporalWeights,
            SDVariable temporalBias,
            SDVariable spatialWeights,
            SDVariable spatialBias,
            CombinedConvSpec spec,
            SDVariable mask) {
        return FusedParts.part(
                new FusedFunction.CombinedConvolution(spec),
                v -> {
                    SDVariable filtered = conv(v[0], v[1], v[2], spec.temporal());
                    SDVariable counted = v[5] == null ? filtered : filtered.mul(v[5]);
                    return conv(counted, v[3], v[4], spec.spatial());
                },
                x,
                temporalWeights,
                temporalBias,
                spatialWeights,
                spatialBias,
                mask);
    }

    /** Handles what the ops cannot: dilation, one dimension, and padding other than equal zeros. */
    private static SDVariable convolve(SDVariable x, SDVariable w, SDVariable b, ConvSpec spec) {
        ConvGeometry g = spec.geometry();
        if (Arrays.stream(g.dilation()).anyMatch(d -> d > 1)) {
            // The op's own dilation fails in float on the oneDNN build of ND4J 1.0.0-M2.1 ("could
            // not create a descriptor for a dilated convolution").
            ConvGeometry wide = g.undilated();
            return convolve(x, dilate(w, spec, wide), b, spec.withGeometry(wide));
        }
        if (g.rank() == 1) {
            SameDiff sd = x.getSameDiff();
            SDVariable y =
                    convolve(
                            sd.expandDims(x, 2),
                            sd.expandDims(w, 2),
                            b,
                            spec.withGeometry(g.lifted()));
            return sd.squeeze(y, 2);
        }
        boolean same = g.padding().kind() == Padding.Kind.SAME;
        if (g.paddingMode() != PaddingMode.ZEROS
                || DepthPadding.failsInOp(g)
                || !same && !Arrays.equals(g.padBefore(), g.padAfter())) {
            x = PaddingOps.pad(x, g.padBefore(), g.padAfter(), g.paddingMode());
            g = g.withPadding(Padding.valid());
            same = false;
        }
        return g.groups() > 1
                ? GroupedConvOps.conv(x, w, b, spec.withGeometry(g), same)
                : op(x, w, b, g, same);
    }

    /** One of libnd4j's convolutions over all channels. */
    static SDVariable op(SDVariable x, SDVariable w, SDVariable b, ConvGeometry g, boolean same) {
        return g.rank() == 3 ? conv3d(x, w, b, g, same) : conv2d(x, w, b, g, same);
    }

    /**
     * Weights with zeros between their taps: along each dimension each tap becomes (tap, 0, ... 0),
     * with zeros after the last tap up to the size of the wide kernel.
     */
    static SDVariable dilate(SDVariable w, ConvSpec spec, ConvGeometry to) {
        SameDiff sd = w.getSameDiff();
        ConvGeometry from = spec.geometry();
        long groupInputs = spec.inChannels() / to.groups();
        long before = spec.outChannels() * groupInputs;
        long after = from.kernelVolume();
        for (int d = 0; d < from.rank(); d++) {
            int taps = from.kernelSize()[d];
            int dilation = from.dilation()[d];
            int wide = to.kernelSize()[d];
            after /= taps;
            INDArray first = Nd4j.zeros(w.dataType(), 1, 1, dilation, 1).putScalar(0, 1);
            SDVariable spread = w.reshape(before, taps, 1, after).mul(sd.constant(first));
            spread = spread.reshape(before, (long) taps * dilation, after);
            if (wide > taps * dilation) {
                INDArray end = Nd4j.zeros(w.dataType(), before, wide - taps * dilation, after);
                spread = sd.concat(1, spread, sd.constant(end));
            }
            w = sd.slice(spread, new int[3], Math.toIntExact(before), wide, Math.toIntExact(after));
            before *= wide;
        }
        return w.reshape(weightShape(spec.outChannels(), groupInputs, to));
    }

    /**
     * Checks the shape of the weights.
     *
     * @param op name of the operation, for the message
     * @param expected the shape's layout, for the message
     * @param kernel the kernel and the groups
     * @param geometry the operation's geometry, for the message
     */
    static void checkWeights(
            String op,
            SDVariable w,
            long[] shape,
            String expected,
            ConvGeometry kernel,
            Object geometry) {
        boolean fits =
                shape.length == 2 + kernel.rank()
                        && shape[0] % kernel.groups() == 0
                        && Arrays.equals(shape, weightShape(shape[0], shape[1], kernel));
        if (!fits) {
            throw new IllegalArgumentException(
                    String.format(
                            "%s: weights '%s' of shape %s; expected %s for %s",
                            op, w.name(), Arrays.toString(shape), expected, geometry));
        }
    }

    static long[] weightShape(long out, long in, ConvGeometry g) {
        long[] shape = new long[2 + g.rank()];
        shape[0] = out;
        shape[1] = in;
        for (int d = 0; d < g.rank(); d++) {
            shape[2 + d] = g.kernelSize()[d];
        }
        return shape;
    }

    /** libnd4j's convolution with one group, or with one group and one filter per channel. */
    static SDVariable conv2d(
            SDVariable x, SDVariable w, SDVariable b, ConvGeometry g, boolean same) {
        SameDiff sd = x.getSameDiff();
        Conv2DConfig config = config2d(g, same);
        if (g.groups() == 1) {
            SDVariable weights = w.permute(2, 3, 1, 0);
            return b == null
                    ? sd.cnn().conv2d(x, weights, config)
                    : sd.cnn().conv2d(x, weights, b, config);
        }
        SDVariable weights = w.permute(2, 3, 0, 1);
        return b == null
                ? sd.cnn().depthWiseConv2d(x, weights, config)
                : sd.cnn().depthWiseConv2d(x, weights, b, config);
    }

    static Conv2DConfig config2d(ConvGeometry g, boolean same) {
        return Conv2DConfig.builder()
                .kH(g.kernelSize()[0])
                .kW(g.kernelSize()[1])
                .sH(g.stride()[0])
                .sW(g.stride()[1])
                .pH(g.padBefore()[0])
                .pW(g.padBefore()[1])
                .dH(g.dilation()[0])
                .dW(g.dilation()[1])
                .paddingMode(mode(same))
                .build();
    }

    private static SDVariable conv3d(
            SDVariable x, SDVariable w, SDVariable b, ConvGeometry g, boolean same) {
        SameDiff sd = x.getSameDiff();
        Conv3DConfig config =
                Conv3DConfig.builder()
                        .kD(g.kernelSize()[0])
                        .kH(g.kernelSize()[1])
                        .kW(g.kernelSize()[2])
                        .sD(g.stride()[0])
                        .sH(g.stride()[1])
                        .sW(g.stride()[2])
                        .pD(g.padBefore()[0])
                        .pH(g.padBefore()[1])
                        .pW(g.padBefore()[2])
                        .dD(g.dilation()[0])
                        .dH(g.dilation()[1])
                        .dW(g.dilation()[2])
                        .paddingMode(mode(same))
                        .dataFormat(Conv3DConfig.NCDHW)
                        .biasUsed(b != null)
                        .build();
        SDVariable weights = w.permute(2, 3, 4, 1, 0);
        return b == null
                ? sd.cnn().conv3d(x, weights, config)
                : sd.cnn().conv3d(x, weights, b, config);
    }

    private static org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode mode(
            boolean same) {
        return same
                ? org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode.SAME
                : org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode.VALID;
    }
}
