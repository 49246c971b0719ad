package org.lamina.kernels;

import java.util.Arrays;
import org.lamina.onednn.Convolution;
import org.lamina.onednn.OneDnn;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvTransposeGeometry;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Transposed convolution in 1, 2 and 3 dimensions with groups, the input gradient of a convolution:
 *
 * <pre>
 * y[n, o, p] = b[o] + sum over i, k with q * stride + k * dilation - pad = p of w[i, o', k] * x[n, i, q]
 * </pre>
 *
 * <p>where i runs over the input channels of o's group and o' is the index of o in its group.
 * Shapes: {@code x [N, C, spatial...]}, {@code w [C, O / groups, kernel...]}, {@code b [O]}, {@code
 * y [N, O, spatial...]}.
 *
 * <p>Figures: CPU milliseconds on one thread, oneDNN, float. 16x64x16x16 to 64 channels, kernel 3,
 * stride 2, padding 1, forward: libnd4j's {@code deconv2d} takes 4, as the input gradient of {@code
 * conv2d_bp} it takes 19, of {@code conv2d_input_bp} 68, zeros between the input's elements and
 * {@code conv2d} 14, a matrix product and {@code col2im} 23. Backward {@code deconv2d_bp} takes 7.
 * 2x32x16x16x16 to 32 channels, kernel 3, stride 2, padding 1: {@code deconv3d} takes 7, {@code
 * conv3dnew_bp} 23; backward {@code deconv3d_bp} 20. Hence these ops are used, with these
 * exceptions:
 *
 * <ul>
 *   <li>The ops do not support output padding; the kernel gets zeros at its end, which enlarge the
 *       output accordingly (forward 8, backward 13; cropping a larger output costs 7 and 13).
 *   <li>Dilation becomes zeros between the kernel's taps: in float a dilated {@code deconv2d_bp}
 *       fails, and a dilated {@code deconv2d} is 6 times slower than one with zeros.
 *   <li>Groups are computed in bundles, see {@link GroupBundles}: 16x128x16x16 to 128 channels,
 *       kernel 4, stride 2, with one group per channel takes 10 / 25; as one op with zeros between
 *       all groups it takes 27 / 49, with one call per group 58 / 21, as the input gradient of
 *       {@code depthwise_conv2d} 16 / 20.
 * </ul>
 */
final class ConvTransposeKernel {

    private final ConvTransposeGeometry geometry;

    /** Dilation of the geometry in two or three dimensions. */
    private final int[] dilation;

    ConvTransposeKernel(ConvTransposeGeometry geometry) {
        this.geometry = geometry;
        this.dilation = geometry.convolution().lifted().dilation();
    }

    /** Shape of the output for this shape of the input and this number of output channels. */
    long[] outputShape(long[] x, long outChannels) {
        long[] shape = x.clone();
        long[] size = geometry.outputSize(spatial(x));
        shape[1] = outChannels;
        System.arraycopy(size, 0, shape, 2, size.length);
        return shape;
    }

    /**
     * Forward pass.
     *
     * @param x input
     * @param w weight
     * @param b bias or null
     * @param y receives the output; contiguous in 'c' order
     */
    void forward(INDArray x, INDArray w, INDArray b, INDArray y) {
        if (!OneDnn.serves(x) || !direct().backwardInput(x, w, y)) {
            ConvGeometry wide = wide(x);
            method(wide, y)
                    .forward(
                            Nd4jOps.lifted(x), widened(Nd4jOps.lifted(w), wide), Nd4jOps.lifted(y));
        }
        if (b != null) {
            FeatureMaps.addToChannels(y, b);
        }
    }

    /**
     * Backward pass.
     *
     * @param x input of the forward pass
     * @param w weight of the forward pass
     * @param dy gradient of the output
     * @param dx receives the gradient of the input, contiguous in 'c' order; null if not needed
     * @param dw receives the gradient of the weight
     * @param db receives the gradient of the bias, or null
     */
    void backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw, INDArray db) {
        if (db != null) {
            DenseKernel.sumRows(FeatureMaps.sum(dy), db);
        }
        if (OneDnn.serves(x)
                && direct().backwardWeight(dy, x, dw, null)
                && (dx == null || direct().forward(dy, w, null, dx))) {
            return;
        }
        ConvGeometry wide = wide(x);
        INDArray gradient = Nd4jOps.lifted(dy);
        if (DepthPadding.failsInOp(wide)) {
            int[] depth = {wide.padBefore()[0], 0, 0};
            gradient = PaddingKernel.forward(gradient, depth, depth, PaddingMode.ZEROS);
            wide = DepthPadding.without(wide);
        }
        INDArray narrow = Nd4jOps.lifted(w);
        INDArray weight = widened(narrow, wide);
        boolean direct = weight == narrow && Nd4jOps.isContiguous(dw);
        INDArray dWeight =
                direct ? Nd4jOps.lifted(dw) : Nd4jOps.scratch(dw.dataType(), weight.shape());
        method(wide, dy)
                .backward(
                        Nd4jOps.lifted(x),
                        weight,
                        gradient,
                        dx == null ? null : Nd4jOps.lifted(dx),
                        dWeight);
        if (!direct) {
            INDArray taps = KernelTaps.of(dWeight, dilation, narrow.shape());
            dw.assign(taps.reshape('c', dw.shape()));
        }
    }

    /** The convolution whose input gradient this is. */
    private Convolution direct() {
        ConvGeometry convolution = geometry.convolution();
        return new Convolution(
                convolution.groups(),
                convolution.stride(),
                convolution.dilation(),
                convolution.padBefore());
    }

    private static long[] spatial(long[] shape) {
        return Arrays.copyOfRange(shape, 2, shape.length);
    }

    /** The convolution with zeros in its kernel in place of dilation and output padding. */
    private ConvGeometry wide(INDArray x) {
        return geometry.widened(geometry.outputPadding(spatial(x.shape()))).lifted();
    }

    private INDArray widened(INDArray w, ConvGeometry wide) {
        long[] kernel = spatial(w.shape());
        boolean same =
                Arrays.equals(kernel, Arrays.stream(wide.kernelSize()).asLongStream().toArray());
        return same ? w : KernelTaps.spread(w, dilation, wide.kernelSize());
    }

    private static ConvMethod method(ConvGeometry wide, INDArray y) {
        ConvMethod op = new Nd4jConvTranspose(wide);
        int groups = wide.groups();
        return groups == 1 ? op : new BundledConv(op, groups, y.size(1));
    }
}
