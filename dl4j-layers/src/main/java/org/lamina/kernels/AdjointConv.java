package org.lamina.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;

/** A transposed convolution as the input gradient of a convolution. */
final class AdjointConv implements ConvMethod {

    private static final long serialVersionUID = 1L;

    private final ConvMethod convolution;

    AdjointConv(ConvMethod convolution) {
        this.convolution = convolution;
    }

    @Override
    public void forward(INDArray x, INDArray w, INDArray y) {
        INDArray image = Ops.scratch(y.dataType(), y.shape());
        INDArray unused = Ops.scratch(w.dataType(), w.shape());
        convolution.backward(image, w, x, y, unused);
    }

    @Override
    public void backward(INDArray x, INDArray w, INDArray dy, INDArray dx, INDArray dw) {
        if (dx != null) {
            convolution.forward(dy, w, dx);
        }
        convolution.backward(dy, w, x, null, dw);
    }
}
