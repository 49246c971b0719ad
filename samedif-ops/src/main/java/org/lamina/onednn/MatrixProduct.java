package org.lamina.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_matmul_desc_init;

import java.util.Optional;
import org.bytedeco.dnnl.dnnl_matmul_desc_t;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Product of matrices in any layout: {@code c = a b}, {@code c = aT b} or {@code c = a bT}, and
 * {@code c = a b + v}; or of several pairs of matrices, in arrays with an additional leading
 * dimension. For small matrices ND4J's takes ten times as long.
 */
public final class MatrixProduct {

    private MatrixProduct() {}

    /**
     * Multiplies.
     *
     * @param a matrix {@code [m, k]}, or {@code [k, m]} if it is to be transposed
     * @param transposeA whether it is
     * @param b matrix {@code [k, n]}, or {@code [n, k]} if it is to be transposed
     * @param transposeB whether it is
     * @param v contiguous vector {@code [n]}, added to each row, or null
     * @param c receives the product, {@code [m, n]}
     * @return false if oneDNN does not support it; c is then unchanged
     */
    public static boolean multiply(
            INDArray a,
            boolean transposeA,
            INDArray b,
            boolean transposeB,
            INDArray v,
            INDArray c) {
        if (v == null && c.rank() == 2 && c.stride(0) == 1 && c.stride(1) != 1) {
            // For contiguous columns oneDNN has only slow code.
            return multiply(b, !transposeB, a, !transposeA, null, c.transpose());
        }
        PrimitiveCache.Key key =
                new PrimitiveCache.Key(
                        "matrix product", ThreadCount.forMultiplications(a.length() * c.size(-1)));
        for (INDArray matrix : new INDArray[] {a, b, c}) {
            key.with(matrix.shape()).with(matrix.stride());
        }
        key.with(transposeA ? 1 : 0).with(transposeB ? 1 : 0).with(v == null ? 0 : 1);
        Optional<Primitive> primitive =
                PrimitiveCache.get(
                        key,
                        () ->
                                primitive(
                                        layout(a, transposeA),
                                        layout(b, transposeB),
                                        v == null ? null : OneDnn.dense(1, c.size(-1)),
                                        layout(c, false)));
        primitive.ifPresent(p -> p.execute(a, b, c, v));
        return primitive.isPresent();
    }

    private static dnnl_memory_desc_t layout(INDArray matrix, boolean transposed) {
        long[] dims = matrix.shape().clone();
        long[] strides = matrix.stride().clone();
        if (transposed) {
            swapLast(dims);
            swapLast(strides);
        }
        return OneDnn.plain(dims, strides);
    }

    private static void swapLast(long[] values) {
        int last = values.length - 1;
        long value = values[last];
        values[last] = values[last - 1];
        values[last - 1] = value;
    }

    private static Primitive primitive(
            dnnl_memory_desc_t a,
            dnnl_memory_desc_t b,
            dnnl_memory_desc_t v,
            dnnl_memory_desc_t c) {
        dnnl_matmul_desc_t operation = new dnnl_matmul_desc_t();
        OneDnn.check(dnnl_matmul_desc_init(operation, a, b, v, c), "matrix product");
        Primitive.Builder builder =
                new Primitive.Builder(operation, null, "matrix product")
                        .plain(DNNL_ARG_SRC, a)
                        .plain(DNNL_ARG_WEIGHTS, b)
                        .plain(DNNL_ARG_DST, c);
        if (v != null) {
            builder.plain(DNNL_ARG_BIAS, v);
        }
        return builder.build();
    }
}
