package org.lamina.kernels;

import org.lamina.onednn.OneDnn;
import org.lamina.onednn.Rows;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A number for each channel, added to {@code [N, C, spatial...]}. */
final class BiasKernel {

    private BiasKernel() {}

    /**
     * Adds it in place.
     *
     * @param b {@code [C]}
     */
    static void add(INDArray y, INDArray b) {
        if (!isDirect(y, b) || !rows(y).shifted(y, ofRows(OneDnn.values(b), y), y)) {
            Ops.byChannel(y).addi(Ops.channels(b));
        }
    }

    private static float[] ofRows(float[] channels, INDArray y) {
        float[] rows = new float[(int) y.size(0) * channels.length];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = channels[row % channels.length];
        }
        return rows;
    }

    /**
     * Gradient: the sum of dy over all but the channels.
     *
     * @param db receives it, {@code [C]}
     */
    static void gradient(INDArray dy, INDArray db) {
        float[] sums = isDirect(dy, db) ? rows(dy).sums(dy) : null;
        if (sums == null) {
            dy.sum(db, Ops.allButChannels(dy.rank()));
            return;
        }
        double[] ofChannels = new double[(int) dy.size(1)];
        for (int row = 0; row < sums.length; row++) {
            ofChannels[row % ofChannels.length] += sums[row];
        }
        float[] rounded = new float[ofChannels.length];
        for (int c = 0; c < rounded.length; c++) {
            rounded[c] = (float) ofChannels[c];
        }
        OneDnn.assign(db, rounded);
    }

    /** A row for each channel of each example. */
    private static Rows rows(INDArray x) {
        long rows = x.size(0) * x.size(1);
        return new Rows(rows, x.length() / rows);
    }

    private static boolean isDirect(INDArray x, INDArray vector) {
        return OneDnn.serves(x) && Ops.isContiguous(x) && Ops.isContiguous(vector);
    }
}
