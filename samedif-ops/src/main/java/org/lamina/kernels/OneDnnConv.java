package org.lamina.kernels;

import java.io.Serializable;
import java.util.Arrays;
import org.lamina.arrays.Views;
import org.lamina.onednn.Convolution;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution by {@link Convolution oneDNN itself}. Cases that its fast code does not cover are
 * transformed:
 *
 * <ul>
 *   <li>Padding other than zeros, and padding of 16 or more positions, is applied beforehand.
 *   <li>A depthwise convolution with several filters per channel is one convolution for each of
 *       them (the first filters of all channels, then the second, and so on), writing every n-th
 *       output channel in place. On 16x32x28x28 a 3x3 kernel with two filters takes 0.4 / 0.9 ms
 *       this way, 1.7 / 6.3 as one (forward / backward, one thread).
 *   <li>A kernel of the input's height and width 1, as in EEGNet's spatial filters, is a pointwise
 *       convolution of the rows: (22, 1) with two filters for each channel of 64x8x22x256 takes 0.8
 *       / 3.2 ms this way, 2 / 10 otherwise; from 40 to 40 channels, 18 / 38 instead of 23 / 72 on
 *       16x40x22x976.
 * </ul>
 */
final class OneDnnConv implements Serializable {

    private static final long serialVersionUID = 1L;

    /**
     * From this padding on oneDNN falls back to slow code, called by libnd4j as well: (1, 64) on
     * 64x1x22x256 to 8 channels takes 12 ms, 5 on input padded beforehand (two threads).
     */
    static final int WIDE_PADDING = 16;

    private final ConvGeometry geometry;
    private final boolean padsItself;

    OneDnnConv(ConvGeometry geometry) {
        this.geometry = geometry;
        this.padsItself = padsItself(geometry);
    }

    /** Whether oneDNN's fast code pads so. */
    static boolean padsItself(ConvGeometry geometry) {
        return geometry.paddingMode() == PaddingMode.ZEROS
                && Arrays.stream(geometry.padBefore()).allMatch(p -> p < WIDE_PADDING)
                && Arrays.stream(geometry.padAfter()).allMatch(p -> p < WIDE_PADDING);
    }

    /** The convolution in the layouts that oneDNN prefers, padding included. */
    static Convolution reordered(ConvGeometry geometry) {
        return new Convolution(
                geometry.groups(), geometry.stride(), geometry.dilation(), geometry.padBefore());
    }

    private Convolution convolution(boolean columns) {
        int[] none = new int[geometry.rank()];
        Convolution result =
                new Convolution(
                        geometry.groups(),
                        geometry.stride(),
                        geometry.dilation(),
                        padsItself ? geometry.padBefore() : none);
        return columns ? result.ofColumns() : result;
    }

    private boolean isOfColumns(INDArray x, INDArray w) {
        return ConvMethod.coversHeight(geometry, x) && Convolution.hasColumns(w);
    }

    private INDArray padded(INDArray x) {
        return padsItself
                ? x
                : PaddingKernel.forward(
                        x, geometry.padBefore(), geometry.padAfter(), geometry.paddingMode());
    }

    /** Filters per channel to compute in sequence; 1 for all at once. */
    private int filters(INDArray x, INDArray w, boolean columns) {
        return geometry.groups() > 1 && geometry.groups() == x.size(1) && !columns
                ? (int) (w.size(0) / x.size(1))
                : 1;
    }

    /** As {@link ConvKernel#forward}; returns false if oneDNN does not support it. */
    boolean forward(INDArray x, INDArray w, INDArray b, INDArray y) {
        boolean columns = isOfColumns(x, w);
        Convolution convolution = convolution(columns);
        INDArray input = columns ? Nd4jOps.contiguous(x) : padded(x);
        int filters = filters(x, w, columns);
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

    /** As {@link ConvKernel#backward}; returns false if oneDNN does not support it. */
    boolean backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw, INDArray db) {
        boolean columns = isOfColumns(x, w) && Convolution.hasColumns(dw);
        Convolution convolution = convolution(columns);
        INDArray input = columns ? Nd4jOps.contiguous(x) : padded(x);
        int filters = filters(x, w, columns);
        INDArray dInput = null;
        if (dx != null) {
            dInput = padsItself ? dx : Nd4jOps.scratch(input.dataType(), input.shape());
        }
        INDArray part =
                dx == null || filters == 1 ? null : Nd4jOps.scratch(x.dataType(), input.shape());
        boolean done = true;
        for (int f = 0; f < filters && done; f++) {
            INDArray gradient = Views.every(filters, f, dy, 1);
            INDArray target = f == 0 ? dInput : part;
            done =
                    convolution.backward(
                            input,
                            Views.every(filters, f, w, 0),
                            gradient,
                            target,
                            Views.every(filters, f, dw, 0),
                            db == null ? null : Views.every(filters, f, db, 0));
            if (done && dx != null) {
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
