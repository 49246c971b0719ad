package org.lamina.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Norms and factors of units against loops over elements. */
class UnitNormsTest {

    static Stream<Arguments> arrays() {
        return Stream.of(DataType.FLOAT, DataType.DOUBLE)
                .flatMap(
                        type ->
                                Stream.of(
                                        Arguments.of(random(type, 'c', 7, 3, 5), new int[] {1, 2}),
                                        Arguments.of(random(type, 'f', 7, 5), new int[] {0}),
                                        Arguments.of(random(type, 'c', 7, 5), new int[] {0}),
                                        Arguments.of(random(type, 'c', 7, 5), new int[0]),
                                        Arguments.of(random(type, 'f', 7, 5), new int[0]),
                                        Arguments.of(random(type, 'c', 1, 9), new int[] {0, 1}),
                                        Arguments.of(random(type, 'c', 9), new int[] {0}),
                                        Arguments.of(
                                                random(type, 'c', 4, 3, 2, 2), new int[] {0, 3}),
                                        // longer than what is copied at a time
                                        Arguments.of(random(type, 'c', 3, 20_000), new int[] {1}),
                                        Arguments.of(random(type, 'c', 20_000, 3), new int[] {1}),
                                        // not at the beginning of its memory, and with gaps
                                        Arguments.of(
                                                random(type, 'c', 9, 4)
                                                        .get(
                                                                NDArrayIndex.interval(2, 7),
                                                                NDArrayIndex.all()),
                                                new int[] {1}),
                                        Arguments.of(
                                                random(type, 'c', 4, 9)
                                                        .get(
                                                                NDArrayIndex.all(),
                                                                NDArrayIndex.interval(2, 7)),
                                                new int[] {1}),
                                        Arguments.of(
                                                random(type, 'c', 4, 9).muli(1e25),
                                                new int[] {1})));
    }

    private static INDArray random(DataType type, char order, long... shape) {
        return Nd4j.rand(type, shape).subi(0.5).dup(order);
    }

    /** The unit that an element belongs to: its index without the axes of the norm. */
    private static List<Long> unit(long[] index, int[] normAxes) {
        long[] unit = index.clone();
        for (int axis : normAxes) {
            unit[axis] = 0;
        }
        return Arrays.stream(unit).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("arrays")
    void asLoopsDo(INDArray array, int[] normAxes) {
        TreeMap<List<Long>, Double> squares =
                new TreeMap<>(
                        (a, b) ->
                                Arrays.compare(
                                        a.stream().mapToLong(x -> x).toArray(),
                                        b.stream().mapToLong(x -> x).toArray()));
        long[] shape = array.shape();
        double[] before = new double[(int) array.length()];
        for (int i = 0; i < before.length; i++) {
            long[] index = Shape.ind2subC(shape, i);
            before[i] = array.getDouble(index);
            squares.merge(unit(index, normAxes), before[i] * before[i], Double::sum);
        }
        double[] expected = squares.values().stream().mapToDouble(Math::sqrt).toArray();
        List<List<Long>> order = List.copyOf(squares.keySet());

        UnitNorms units = UnitNorms.of(array, normAxes);
        double[] norms = units.norms();
        double[] factors = new double[expected.length];
        for (int u = 0; u < expected.length; u++) {
            factors[u] = 1.0 / (1 + u % 5);
        }
        units.scale(factors);

        assertEquals(expected.length, norms.length);
        for (int u = 0; u < expected.length; u++) {
            assertEquals(expected[u], norms[u], 1e-6 * expected[u], "norm of unit " + u);
        }
        for (int i = 0; i < before.length; i++) {
            long[] index = Shape.ind2subC(shape, i);
            int u = Collections.binarySearch(order, unit(index, normAxes), squares.comparator());
            assertEquals(
                    before[i] * factors[u], array.getDouble(index), 1e-6 * Math.abs(before[i]));
        }
    }
}
