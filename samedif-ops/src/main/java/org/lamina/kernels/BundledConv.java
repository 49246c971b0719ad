package org.lamina.kernels;

import org.lamina.arrays.Views;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A grouped convolution as one op per {@link GroupBundles bundle}. */
final class BundledConv implements ConvMethod {

    private final ConvMethod op;

    /** Groups in a bundle. */
    private final int size;

    private final int bundles;

    /**
     * Creates the method.
     *
     * @param op the convolution, or transposed convolution, of one bundle
     * @param channels of all groups, as {@link GroupBundles#size} counts them
     */
    BundledConv(ConvMethod op, int groups, long channels) {
        this.op = op;
        this.size = GroupBundles.size(channels, groups);
        this.bundles = groups / size;
    }

    @Override
    public void forward(INDArray x, INDArray w, INDArray y) {
        // The op reads and writes the channels in place, without copies.
        for (int i = 0; i < bundles; i++) {
            op.forward(part(x, 1, i), expanded(part(w, 0, i)), part(y, 1, i));
        }
    }

    @Override
    public void backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw) {
        // Copies pay off here: the op is up to twice as slow on parts of larger arrays.
        for (int i = 0; i < bundles; i++) {
            INDArray weight = part(w, 0, i);
            INDArray dWeight = part(dw, 0, i);
            INDArray all = expanded(weight);
            INDArray dAll = size == 1 ? dWeight : Nd4jOps.scratch(dw.dataType(), all.shape());
            INDArray input = Nd4jOps.contiguous(part(x, 1, i));
            INDArray dInput = dx == null ? null : Nd4jOps.scratch(dx.dataType(), input.shape());
            op.backward(input, all, Nd4jOps.contiguous(part(dy, 1, i)), dInput, dAll);
            if (size > 1) {
                INDArray blocks = diagonal(dAll, weight);
                dWeight.reshape('c', blocks.shape()).assign(blocks);
            }
            if (dx != null) {
                part(dx, 1, i).assign(dInput);
            }
        }
    }

    /** A bundle's range of a dimension that all bundles share. */
    private INDArray part(INDArray array, int dimension, int bundle) {
        long each = array.size(dimension) / bundles;
        return Views.slice(array, dimension, bundle * each, (bundle + 1) * each);
    }

    /** A bundle's weight as that of a single group: zero between its groups. */
    private INDArray expanded(INDArray weight) {
        if (size == 1) {
            return weight;
        }
        long[] shape = weight.shape().clone();
        shape[1] *= size;
        INDArray all = Nd4jOps.scratch(weight.dataType(), shape).assign(0);
        INDArray blocks = diagonal(all, weight);
        blocks.assign(weight.reshape('c', blocks.shape()));
        return all;
    }

    /** The blocks on the diagonal as a view [groups, rows of a group, elements of a row]. */
    private INDArray diagonal(INDArray all, INDArray weight) {
        long out = weight.size(0) / size;
        long row = weight.length() / weight.size(0);
        return Nd4j.create(
                all.data(),
                new long[] {size, out, row},
                new long[] {out * size * row + row, size * row, 1},
                all.offset(),
                'c');
    }
}
