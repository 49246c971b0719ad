package org.lamina.kernels;

import java.io.Serializable;
import java.util.Arrays;
import org.lamina.arrays.Views;
import org.lamina.onednn.Convolution;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution by {@link Convolution oneDNN itself}. Where its fast code does not reach, the work
 * is put differently:
 *
 * <ul>
 *   <li>Padding other than zeros, and padding of 16 positions and more, happens before.
 *   <li>A depthwise convolution with several filters for each channel is one convolution for each
 *       of them: first filters of all channels, second filters, and so on, on every n-th channel of
 *       the output where it lies. On 16x32x28x28 a 3x3 kernel with two filters takes 0.4 / 0.9 ms
 *       so, at once 1.7 / 6.3 (forward / backward, one thread).
 *   <li>A kernel as high as the input and one wide, as in EEGNet's spatial filters, works on the
 *       arrays as they lie: (22, 1) on 64x8x22x256 takes 1.7 / 5.2 ms, reordered 8 / 19.
 * </ul>
 */
final class OneDnnConv implements Serializable {

    private static final long serialVersionUID = 1L;

    /**
     * From here on oneDNN leaves its fast code for padded input: (1, 64) on 64x1x22x256 to 8
     * channels takes 12 ms, on input padded before 5 (two threads).
     */
    private static final int WIDE_PADDING = 16;

    private final ConvGeometry geometry;
    private final boolean padsItself;

    OneDnnConv(ConvGeometry geometry) {
        this.geometry = geometry;
        this.padsItself =
                geometry.paddingMode() == PaddingMode.ZEROS
                        && Arrays.stream(geometry.padBefore()).allMatch(p -> p < WIDE_PADDING)
                        && Arrays.stream(geometry.padAfter()).allMatch(p -> p < WIDE_PADDING);
    }

    private Convolution convolution(INDArray x) {
        int[] none = new int[geometry.rank()];
        Convolution result =
                new Convolution(
                        geometry.groups(),
                        geometry.stride(),
                        geometry.dilation(),
                        padsItself ? geometry.padBefore() : none);
        return isColumn(x) ? result.inPlace() : result;
    }

    private boolean isColumn(INDArray x) {
        return geometry.groups() > 1 && ConvMethod.coversHeight(geometry, x);
    }

    private INDArray padded(INDArray x) {
        return padsItself
                ? x
                : PaddingKernel.forward(
                        x, geometry.padBefore(), geometry.padAfter(), geometry.paddingMode());
    }

    /** Filters of each channel that are to be done one after the other; 1 for all at once. */
    private int filters(INDArray x, INDArray w) {
        return geometry.groups() > 1 && geometry.groups() == x.size(1) && !isColumn(x)
                ? (int) (w.size(0) / x.size(1))
                : 1;
    }

    /** As {@link ConvKernel#forward}; false if oneDNN cannot do it. */
    boolean forward(INDArray x, INDArray w, INDArray b, INDArray y) {
        Convolution convolution = convolution(x);
        INDArray input = padded(x);
        int filters = filters(x, w);
        boolean done = true;
        for (int f = 0; f < filters && done; f++) {
            done =
                    convolution.forward(
                            input,
                            Views.every(filters, f, w, 0),
                            b == null ? null : Views.every(filters, f, b, 0),
                            Views.every(filters, f, y, 1));
        }
        return done;
    }

    /** As {@link ConvKernel#backward}; false if oneDNN cannot do it. */
    boolean backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw, INDArray db) {
        Convolution convolution = convolution(x);
        INDArray input = padded(x);
        int filters = filters(x, w);
        INDArray dInput = null;
        if (dx != null) {
            dInput = padsItself ? dx : Nd4jOps.scratch(input.dataType(), input.shape());
        }
        INDArray part =
                dx == null || filters == 1 ? null : Nd4jOps.scratch(x.dataType(), input.shape());
        boolean done = true;
        for (int f = 0; f < filters && done; f++) {
            INDArray gradient = Views.every(filters, f, dy, 1);
            done =
                    convolution.backwardWeight(
                            input,
                            gradient,
                            Views.every(filters, f, dw, 0),
                            db == null ? null : Views.every(filters, f, db, 0));
            if (done && dx != null) {
                INDArray target = f == 0 ? dInput : part;
                done = convolution.backwardInput(gradient, Views.every(filters, f, w, 0), target);
                if (f > 0) {
                    dInput.addi(part);
                }
            }
        }
        if (done && dx != null && !padsItself) {
            PaddingKernel.backward(dInput, geometry.padBefore(), geometry.paddingMode(), dx);
        }
        return done;
    }
}
