package org.lamina.kernels;

import org.lamina.onednn.OneDnn;
import org.lamina.onednn.RowOperations;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce3.Dot;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Operations on each feature map (each channel of each example) of {@code [N, C, spatial...]};
 * values per map are {@code [N, C]}.
 */
final class FeatureMaps {

    private FeatureMaps() {}

    private static RowOperations rows(INDArray x) {
        long maps = x.size(0) * x.size(1);
        return new RowOperations(maps, x.length() / maps);
    }

    /** Sum of each map, a new array {@code [N, C]}. */
    static INDArray sum(INDArray x) {
        if (isDirect(x)) {
            float[] sums = rows(x).sums(x);
            if (sums != null) {
                return values(sums, x);
            }
        }
        return Nd4jOps.byChannel(x).sum(2);
    }

    /** Scalar product of each map of x with that of y, a new array {@code [N, C]}. */
    static INDArray dot(INDArray x, INDArray y) {
        if (isDirect(x, y)) {
            float[] dots = rows(x).dots(x, y, Nd4jOps.scratch(x.dataType(), x.shape()));
            if (dots != null) {
                return values(dots, x);
            }
        }
        INDArray dot =
                Nd4j.getExecutioner().exec(new Dot(Nd4jOps.byChannel(x), Nd4jOps.byChannel(y), 2));
        return dot.reshape('c', x.size(0), x.size(1));
    }

    /**
     * {@code y = x * factor + summand}.
     *
     * @param factor {@code [N, C]}
     * @param summand {@code [N, C]}, or null for 0
     * @param y receives the result; contiguous in 'c' order
     */
    static void scale(INDArray x, INDArray factor, INDArray summand, INDArray y) {
        boolean direct = isDirect(x, factor) && (summand == null || Nd4jOps.isContiguous(summand));
        if (direct
                && rows(x).scaled(
                                x,
                                OneDnn.values(factor),
                                summand == null ? null : OneDnn.values(summand),
                                y)) {
            return;
        }
        INDArray y3 = Nd4jOps.byChannel(y);
        Nd4jOps.byChannel(x).mul(spread(factor), y3);
        if (summand != null) {
            y3.addi(spread(summand));
        }
    }

    /**
     * {@code y = y + b}, one value per channel.
     *
     * @param b {@code [C]}
     */
    static void addToChannels(INDArray y, INDArray b) {
        if (isDirect(y, b)) {
            float[] ofChannels = OneDnn.values(b);
            float[] ofMaps = new float[(int) rows(y).rows()];
            for (int map = 0; map < ofMaps.length; map++) {
                ofMaps[map] = ofChannels[map % ofChannels.length];
            }
            if (rows(y).shifted(y, ofMaps, y)) {
                return;
            }
        }
        Nd4jOps.byChannel(y).addi(Nd4jOps.channels(b));
    }

    /** Whether oneDNN can process the arrays as rows. */
    static boolean isDirect(INDArray x, INDArray... others) {
        boolean contiguous = Nd4jOps.isContiguous(x);
        for (INDArray other : others) {
            contiguous &= Nd4jOps.isContiguous(other);
        }
        return contiguous && OneDnn.serves(x);
    }

    private static INDArray values(float[] values, INDArray x) {
        INDArray result = Nd4jOps.scratch(x.dataType(), x.size(0), x.size(1));
        OneDnn.assign(result, values);
        return result;
    }

    /** {@code [N, C]} reshaped to broadcast against {@code [N, C, S]}. */
    private static INDArray spread(INDArray array) {
        return array.reshape('c', array.size(0), array.size(1), 1);
    }
}
