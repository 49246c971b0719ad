package org.lamina.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.dnnl_reduction_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_reduction_sum;

import java.util.Optional;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_reduction_desc_t;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Row-wise operations on a matrix, such as the channels of all examples: sums, scalar products,
 * scales and shifts. Arrays are contiguous in 'c' order, of any shape. libnd4j's sum along the last
 * dimension takes 17 times as long, its product with a column 1.2 times (2048 rows of 1024 values,
 * one thread).
 *
 * @param rows number of rows
 * @param length length of a row
 */
public record RowOperations(long rows, long length) {

    /**
     * Sum of each row.
     *
     * @return null if oneDNN does not support it
     */
    public float[] sums(INDArray x) {
        return sums(Operand.of(x));
    }

    float[] sums(Operand x) {
        if (length == 1) { // oneDNN refuses to reduce it
            return OneDnn.values(x, (int) rows);
        }
        Optional<Primitive> primitive =
                PrimitiveCache.get(
                        new PrimitiveCache.Key(
                                        "sums of rows", ThreadCount.forElements(rows * length))
                                .with(rows)
                                .with(length),
                        this::sumsPrimitive);
        if (primitive.isEmpty()) {
            return null;
        }
        Vectors vectors = Vectors.current(rows);
        primitive.get().execute(x, vectors.operand(0));
        return vectors.get(0, (int) rows);
    }

    /**
     * Scalar product of each row of x with that row of y.
     *
     * @param work of x's length; overwritten
     * @return null if oneDNN does not support it
     */
    public float[] dots(INDArray x, INDArray y, INDArray work) {
        Optional<Primitive> product = elementwise(Elementwise.Step.MULTIPLY_ARRAY);
        if (product.isEmpty()) {
            return null;
        }
        product.get().execute(Operand.of(x), Operand.of(work), Operand.of(y));
        return sums(work);
    }

    /**
     * {@code y = x * factor + summand} for each row.
     *
     * @param summand null for 0
     * @param y receives the result; may be x
     * @return false if oneDNN does not support it; y is then unchanged
     */
    public boolean scaled(INDArray x, float[] factor, float[] summand, INDArray y) {
        Optional<Primitive> primitive =
                summand == null
                        ? elementwise(Elementwise.Step.MULTIPLY_CHANNEL)
                        : elementwise(
                                Elementwise.Step.MULTIPLY_CHANNEL, Elementwise.Step.ADD_CHANNEL);
        if (primitive.isEmpty()) {
            return false;
        }
        Vectors vectors = Vectors.current(2 * rows);
        vectors.put(0, factor);
        if (summand == null) {
            primitive.get().execute(Operand.of(x), Operand.of(y), vectors.operand(0));
        } else {
            vectors.put(rows, summand);
            primitive
                    .get()
                    .execute(
                            Operand.of(x),
                            Operand.of(y),
                            vectors.operand(0),
                            vectors.operand(rows));
        }
        return true;
    }

    /**
     * {@code y = x + summand} for each row.
     *
     * @param y receives the result; may be x
     * @return false if oneDNN does not support it; y is then unchanged
     */
    public boolean shifted(INDArray x, float[] summand, INDArray y) {
        Optional<Primitive> primitive = elementwise(Elementwise.Step.ADD_CHANNEL);
        if (primitive.isEmpty()) {
            return false;
        }
        Vectors vectors = Vectors.current(rows);
        vectors.put(0, summand);
        primitive.get().execute(Operand.of(x), Operand.of(y), vectors.operand(0));
        return true;
    }

    private Optional<Primitive> elementwise(Elementwise.Step... steps) {
        return new Elementwise(1, rows, length, steps).primitive();
    }

    private Primitive sumsPrimitive() {
        dnnl_memory_desc_t matrix = OneDnn.dense(rows, length);
        dnnl_memory_desc_t sums = OneDnn.dense(rows, 1);
        dnnl_reduction_desc_t operation = new dnnl_reduction_desc_t();
        OneDnn.check(
                dnnl_reduction_desc_init(operation, dnnl_reduction_sum, matrix, sums, 0, 0),
                "reduction");
        return new Primitive.Builder(operation, null, "reduction")
                .plain(DNNL_ARG_SRC, matrix)
                .plain(DNNL_ARG_DST, sums)
                .build();
    }
}
