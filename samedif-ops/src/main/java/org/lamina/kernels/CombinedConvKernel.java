package org.lamina.kernels;

import java.io.Serializable;
import org.lamina.spec.CombinedConvSpec;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Temporal convolution of {@code [N, 1, C, T]} and spatial convolution over all its filters, as one
 * convolution whose input channels are the rows:
 *
 * <pre>
 * w[o, c, k] = sum over f of sW[o, f, c] * tW[f, k]
 * b[o]       = sb[o] + sum over f, c of sW[o, f, c] * tb[f]
 *
 * dsW[o, f, c] = sum over k of dw[o, c, k] * tW[f, k] + db[o] * tb[f]
 * dtW[f, k]    = sum over o, c of sW[o, f, c] * dw[o, c, k]
 * dtb[f]       = sum over o, c of sW[o, f, c] * db[o]            dsb = db
 * </pre>
 *
 * <p>The contribution of the temporal bias is the same at all samples, with padding too, since it
 * is their input that is padded. With a mask, or where that takes fewer multiplications, the two
 * convolutions are computed in sequence.
 */
public final class CombinedConvKernel implements Serializable {

    private static final long serialVersionUID = 1L;

    private final CombinedConvSpec spec;

    /** Along the samples, of one channel or of all rows: the geometry is the same. */
    private final ConvKernel temporal;

    private final ConvKernel spatial;
    private final int filters;
    private final int outputs;
    private final int rows;

    /** A kernel for these two convolutions. */
    public CombinedConvKernel(CombinedConvSpec spec) {
        this.spec = spec;
        this.temporal = new ConvKernel(spec.temporal().geometry());
        this.spatial = new ConvKernel(spec.spatial().geometry());
        this.filters = (int) spec.temporal().outChannels();
        this.outputs = (int) spec.outChannels();
        this.rows = spec.rows();
    }

    /**
     * The parameters, or their gradients.
     *
     * @param temporal {@code [F, 1, 1, K]}
     * @param temporalBias {@code [F]} or null
     * @param spatial {@code [O, F, C, 1]}
     * @param spatialBias {@code [O]} or null
     */
    public record Weights(
            INDArray temporal, INDArray temporalBias, INDArray spatial, INDArray spatialBias) {}

    /** Shape of the output for this shape of the input. */
    public long[] outputShape(long[] x) {
        long[] size = spec.outputSize(x[2], x[3]);
        return new long[] {x[0], outputs, size[0], size[1]};
    }

    private boolean combines(INDArray y, INDArray mask) {
        return mask == null && spec.combines(y.size(0), y.size(3));
    }

    /**
     * Forward pass.
     *
     * @param x input {@code [N, 1, C, T]}
     * @param mask of the temporal convolution's output, {@code [N, 1, C, T']}, or null
     * @param y receives the output {@code [N, O, 1, T']}; contiguous in 'c' order
     */
    public void forward(INDArray x, Weights w, INDArray mask, INDArray y) {
        if (combines(y, mask)) {
            temporal.forward(rowsAsChannels(x), product(w), bias(w), y);
        } else {
            spatial.forward(filtered(x, w, mask), w.spatial(), w.spatialBias(), y);
        }
    }

    /**
     * Backward pass.
     *
     * @param x input of the forward pass
     * @param mask that of the forward pass
     * @param dy gradient of the output
     * @param dx receives the gradient of the input, contiguous in 'c' order; null if not needed
     * @param gradients receive the gradients of the parameters
     */
    public void backward(
            INDArray x, Weights w, INDArray mask, INDArray dy, INDArray dx, Weights gradients) {
        if (!combines(dy, mask)) {
            INDArray u = filtered(x, w, mask);
            INDArray du = Nd4jOps.scratch(x.dataType(), u.shape());
            spatial.backward(u, w.spatial(), dy, du, gradients.spatial(), gradients.spatialBias());
            masked(du, mask);
            temporal.backward(
                    x, w.temporal(), du, dx, gradients.temporal(), gradients.temporalBias());
            return;
        }
        INDArray weight = product(w);
        INDArray dWeight = Nd4jOps.scratch(x.dataType(), weight.shape());
        INDArray dBias = Nd4jOps.scratch(x.dataType(), outputs);
        temporal.backward(
                rowsAsChannels(x),
                weight,
                dy,
                dx == null ? null : rowsAsChannels(dx),
                dWeight,
                dBias);
        INDArray dw = dWeight.reshape('c', (long) outputs * rows, spec.taps());
        INDArray dt = Nd4jOps.scratch(x.dataType(), filters, spec.taps());
        Nd4jOps.multiply(spatialMatrix(w), true, dw, false, dt);
        gradients.temporal().assign(dt.reshape('c', gradients.temporal().shape()));
        INDArray ds = Nd4jOps.scratch(x.dataType(), (long) outputs * rows, filters);
        Nd4jOps.multiply(dw, false, temporalMatrix(w.temporal()), true, ds);
        assignRest(w, Nd4jOps.doubles(ds), Nd4jOps.doubles(dBias), gradients);
    }

    // ---- in sequence ----------------------------------------------------------------------------

    private INDArray filtered(INDArray x, Weights w, INDArray mask) {
        INDArray u = Nd4jOps.scratch(x.dataType(), temporal.outputShape(x.shape(), filters));
        temporal.forward(x, w.temporal(), w.temporalBias(), u);
        masked(u, mask);
        return u;
    }

    private static void masked(INDArray u, INDArray mask) {
        if (mask != null) {
            u.muli(mask);
        }
    }

    // ---- combined -------------------------------------------------------------------------------

    private static INDArray rowsAsChannels(INDArray x) {
        return Nd4jOps.contiguous(x).reshape('c', x.size(0), x.size(2), 1, x.size(3));
    }

    private INDArray temporalMatrix(INDArray weight) {
        return Nd4jOps.contiguous(weight).reshape('c', filters, spec.taps());
    }

    /** One row per output and input row, one column per temporal filter. */
    private INDArray spatialMatrix(Weights w) {
        INDArray byFilter = Nd4jOps.contiguous(w.spatial()).reshape('c', outputs, filters, rows);
        INDArray byRow = Nd4jOps.scratch(byFilter.dataType(), outputs, rows, filters);
        byRow.assign(byFilter.permute(0, 2, 1));
        return byRow.reshape('c', (long) outputs * rows, filters);
    }

    /** The weight of the one convolution, {@code [O, C, 1, K]}. */
    public INDArray product(Weights w) {
        INDArray product =
                Nd4jOps.scratch(w.spatial().dataType(), (long) outputs * rows, spec.taps());
        Nd4jOps.multiply(spatialMatrix(w), false, temporalMatrix(w.temporal()), false, product);
        return product.reshape('c', outputs, rows, 1, spec.taps());
    }

    /** The bias of each output of the one convolution; null if neither of the two has any. */
    public INDArray bias(Weights w) {
        if (w.temporalBias() == null) {
            return w.spatialBias();
        }
        double[] temporalBias = Nd4jOps.doubles(w.temporalBias());
        double[] bias =
                w.spatialBias() == null ? new double[outputs] : Nd4jOps.doubles(w.spatialBias());
        double[] spatial = Nd4jOps.doubles(w.spatial());
        for (int i = 0; i < spatial.length; i++) {
            bias[i / rows / filters] += spatial[i] * temporalBias[i / rows % filters];
        }
        return Nd4jOps.array(w.spatial().dataType(), bias, outputs);
    }

    /**
     * The gradients of biases and spatial filters.
     *
     * @param ds contribution from the product of the weights, by output, row and filter
     * @param db gradient of each output's bias
     */
    private void assignRest(Weights w, double[] ds, double[] db, Weights gradients) {
        double[] temporalBias =
                w.temporalBias() == null ? new double[filters] : Nd4jOps.doubles(w.temporalBias());
        double[] spatial = Nd4jOps.doubles(w.spatial());
        double[] dTemporalBias = new double[filters];
        double[] dSpatial = new double[spatial.length];
        for (int o = 0, i = 0; o < outputs; o++) {
            for (int f = 0; f < filters; f++) {
                for (int c = 0; c < rows; c++, i++) {
                    dSpatial[i] = ds[(o * rows + c) * filters + f] + db[o] * temporalBias[f];
                    dTemporalBias[f] += spatial[i] * db[o];
                }
            }
        }
        Nd4jOps.assign(dSpatial, gradients.spatial());
        Nd4jOps.assign(dTemporalBias, gradients.temporalBias());
        Nd4jOps.assign(db, gradients.spatialBias());
    }
}
