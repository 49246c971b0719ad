package org.lamina.kernels;

import java.util.Arrays;
import org.lamina.arrays.Views;
import org.lamina.onednn.MatrixProduct;
import org.lamina.onednn.OneDnn;
import org.lamina.spec.LinearInterpolation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The matrix {@code [in, out]} of a linear interpolation along rows, or of its gradient.
 *
 * <p>Its non-zero elements lie along the diagonal. It is stored and multiplied in blocks of
 * columns, each with its non-zero rows only: the cost of a product is proportional to its size
 * (256x1000 to 2000: 2 ms; 26 with the whole matrix).
 */
final class InterpolationMatrix {

    /** Measured: half as many is 5 times slower in float on oneDNN, twice as many in double. */
    private static final int COLUMNS = 128;

    private final long in;
    private final long out;
    private final int[] firstRow;
    private final INDArray[] blocks;

    /**
     * Creates the matrix.
     *
     * @param transposed whether this is the gradient's matrix: {@code in} is the interpolation's
     *     output
     */
    InterpolationMatrix(long in, long out, boolean transposed, DataType type) {
        this.in = in;
        this.out = out;
        int count = (int) ((out + COLUMNS - 1) / COLUMNS);
        this.firstRow = new int[count];
        this.blocks = new INDArray[count];
        int[] lastRow = new int[count];
        Arrays.fill(firstRow, Integer.MAX_VALUE);
        eachElement(
                transposed,
                (row, column, value) -> {
                    int b = column / COLUMNS;
                    firstRow[b] = Math.min(firstRow[b], row);
                    lastRow[b] = Math.max(lastRow[b], row);
                });
        double[][][] values = new double[count][][];
        for (int b = 0; b < count; b++) {
            firstRow[b] = Math.min(firstRow[b], lastRow[b]); // a block of zeros has one row
            int columns = (int) Math.min(COLUMNS, out - (long) b * COLUMNS);
            values[b] = new double[lastRow[b] - firstRow[b] + 1][columns];
        }
        eachElement(
                transposed,
                (row, column, value) -> {
                    int b = column / COLUMNS;
                    values[b][row - firstRow[b]][column % COLUMNS] += value;
                });
        try (MemoryWorkspace none = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            for (int b = 0; b < count; b++) {
                blocks[b] = Nd4j.createFromArray(values[b]).castTo(type);
            }
        }
    }

    private interface ElementConsumer {
        void accept(int row, int column, double value);
    }

    private void eachElement(boolean transposed, ElementConsumer consumer) {
        LinearInterpolation line =
                transposed ? new LinearInterpolation(out, in) : new LinearInterpolation(in, out);
        for (long i = 0; i < line.outputSize(); i++) {
            int lower = (int) line.lower(i);
            double fraction = line.fraction(i);
            accept(consumer, transposed, lower, (int) i, 1 - fraction);
            if (fraction > 0) {
                accept(consumer, transposed, lower + 1, (int) i, fraction);
            }
        }
    }

    private static void accept(
            ElementConsumer consumer, boolean transposed, int source, int target, double value) {
        consumer.accept(transposed ? target : source, transposed ? source : target, value);
    }

    boolean fits(long in, long out, DataType type) {
        return this.in == in && this.out == out && blocks[0].dataType() == type;
    }

    /**
     * {@code y = x * matrix}.
     *
     * @param x {@code [n, in]}
     * @param y receives {@code [n, out]}
     */
    void multiply(INDArray x, INDArray y) {
        for (int b = 0; b < blocks.length; b++) {
            long from = firstRow[b];
            long column = (long) b * COLUMNS;
            INDArray xPart = Views.slice(x, 1, from, from + blocks[b].size(0));
            INDArray yPart = Views.slice(y, 1, column, column + blocks[b].size(1));
            if (!OneDnn.serves(x)
                    || !MatrixProduct.multiply(xPart, false, blocks[b], false, null, yPart)) {
                Nd4jOps.matmul(xPart, blocks[b], yPart, false, false);
            }
        }
    }
}
