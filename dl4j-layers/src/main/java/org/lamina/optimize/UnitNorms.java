package org.lamina.optimize;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.lamina.arrays.LayerArrays;
import org.lamina.onednn.OneDnn;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The units of an array: elements along some axes that share a norm.
 *
 * <p>A network has a hundred parameters of a few hundred elements, for which an ND4J op takes 20 to
 * 50 microseconds, mostly overhead; a loop over a copy takes one.
 */
final class UnitNorms {

    /** Number of elements copied at a time. */
    private static final int CHUNK = 1 << 14;

    private static final double SAFE_FLOAT = 1e18;

    private final INDArray array;
    private final int[] normAxes;

    /** The array if a unit's elements are contiguous in the CPU's memory; else null. */
    private final INDArray rows;

    /** Number of elements of a unit. */
    private final int length;

    private UnitNorms(INDArray array, int[] normAxes, INDArray rows, int length) {
        this.array = array;
        this.normAxes = normAxes;
        this.rows = rows;
        this.length = length;
    }

    /**
     * The units of an array.
     *
     * @param normAxes axes that a unit extends along; none: each element is a unit
     */
    static UnitNorms of(INDArray array, int... normAxes) {
        IntPredicate isNormAxis = axis -> IntStream.of(normAxes).anyMatch(n -> n == axis);
        IntStream others = IntStream.range(0, array.rank()).filter(isNormAxis.negate());
        INDArray rows = array.permute(IntStream.concat(others, IntStream.of(normAxes)).toArray());
        long length = IntStream.of(normAxes).mapToLong(array::size).reduce(1, (a, b) -> a * b);
        return new UnitNorms(
                array, normAxes, isDirect(rows) ? rows : null, Math.toIntExact(length));
    }

    /** Units of this length, one after the other in a vector. */
    static UnitNorms ofVector(INDArray vector, int length) {
        return isDirect(vector)
                ? new UnitNorms(vector, null, vector, length)
                : of(vector.reshape('c', vector.length() / length, length), 1);
    }

    private static boolean isDirect(INDArray rows) {
        return OneDnn.serves(rows) && LayerArrays.isContiguous(rows);
    }

    /** Euclidean norm of each unit, in the order of {@link #scale}'s factors. */
    double[] norms() {
        if (rows == null) {
            return normsByOps();
        }
        double[] norms = new double[Math.toIntExact(array.length() / length)];
        for (long from = 0; from < array.length(); from += CHUNK) {
            float[] values = chunk(from);
            forEachPart(
                    from, values, (unit, start, end) -> norms[unit] += squares(values, start, end));
        }
        for (int unit = 0; unit < norms.length; unit++) {
            norms[unit] = Math.sqrt(norms[unit]);
        }
        return norms;
    }

    private float[] chunk(long from) {
        return OneDnn.values(rows, from, (int) Math.min(CHUNK, array.length() - from));
    }

    /** Receives the part of a unit in a chunk: its values from start to end. */
    private interface Part {
        void of(int unit, int start, int end);
    }

    private void forEachPart(long from, float[] chunk, Part part) {
        for (int start = 0; start < chunk.length; ) {
            int unit = (int) ((from + start) / length);
            int end = (int) Math.min(chunk.length, (unit + 1L) * length - from);
            part.of(unit, start, end);
            start = end;
        }
    }

    /** Four independent sums, so that additions need not wait for each other. */
    private static double squares(float[] values, int from, int to) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = from;
        for (; i < to - 3; i += 4) {
            a += (double) values[i] * values[i];
            b += (double) values[i + 1] * values[i + 1];
            c += (double) values[i + 2] * values[i + 2];
            d += (double) values[i + 3] * values[i + 3];
        }
        for (; i < to; i++) {
            a += (double) values[i] * values[i];
        }
        return a + b + (c + d);
    }

    /** Multiplies each unit by its factor, in place. */
    void scale(double[] factors) {
        if (rows == null) {
            scaleByOps(factors);
            return;
        }
        for (long from = 0; from < array.length(); from += CHUNK) {
            float[] values = chunk(from);
            forEachPart(
                    from,
                    values,
                    (unit, start, end) -> {
                        float factor = (float) factors[unit];
                        for (int i = start; i < end; i++) {
                            values[i] *= factor;
                        }
                    });
            OneDnn.assign(rows, from, values);
        }
    }

    // ---- by ND4J's ops --------------------------------------------------------------------------

    /** In double if a sum of squares exceeds, or comes near, the range of float. */
    private double[] normsByOps() {
        if (array.dataType() == DataType.FLOAT) {
            INDArray norms = normsOf(array);
            if (norms.maxNumber().doubleValue() < SAFE_FLOAT) {
                return norms.data().asDouble();
            }
        }
        return normsOf(array.castTo(DataType.DOUBLE)).data().asDouble();
    }

    private INDArray normsOf(INDArray values) {
        return normAxes.length == 0
                ? Transforms.abs(values.dup('c'), false)
                : values.norm2(true, normAxes);
    }

    private void scaleByOps(double[] factors) {
        long[] shape = array.shape().clone();
        for (int axis : normAxes) {
            shape[axis] = 1;
        }
        array.muli(Nd4j.create(factors, shape, array.dataType()));
    }
}
