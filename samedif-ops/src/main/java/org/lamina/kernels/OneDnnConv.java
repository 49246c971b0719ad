package org.lamina.kernels;

import java.io.Serializable;
import org.lamina.arrays.Views;
import org.lamina.onednn.Convolution;
import org.lamina.spec.ConvGeometry;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution by {@link Convolution oneDNN itself}. Cases that its fast code does not cover are
 * transformed:
 *
 * <ul>
 *   <li>Wide padding, and padding other than zeros, is applied beforehand: {@link ExplicitPadding}.
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

    private final ConvGeometry geometry;
    private final ExplicitPadding padding;
    private final ExplicitPadding depthwisePadding;

    OneDnnConv(ConvGeometry geometry) {
        this.geometry = geometry;
        this.padding = new ExplicitPadding(geometry, false);
        this.depthwisePadding = new ExplicitPadding(geometry, true);
    }

    private boolean isDepthwise(INDArray x) {
        return geometry.groups() > 1 && geometry.groups() == x.size(1);
    }

    private ExplicitPadding padding(INDArray x, boolean columns) {
        return isDepthwise(x) && !columns ? depthwisePadding : padding;
    }

    private static Convolution convolution(ExplicitPadding padding, boolean columns) {
        return columns ? padding.convolution().ofColumns() : padding.convolution();
    }

    private boolean isOfColumns(INDArray x, INDArray w) {
        return ConvMethod.coversHeight(geometry, x) && Convolution.hasColumns(w);
    }

    /** Filters per channel to compute in sequence; 1 for all at once. */
    private int filters(INDArray x, INDArray w, boolean columns) {
        return isDepthwise(x) && !columns ? (int) (w.size(0) / x.size(1)) : 1;
    }

    /** As {@link ConvKernel#forward}; returns false if oneDNN does not support it. */
    boolean forward(INDArray x, INDArray w, INDArray b, INDArray y) {
        boolean columns = isOfColumns(x, w);
        ExplicitPadding padding = padding(x, columns);
        Convolution convolution = convolution(padding, columns);
        INDArray input = columns ? Nd4jOps.contiguous(x) : padding.padded(x);
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
        ExplicitPadding padding = padding(x, columns);
        Convolution convolution = convolution(padding, columns);
        INDArray input = columns ? Nd4jOps.contiguous(x) : padding.padded(x);
        int filters = filters(x, w, columns);
        INDArray dInput = padding.gradient(input, dx);
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
            if (done && dx != null && f > 0) {
                dInput.addi(part);
            }
        }
        if (done) {
            padding.backward(dInput, dx);
        }
        return done;
    }
}
