package org.lamina.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.harness.Close;
import org.lamina.spec.UpsampleGeometry;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/** Upsampling against plain loops over the definition. */
class UpsampleKernelTest {

    private static final int CASES = 20;

    private final UpsampleKernel kernel = new UpsampleKernel();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void equalsLoops(int rank) {
        Random random = new Random(rank);
        for (int i = 0; i < CASES; i++) {
            long[] in = size(random, rank);
            long[] out = size(random, rank);
            check(in, out);
        }
    }

    /** Matrices of several blocks, which meet inside the output. */
    @ParameterizedTest
    @CsvSource({"1000, 2000", "127, 255", "128, 256", "129, 257", "300, 130", "700, 5", "1, 200"})
    void equalsLoopsOnLongSeries(long in, long out) {
        check(new long[] {in}, new long[] {out});
    }

    private static long[] size(Random random, int rank) {
        return random.longs(rank, 1, 8).toArray();
    }

    private void check(long[] in, long[] out) {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            Close close = Close.of(type);
            String what = Arrays.toString(in) + " to " + Arrays.toString(out) + ", " + type;
            INDArray x = Nd4j.rand(type, shape(in));
            INDArray y = Nd4j.createUninitialized(type, shape(out), 'c');
            kernel.forward(x, y);
            close.check(what, y, interpolated(x, out));

            // The gradient is the transposed map: <dy, U x> = <U^T dy, x> for every x.
            INDArray dy = Nd4j.rand(type, shape(out));
            INDArray dx = Nd4j.createUninitialized(type, shape(in), 'c');
            kernel.backward(dy, dx);
            INDArray unit = Nd4j.zeros(type, shape(in));
            INDArray expected = Nd4j.zeros(type, shape(in));
            long step = Math.max(1, x.length() / 40);
            for (long i = 0; i < x.length(); i++) {
                long[] at = Shape.ind2subC(x.shape(), i);
                if (i % step == 0) {
                    unit.putScalar(at, 1);
                    double sum = interpolated(unit, out).mul(dy).sumNumber().doubleValue();
                    expected.putScalar(at, sum);
                    unit.putScalar(at, 0);
                } else {
                    expected.putScalar(at, dx.getDouble(at));
                }
            }
            close.check("gradient, " + what, dx, expected);
        }
    }

    private static long[] shape(long[] spatial) {
        long[] shape = new long[2 + spatial.length];
        shape[0] = 2;
        shape[1] = 3;
        System.arraycopy(spatial, 0, shape, 2, spatial.length);
        return shape;
    }

    /** One dimension after the other, in double. */
    private static INDArray interpolated(INDArray x, long[] out) {
        INDArray result = x.castTo(DataType.DOUBLE);
        for (int d = 0; d < out.length; d++) {
            int axis = 2 + d;
            long in = result.size(axis);
            long[] shape = result.shape().clone();
            shape[axis] = out[d];
            INDArray next = Nd4j.zeros(DataType.DOUBLE, shape);
            for (long i = 0; i < next.length(); i++) {
                long[] at = Shape.ind2subC(shape, i);
                double source = out[d] == 1 ? 0 : (double) at[axis] * (in - 1) / (out[d] - 1);
                long lower = Math.min((long) Math.floor(source), in - 1);
                double fraction = source - lower;
                long[] from = at.clone();
                from[axis] = lower;
                double value = (1 - fraction) * result.getDouble(from);
                if (lower + 1 < in) {
                    from[axis] = lower + 1;
                    value += fraction * result.getDouble(from);
                }
                next.putScalar(at, value);
            }
            result = next;
        }
        return result;
    }

    /** A position of the output sees exactly the positions of the input that change it. */
    @ParameterizedTest
    @CsvSource({"5, 9", "5, 8", "7, 3", "1, 4", "6, 1", "4, 4"})
    void windowsAreWhatIsSeen(long in, long out) {
        UpsampleGeometry geometry = new UpsampleGeometry(1, null, new long[] {out});
        INDArray changed = Nd4j.zeros(DataType.DOUBLE, out, in);
        for (long i = 0; i < in; i++) {
            INDArray x = Nd4j.zeros(DataType.DOUBLE, 1, 1, in);
            x.putScalar(0, 0, i, 1);
            INDArray y = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {1, 1, out}, 'c');
            kernel.forward(x, y);
            for (long o = 0; o < out; o++) {
                changed.putScalar(o, i, y.getDouble(0, 0, o) > 1e-12 ? 1 : 0);
            }
        }
        for (long o = 0; o < out; o++) {
            INDArray row = changed.getRow(o);
            long[] expected = LongStream.range(0, in).filter(i -> row.getDouble(i) == 1).toArray();
            assertArrayEquals(expected, geometry.seen(0, in, o), "position " + o);
        }
        assertEquals(out, geometry.outputLength(0, in));
    }
}
