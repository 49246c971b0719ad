package org.lamina.samediff.ops;

import java.util.Arrays;
import org.lamina.kernels.DepthPadding;
import org.lamina.kernels.FusedFunction;
import org.lamina.samediff.execution.FusedParts;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.ConvTransposeGeometry;
import org.lamina.spec.ConvTransposeSpec;
import org.lamina.spec.NormSpec;
import org.lamina.spec.WSConvTransposeSpec;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.DeConv3DConfig;

/**
 * Transposed convolutions in one, two or three dimensions, channels first, weights in PyTorch's
 * layout.
 *
 * <pre>
 * y[n, o, p] = b[o] + sum over i, k with q * stride + k * dilation - pad = p of w[i, o', k] * x[n, i, q]
 * </pre>
 *
 * <p>where i runs over the input channels of o's group and o' is the index of o in its group.
 */
public final class ConvTransposeOps {

    private ConvTransposeOps() {}

    /**
     * A transposed convolution.
     *
     * @param x input {@code [N, in, spatial...]}
     * @param w weights {@code [in, out / groups, kernel...]}; a variable, constant or placeholder
     *     of known shape
     * @param b bias {@code [out]}, or null
     * @param geometry kernel, stride, dilation, padding, output padding, groups
     * @return {@code [N, out, geometry.outputSize(spatial)...]}
     * @throws IllegalArgumentException if the shape of the weights does not fit the geometry
     */
    public static SDVariable conv(
            SDVariable x, SDVariable w, SDVariable b, ConvTransposeGeometry geometry) {
        long[] shape = w.getShape();
        if (shape == null) {
            throw new IllegalArgumentException(
                    "transposed conv: the shape of the weights '"
                            + w.name()
                            + "' is not known; give it after the geometry");
        }
        return conv(x, w, b, geometry, shape);
    }

    /**
     * A transposed convolution.
     *
     * @param x input {@code [N, in, spatial...]}
     * @param w weights {@code [in, out / groups, kernel...]}, which may be computed in the graph
     * @param b bias {@code [out]}, or null
     * @param spec channels and geometry; its bias flag is not used
     * @return {@code [N, out, spec.outputSize(spatial)...]}
     */
    public static SDVariable conv(
            SDVariable x, SDVariable w, SDVariable b, ConvTransposeSpec spec) {
        return conv(x, w, b, spec.geometry(), spec.weightShape());
    }

    /**
     * A transposed convolution whose weights may be computed in the graph.
     *
     * @param x input {@code [N, in, spatial...]}
     * @param w weights {@code [in, out / groups, kernel...]}
     * @param b bias {@code [out]}, or null
     * @param geometry kernel, stride, dilation, padding, output padding, groups
     * @param weightShape shape of the weights
     * @return {@code [N, out, geometry.outputSize(spatial)...]}
     * @throws IllegalArgumentException if the shape of the weights does not fit the geometry
     */
    public static SDVariable conv(
            SDVariable x,
            SDVariable w,
            SDVariable b,
            ConvTransposeGeometry geometry,
            long... weightShape) {
        ConvOps.checkWeights(
                "transposed conv",
                w,
                weightShape,
                "[in, out / groups, kernel...]",
                geometry.convolution(),
                geometry);
        long out = weightShape[1] * geometry.groups();
        ConvSpec convolution =
                new ConvSpec(
                        out, weightShape[0], geometry.convolution(), b != null, NormSpec.none());
        return FusedParts.part(
                new FusedFunction.ConvolutionTranspose(geometry, out),
                v -> widened(v[0], v[1], v[2], geometry, convolution),
                x,
                w,
                b);
    }

    /**
     * A transposed convolution with standardized weights; gradients flow through mean and variance.
     *
     * @param x input {@code [N, in, spatial...]}
     * @param w weights {@code [in, out / groups, kernel...]}
     * @param b bias {@code [out]}, or null
     * @param gain factor of each output channel, or of each input channel if the spec says so; null
     *     for 1
     * @param spec channels, geometry and formula; its bias flag is not used
     * @return {@code [N, out, spec.outputSize(spatial)...]}
     */
    public static SDVariable standardized(
            SDVariable x, SDVariable w, SDVariable b, SDVariable gain, WSConvTransposeSpec spec) {
        long[] shape = spec.conv().weightShape();
        long[] s = spec.conv().groupedShape();
        SDVariable standardized;
        if (spec.perInputChannel()) {
            standardized =
                    WeightStandardizationOps.standardize(w, gain, spec.standardization(), shape);
        } else {
            SDVariable rows = w.reshape(s).permute(0, 2, 1, 3).reshape(s[0] * s[2], s[1] * s[3]);
            standardized =
                    WeightStandardizationOps.standardize(
                                    rows, gain, spec.standardization(), s[0] * s[2], s[1] * s[3])
                            .reshape(s[0], s[2], s[1], s[3])
                            .permute(0, 2, 1, 3)
                            .reshape(shape);
        }
        return conv(x, standardized, b, spec.conv());
    }

    /**
     * Dilation and output padding become zeros between and after the kernel's taps: libnd4j's ops
     * do not support output padding, and their dilation fails in float on the oneDNN build of ND4J
     * 1.0.0-M2.1. An exact output size needs output padding that depends on the input size: the
     * largest is used, and the excess at the end is cropped.
     *
     * @param convolution the convolution whose input gradient this is
     */
    private static SDVariable widened(
            SDVariable x,
            SDVariable w,
            SDVariable b,
            ConvTransposeGeometry g,
            ConvSpec convolution) {
        int rank = g.rank();
        int[] exact = g.exactSize();
        int[] padding = new int[rank];
        for (int d = 0; d < rank; d++) {
            padding[d] = exact == null ? g.givenOutputPadding()[d] : g.mostOutputPadding(d);
        }
        ConvGeometry wide = g.widened(padding);
        SDVariable weights =
                Arrays.equals(wide.kernelSize(), g.convolution().kernelSize())
                        ? w
                        : ConvOps.dilate(w, convolution, wide);
        SDVariable y =
                wide.groups() == 1
                        ? oneGroup(x, weights, b, wide)
                        : GroupedConvOps.bundles(
                                x,
                                weights,
                                b,
                                convolution.withGeometry(wide),
                                (part, weight, bias) -> oneGroup(part, weight, bias, wide));
        if (exact == null) {
            return y;
        }
        SameDiff sd = x.getSameDiff();
        int[] begin = new int[2 + rank];
        int[] size = new int[2 + rank];
        Arrays.fill(size, -1); // to the end
        System.arraycopy(exact, 0, size, 2, rank);
        return sd.slice(y, begin, size);
    }

    private static SDVariable oneGroup(
            SDVariable x, SDVariable w, SDVariable b, ConvGeometry wide) {
        if (DepthPadding.failsInOp(wide)) {
            int depth = wide.padBefore()[0];
            SDVariable y = op(x, w, b, DepthPadding.without(wide));
            return y.get(
                    SDIndex.all(),
                    SDIndex.all(),
                    SDIndex.interval(depth, -depth),
                    SDIndex.all(),
                    SDIndex.all());
        }
        if (wide.rank() > 1) {
            return op(x, w, b, wide);
        }
        SameDiff sd = x.getSameDiff();
        SDVariable y = op(sd.expandDims(x, 2), sd.expandDims(w, 2), b, wide.lifted());
        return sd.squeeze(y, 2);
    }

    /** Two or three dimensions. */
    private static SDVariable op(SDVariable x, SDVariable w, SDVariable b, ConvGeometry g) {
        SameDiff sd = x.getSameDiff();
        int[] k = g.kernelSize();
        int[] s = g.stride();
        int[] p = g.padBefore();
        if (g.rank() == 3) {
            DeConv3DConfig config =
                    DeConv3DConfig.builder()
                            .kD(k[0])
                            .kH(k[1])
                            .kW(k[2])
                            .sD(s[0])
                            .sH(s[1])
                            .sW(s[2])
                            .pD(p[0])
                            .pH(p[1])
                            .pW(p[2])
                            .build();
            SDVariable weights = w.permute(2, 3, 4, 1, 0);
            return b == null
                    ? sd.cnn().deconv3d(x, weights, config)
                    : sd.cnn().deconv3d(x, weights, b, config);
        }
        DeConv2DConfig config =
                DeConv2DConfig.builder()
                        .kH(k[0])
                        .kW(k[1])
                        .sH(s[0])
                        .sW(s[1])
                        .pH(p[0])
                        .pW(p[1])
                        .build();
        SDVariable weights = w.permute(2, 3, 1, 0);
        return b == null
                ? sd.cnn().deconv2d(x, weights, config)
                : sd.cnn().deconv2d(x, weights, b, config);
    }
}
