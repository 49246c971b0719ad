package org.lamina.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;

/** One convolution for each group. */
final class GroupwiseConv implements ConvMethod {

    private static final long serialVersionUID = 1L;

    private final ConvMethod op;
    private final int groups;

    /**
     * Creates the method.
     *
     * @param op the convolution of one group
     */
    GroupwiseConv(ConvMethod op, int groups) {
        this.op = op;
        this.groups = groups;
    }

    @Override
    public void forward(INDArray x, INDArray w, INDArray y) {
        for (int g = 0; g < groups; g++) {
            INDArray part = group(y, 1, g);
            INDArray result = Ops.scratch(y.dataType(), part.shape());
            op.forward(group(x, 1, g).dup('c'), group(w, 0, g), result);
            part.assign(result);
        }
    }

    @Override
    public void backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw) {
        for (int g = 0; g < groups; g++) {
            INDArray part = group(x, 1, g).dup('c');
            INDArray dPart = Ops.scratch(part.dataType(), part.shape());
            op.backward(part, group(w, 0, g), group(dy, 1, g).dup('c'), dPart, group(dw, 0, g));
            if (dx != null) {
                group(dx, 1, g).assign(dPart);
            }
        }
    }

    private INDArray group(INDArray array, int dimension, int g) {
        long size = array.size(dimension) / groups;
        return Ops.slice(array, dimension, g * size, (g + 1) * size);
    }
}
