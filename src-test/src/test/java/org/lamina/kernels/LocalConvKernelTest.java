package org.lamina.kernels;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamina.harness.Close;
import org.lamina.harness.LocalConvLoops;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The kernel against plain loops, over random geometries, in one step and in many. */
class LocalConvKernelTest {

    private static final int CASES = 60;

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 1000000", "2, 1", "2, 200", "2, 1000000"})
    void equalsLoops(int rank, long stepElements) {
        for (int seed = 0; seed < CASES; seed++) {
            LocalConvLoops c = new LocalConvLoops(rank, seed);
            for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
                check(c, type, new LocalConvKernel(c.spec.geometry(), stepElements));
            }
        }
    }

    private static void check(LocalConvLoops c, DataType type, LocalConvKernel kernel) {
        INDArray x = c.x.castTo(type);
        INDArray w = c.w.castTo(type);
        INDArray b = c.b == null ? null : c.b.castTo(type);
        INDArray y = like(c.y, type);
        kernel.forward(x, w, b, y);
        INDArray dx = like(c.dx, type);
        INDArray dw = like(c.dw, type);
        INDArray db = c.b == null ? null : like(c.db, type);
        INDArray dy = c.dy.castTo(type);
        kernel.backward(x, w, dy, dx, dw, db);
        String what = ", " + type + ", " + c;
        Close close = Close.of(type);
        close.check("output" + what, y.castTo(DataType.DOUBLE), c.y);
        close.check("input gradient" + what, dx.castTo(DataType.DOUBLE), c.dx);
        close.check("filter gradient" + what, dw.castTo(DataType.DOUBLE), c.dw);
        if (db != null) {
            close.check("bias gradient" + what, db.castTo(DataType.DOUBLE), c.db);
        }
        INDArray again = like(c.dw, type);
        kernel.backward(x, w, dy, null, again, db);
        close.check("filter gradient alone" + what, again.castTo(DataType.DOUBLE), c.dw);
    }

    /** Not zeros: the kernel must write every element. */
    private static INDArray like(INDArray array, DataType type) {
        return Nd4j.valueArrayOf(array.shape(), Double.NaN, type);
    }
}
