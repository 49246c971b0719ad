package org.lamina.kernels;

import org.lamina.support.LayerArrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Short forms for calling libnd4j ops on arrays that exist. */
final class Ops {

    private Ops() {}

    /** Runs an op on given inputs into given outputs. */
    static void exec(String name, INDArray[] inputs, INDArray[] outputs, int... arguments) {
        DynamicCustomOp op = new DynamicCustomOp(name, inputs, outputs);
        op.addIArgument(arguments);
        Nd4j.exec(op);
    }

    /** A new array in the current workspace; its content is undefined. */
    static INDArray scratch(DataType type, long... shape) {
        return Nd4j.createUninitialized(type, shape, 'c');
    }

    /** The array itself if its elements lie in 'c' order without gaps, else a copy that does. */
    static INDArray contiguous(INDArray array) {
        return LayerArrays.contiguous(array);
    }

    /** Whether the elements lie in 'c' order without gaps. */
    static boolean isContiguous(INDArray array) {
        return LayerArrays.isContiguous(array);
    }

    /** With a height of 1 if there is one spatial dimension, in 'c' order. */
    static INDArray lifted(INDArray array) {
        INDArray c = contiguous(array);
        return c.rank() == 3 ? c.reshape('c', c.size(0), c.size(1), 1, c.size(2)) : c;
    }

    /**
     * {@code [N, C, spatial...]} as {@code [N, C, S]}, 'c' order; a view where the elements lie so.
     */
    static INDArray byChannel(INDArray array) {
        INDArray c = contiguous(array);
        return c.reshape('c', c.size(0), c.size(1), c.length() / (c.size(0) * c.size(1)));
    }

    /** {@code [C]} as {@code [1, C, 1]}, which broadcasts along {@link #byChannel}. */
    static INDArray channels(INDArray vector) {
        return vector.reshape(1, vector.length(), 1);
    }
}
