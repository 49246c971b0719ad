package org.lamina.kernels;

import java.io.Serializable;
import java.util.Arrays;
import org.lamina.onednn.Convolution;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The padding of a convolution by oneDNN: that which its fast code does not do itself is applied to
 * the input beforehand.
 */
final class ExplicitPadding implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The same as {@link Convolution#WIDE_PADDING} for the width of depthwise kernels. */
    private static final int WIDE_DEPTHWISE = 5;

    private final ConvGeometry geometry;
    private final boolean needed;

    /**
     * The padding of this convolution.
     *
     * @param depthwise whether each channel is a group
     */
    ExplicitPadding(ConvGeometry geometry, boolean depthwise) {
        this.geometry = geometry;
        int[] kernel = geometry.kernelSize();
        int last = kernel.length - 1;
        int width = Math.max(geometry.padBefore()[last], geometry.padAfter()[last]);
        // The weight's gradient along a row is faster without padding, see Convolution.
        boolean row = last == 0 || last == 1 && kernel[0] == 1;
        boolean wide =
                Math.max(widest(geometry.padBefore()), widest(geometry.padAfter()))
                                >= Convolution.WIDE_PADDING
                        || depthwise && (width >= WIDE_DEPTHWISE || row && width > 1);
        this.needed = wide || geometry.paddingMode() != PaddingMode.ZEROS;
    }

    private static int widest(int[] padding) {
        return Arrays.stream(padding).max().orElse(0);
    }

    /** The convolution of the {@link #padded} input. */
    Convolution convolution() {
        return new Convolution(
                geometry.groups(),
                geometry.stride(),
                geometry.dilation(),
                needed ? new int[geometry.rank()] : geometry.padBefore());
    }

    /** The input, padded if needed. */
    INDArray padded(INDArray x) {
        return needed
                ? PaddingKernel.forward(
                        x, geometry.padBefore(), geometry.padAfter(), geometry.paddingMode())
                : x;
    }

    /** Where to write the gradient of the padded input; null if there is no dx. */
    INDArray gradient(INDArray padded, INDArray dx) {
        return needed && dx != null ? Nd4jOps.scratch(dx.dataType(), padded.shape()) : dx;
    }

    /** Completes dx once the gradient of the padded input is there. */
    void backward(INDArray dPadded, INDArray dx) {
        if (needed && dx != null) {
            PaddingKernel.backward(dPadded, geometry.padBefore(), geometry.paddingMode(), dx);
        }
    }
}
