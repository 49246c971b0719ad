package org.lamina.kernels;

import org.lamina.arrays.LayerArrays;
import org.lamina.onednn.MatrixProduct;
import org.lamina.onednn.OneDnn;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Shorthand for calling libnd4j ops on existing arrays. */
final class Nd4jOps {

    private Nd4jOps() {}

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

    /** The array itself if it is contiguous in 'c' order, otherwise a copy that is. */
    static INDArray contiguous(INDArray array) {
        return LayerArrays.contiguous(array);
    }

    /** Whether the array is contiguous in 'c' order. */
    static boolean isContiguous(INDArray array) {
        return LayerArrays.isContiguous(array);
    }

    /** The array in 'c' order, with a height of 1 if it has one spatial dimension. */
    static INDArray lifted(INDArray array) {
        INDArray c = contiguous(array);
        return c.rank() == 3 ? c.reshape('c', c.size(0), c.size(1), 1, c.size(2)) : c;
    }

    /** {@code [N, C, spatial...]} as {@code [N, C, S]}, 'c' order; a view where possible. */
    static INDArray byChannel(INDArray array) {
        INDArray c = contiguous(array);
        return c.reshape('c', c.size(0), c.size(1), c.length() / (c.size(0) * c.size(1)));
    }

    /** {@code [C]} as {@code [1, C, 1]}, which broadcasts against {@link #byChannel}. */
    static INDArray channels(INDArray vector) {
        return vector.reshape(1, vector.length(), 1);
    }

    /**
     * {@code c = a b}, with a and b optionally transposed.
     *
     * @param c receives the product; the rows may have gaps between them
     */
    static void multiply(
            INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray c) {
        if (OneDnn.serves(c) && MatrixProduct.multiply(a, transposeA, b, transposeB, null, c)) {
            return;
        }
        INDArray product = isContiguous(c) ? c : scratch(c.dataType(), c.shape());
        matmul(contiguous(a), contiguous(b), product, transposeA, transposeB);
        if (product != c) {
            c.assign(product);
        }
    }

    /** libnd4j's product of matrices, or of batches of matrices, with optional transposes. */
    static void matmul(INDArray a, INDArray b, INDArray c, boolean transposeA, boolean transposeB) {
        exec(
                "matmul",
                new INDArray[] {a, b},
                new INDArray[] {c},
                transposeA ? 1 : 0,
                transposeB ? 1 : 0,
                0);
    }

    /** The values of an array, in 'c' order; null for null. */
    static double[] doubles(INDArray array) {
        if (array == null) {
            return null;
        }
        INDArray c = contiguous(array);
        if (!OneDnn.serves(c)) {
            return c.castTo(DataType.DOUBLE).dup('c').data().asDouble();
        }
        float[] floats = OneDnn.values(c);
        double[] values = new double[floats.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = floats[i];
        }
        return values;
    }

    /** A new array of these values in the current workspace. */
    static INDArray array(DataType type, double[] values, long... shape) {
        INDArray result = scratch(type, shape);
        assign(values, result);
        return result;
    }

    /** Writes values in 'c' order to an array; does nothing for null. */
    static void assign(double[] values, INDArray target) {
        if (target == null) {
            return;
        }
        if (OneDnn.serves(target) && isContiguous(target)) {
            float[] floats = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                floats[i] = (float) values[i];
            }
            OneDnn.assign(target, floats);
        } else {
            target.assign(Nd4j.createFromArray(values).reshape('c', target.shape()));
        }
    }
}
