package org.lamina.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One convolution over all channels; weights between groups are zero. */
final class BlockDiagonalConv implements ConvMethod {

    private static final long serialVersionUID = 1L;

    private final ConvMethod op;
    private final int groups;

    /**
     * Creates the method.
     *
     * @param op the convolution over all channels
     */
    BlockDiagonalConv(ConvMethod op, int groups) {
        this.op = op;
        this.groups = groups;
    }

    @Override
    public void forward(INDArray x, INDArray w, INDArray y) {
        op.forward(x, expanded(w), y);
    }

    @Override
    public void backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw) {
        INDArray all = expanded(w);
        INDArray dAll = Ops.scratch(w.dataType(), all.shape());
        op.backward(x, all, dy, dx, dAll);
        INDArray blocks = diagonal(dAll, w);
        dw.reshape('c', blocks.shape()).assign(blocks);
    }

    private INDArray expanded(INDArray w) {
        long[] shape = w.shape().clone();
        shape[1] *= groups;
        INDArray all = Ops.scratch(w.dataType(), shape).assign(0);
        INDArray blocks = diagonal(all, w);
        blocks.assign(w.reshape('c', blocks.shape()));
        return all;
    }

    /** The blocks on the diagonal as a view [groups, O / groups, C / groups * kernel]. */
    private INDArray diagonal(INDArray all, INDArray w) {
        long out = w.size(0) / groups;
        long row = w.length() / w.size(0);
        return Nd4j.create(
                all.data(),
                new long[] {groups, out, row},
                new long[] {out * groups * row + row, groups * row, 1},
                all.offset(),
                'c');
    }
}
