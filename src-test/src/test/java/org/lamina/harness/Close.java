package org.lamina.harness;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Whether an array is what it should be: {@code |a - b| <= atol * max(1, max|b|) + rtol * |b|} for
 * every element, where b is the expected array.
 *
 * @param rtol relative part
 * @param atol absolute part, in units of the expected array's largest element
 */
public record Close(double rtol, double atol) {

    /** The same numbers; {@code INDArray.equals} lets them differ by 1e-5. */
    public static final Close EXACT = new Close(0, 0);

    /** Tolerance for two computations of the same thing in this type. */
    public static Close of(DataType type) {
        return type == DataType.DOUBLE ? new Close(1e-9, 1e-11) : new Close(1e-4, 1e-5);
    }

    /**
     * Compares.
     *
     * @throws AssertionError naming what differs, where, and by how much
     */
    public void check(String what, INDArray actual, INDArray expected) {
        if (actual == null) {
            throw new AssertionError(what + ": missing");
        }
        if (!Arrays.equals(actual.shape(), expected.shape())) {
            throw new AssertionError(
                    what
                            + ": shape "
                            + Arrays.toString(actual.shape())
                            + ", expected "
                            + Arrays.toString(expected.shape()));
        }
        check(what, flat(actual), flat(expected), expected.shape());
    }

    private void check(String what, double[] actual, double[] expected, long[] shape) {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        int wrong = 0;
        int worst = -1;
        double worstExcess = 0;
        for (int i = 0; i < expected.length; i++) {
            double allowed = atol * Math.max(1, largest) + rtol * Math.abs(expected[i]);
            double difference = Math.abs(actual[i] - expected[i]);
            if (!(difference <= allowed)) {
                wrong++;
                double excess =
                        Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference / allowed;
                if (worst < 0 || excess > worstExcess) {
                    worst = i;
                    worstExcess = excess;
                }
            }
        }
        if (wrong > 0) {
            throw new AssertionError(
                    String.format(
                            "%s: %d of %d elements differ, worst at %s: %s, expected %s"
                                    + " (%.3g times the tolerance)",
                            what,
                            wrong,
                            expected.length,
                            Arrays.toString(index(worst, shape)),
                            actual[worst],
                            expected[worst],
                            worstExcess));
        }
    }

    private static double[] flat(INDArray array) {
        return array.isEmpty()
                ? new double[0]
                : array.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    }

    private static long[] index(int position, long[] shape) {
        long[] index = new long[shape.length];
        long rest = position;
        for (int d = shape.length - 1; d >= 0; d--) {
            index[d] = rest % shape[d];
            rest /= shape[d];
        }
        return index;
    }
}
