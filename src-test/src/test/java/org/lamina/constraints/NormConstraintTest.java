package org.lamina.constraints;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.lang3.SerializationUtils;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.serde.JsonMappers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.spec.NormAxes;
import org.lamina.spec.NormSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** The three norm constraints against a loop over elements, and as values. */
class NormConstraintTest {

    private static final NormAxes UNITS = NormAxes.perOutputUnit();

    private static final List<NormConstraint> CONSTRAINTS =
            List.of(
                    new MaxNorm(1.5),
                    new MinMaxNorm(0.7, 1.5),
                    new MinMaxNorm(0.7, 1.5, 0.3, UNITS),
                    new UnitNorm(),
                    new MaxNorm(1.5).withEps(0.1));

    /** Shapes of rank 1 to 5 in both orders, contiguous, as views and with every second element. */
    static Stream<Arguments> arrays() {
        List<Arguments> cases = new ArrayList<>();
        for (long[] shape :
                new long[][] {{7}, {3, 4}, {1, 5}, {2, 3, 4}, {4, 1, 3, 2}, {2, 3, 1, 2, 2}}) {
            for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
                for (String layout : new String[] {"c", "f", "view c", "view f", "strided"}) {
                    cases.add(Arguments.of(shape, type, layout));
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("arrays")
    void equalsTheLoopForAllSubsetsOfAxes(long[] shape, DataType type, String layout) {
        Random random = new Random(Arrays.hashCode(shape));
        for (int subset = 0; subset < 1 << shape.length; subset++) {
            int bits = subset;
            int[] axes =
                    IntStream.range(0, shape.length).filter(a -> (bits >> a & 1) == 1).toArray();
            for (NormConstraint constraint : CONSTRAINTS) {
                INDArray array = array(shape, type, layout);
                fill(array, random);
                INDArray expected = naive(constraint, array, axes);
                constraint.project(array, axes);
                assertClose(expected, array, constraint + " over " + Arrays.toString(axes));
            }
        }
    }

    private static INDArray array(long[] shape, DataType type, String layout) {
        long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        switch (layout) {
            case "c":
            case "f":
                return Nd4j.create(type, shape, layout.charAt(0));
            case "view c":
            case "view f":
                return Nd4j.create(type, 1, length + 7)
                        .reshape(length + 7)
                        .get(NDArrayIndex.interval(3, 3 + length))
                        .reshape(layout.charAt(5), shape);
            default:
                long[] twice = Arrays.stream(shape).map(s -> 2 * s).toArray();
                INDArrayIndex[] every =
                        Arrays.stream(twice)
                                .mapToObj(s -> NDArrayIndex.interval(0, 2, s))
                                .toArray(INDArrayIndex[]::new);
                INDArray view = Nd4j.create(type, twice).get(every);
                assertArrayEquals(shape, view.shape());
                return view;
        }
    }

    /** Slices along the first axis get scales from far below to far above the bounds. */
    private static void fill(INDArray array, Random random) {
        double[] scales = {1, 0, 1e-3, 30, 0.4};
        for (long i = 0; i < array.length(); i++) {
            long[] at = index(i, array.shape());
            array.putScalar(at, random.nextGaussian() * scales[(int) (at[0] % scales.length)]);
        }
    }

    private static INDArray naive(NormConstraint constraint, INDArray array, int[] axes) {
        Map<List<Long>, Double> squares = new HashMap<>();
        for (long i = 0; i < array.length(); i++) {
            long[] at = index(i, array.shape());
            squares.merge(slice(at, axes), Math.pow(array.getDouble(at), 2), Double::sum);
        }
        INDArray out = Nd4j.create(DataType.DOUBLE, array.shape());
        for (long i = 0; i < array.length(); i++) {
            long[] at = index(i, array.shape());
            double norm = Math.sqrt(squares.get(slice(at, axes)));
            double desired;
            if (constraint instanceof MaxNorm) {
                desired = norm > ((MaxNorm) constraint).max() ? ((MaxNorm) constraint).max() : norm;
            } else if (constraint instanceof MinMaxNorm) {
                MinMaxNorm c = (MinMaxNorm) constraint;
                double clipped = norm < c.min() ? c.min() : norm > c.max() ? c.max() : norm;
                desired = c.rate() * clipped + (1 - c.rate()) * norm;
            } else {
                desired = 1;
            }
            double value = array.getDouble(at);
            out.putScalar(at, norm == 0 ? 0 : value * desired / (norm + constraint.eps()));
        }
        return out;
    }

    private static List<Long> slice(long[] at, int[] axes) {
        List<Long> key = new ArrayList<>();
        for (int axis = 0; axis < at.length; axis++) {
            int current = axis;
            if (IntStream.of(axes).noneMatch(a -> a == current)) {
                key.add(at[axis]);
            }
        }
        return key;
    }

    private static long[] index(long i, long[] shape) {
        long[] at = new long[shape.length];
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            at[axis] = i % shape[axis];
            i /= shape[axis];
        }
        return at;
    }

    private static void assertClose(INDArray expected, INDArray actual, String what) {
        double tolerance = actual.dataType() == DataType.DOUBLE ? 1e-12 : 1e-6;
        for (long i = 0; i < expected.length(); i++) {
            long[] at = index(i, expected.shape());
            double e = expected.getDouble(at);
            assertEquals(
                    e,
                    actual.getDouble(at),
                    tolerance * Math.abs(e),
                    () -> what + " at " + Arrays.toString(at));
        }
    }

    @Test
    void aViewsNeighboursStayAsTheyAre() {
        INDArray flat = Nd4j.ones(DataType.FLOAT, 20);
        INDArray view = flat.get(NDArrayIndex.interval(4, 16)).reshape('f', 3, 4);
        new MaxNorm(0.5).project(view, 0);
        assertArrayEquals(
                new float[] {1, 1, 1, 1}, flat.get(NDArrayIndex.interval(0, 4)).toFloatVector());
        assertArrayEquals(
                new float[] {1, 1, 1, 1}, flat.get(NDArrayIndex.interval(16, 20)).toFloatVector());
        assertEquals(0.5 / Math.sqrt(3), flat.getDouble(4), 1e-7);
    }

    @Test
    void zeroSlicesStayExactlyZero() {
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT, DataType.FLOAT16}) {
            for (NormConstraint constraint : CONSTRAINTS) {
                for (double eps : new double[] {0, 1e-9}) {
                    INDArray w = Nd4j.zeros(type, 3, 4);
                    w.putRow(1, Nd4j.ones(type, 4).muli(10));
                    constraint.withEps(eps).project(w, 1);
                    assertEquals(0, w.getRow(0).amaxNumber().doubleValue());
                    assertEquals(0, w.getRow(2).amaxNumber().doubleValue());
                    assertTrue(w.getRow(1).norm2Number().doubleValue() < 20);
                }
            }
        }
    }

    @Test
    void floatSquaresNeitherOverflowNorUnderflow() {
        for (double size : new double[] {1e-25, 1e-12, 1e8, 1e25}) {
            INDArray w = Nd4j.valueArrayOf(new long[] {2, 4}, size, DataType.FLOAT);
            w.putRow(1, Nd4j.valueArrayOf(new long[] {4}, 0.25, DataType.FLOAT));
            new UnitNorm().withEps(0).project(w, 1);
            assertArrayEquals(new float[] {.5f, .5f, .5f, .5f}, w.getRow(0).toFloatVector(), 1e-6f);
            assertArrayEquals(new float[] {.5f, .5f, .5f, .5f}, w.getRow(1).toFloatVector(), 1e-6f);
        }
        // With eps = 1e-9: 1e-25 * (1 / (2e-25 + 1e-9)).
        INDArray w = Nd4j.valueArrayOf(new long[] {1, 4}, 1e-25, DataType.FLOAT);
        new UnitNorm().project(w, 1);
        assertEquals(1e-16, w.getDouble(0, 0), 1e-21);
    }

    @Test
    void halfPrecisionIsComputedInDouble() {
        INDArray w = Nd4j.valueArrayOf(new long[] {2, 4}, 1000, DataType.FLOAT16);
        new MaxNorm(2).project(w, 1);
        assertEquals(1, w.getDouble(1, 3), 1e-3);
    }

    @Test
    void whatIsNotFiniteIsNotHidden() {
        INDArray w = Nd4j.ones(DataType.FLOAT, 2, 3);
        w.putScalar(0, 1, Double.NaN);
        new MaxNorm(1).project(w, 1);
        assertTrue(Double.isNaN(w.getDouble(0, 1)));
        assertEquals(1 / Math.sqrt(3), w.getDouble(1, 0), 1e-6);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void rateBelowOneApproachesTheInterval(DataType type) {
        INDArray w = Nd4j.create(new double[][] {{3, 4}}).castTo(type);
        NormConstraint half = new MinMaxNorm(0.5, 1, 0.5, UNITS);
        half.project(w, 1);
        assertEquals(3, w.norm2Number().doubleValue(), 1e-6);
        half.project(w, 1);
        assertEquals(2, w.norm2Number().doubleValue(), 1e-6);
    }

    @Test
    void followsTheSpec() {
        assertTrue(NormConstraint.of(NormSpec.none()).isEmpty());
        assertEquals(new MaxNorm(2), NormConstraint.of(NormSpec.max(2)).orElseThrow());
        NormAxes axes = NormAxes.of(0, 2);
        assertEquals(
                new MinMaxNorm(0.5, 2, 0.3, axes).withEps(1e-5),
                NormConstraint.of(new NormSpec(2.0, 0.5, 0.3, axes, 1e-5)).orElseThrow());
        assertEquals(
                new UnitNorm(axes),
                NormConstraint.of(new NormSpec(1.0, 1.0, 1, axes, 1e-9)).orElseThrow());
        // The rate is without effect there, as in selfEEG.
        assertEquals(
                NormConstraint.of(new NormSpec(1.0, 1.0, 1, axes, 1e-9)),
                NormConstraint.of(new NormSpec(1.0, 1.0, 0.4, axes, 1e-9)));
        assertEquals(
                NormConstraint.of(new NormSpec(2.0, null, 1, axes, 1e-9)),
                NormConstraint.of(new NormSpec(2.0, null, 0.4, axes, 1e-9)));
    }

    @Test
    void badValuesAreNamed() {
        for (org.junit.jupiter.api.function.Executable bad :
                List.<org.junit.jupiter.api.function.Executable>of(
                        () -> new MaxNorm(0),
                        () -> new MaxNorm(-1.25),
                        () -> new MaxNorm(Double.NaN),
                        () -> new MinMaxNorm(-1.25, 2),
                        () -> new MinMaxNorm(3, 2),
                        () -> new MinMaxNorm(0, 0),
                        () -> new MinMaxNorm(1, 2, 0, UNITS),
                        () -> new MinMaxNorm(1, 2, 1.25, UNITS),
                        () -> new UnitNorm().withEps(-1.25))) {
            String message = assertThrows(IllegalArgumentException.class, bad).getMessage();
            assertTrue(message.matches(".*Norm.*(=).*must be.*"), message);
        }
    }

    @Test
    void jsonYamlSerializationAndCloneKeepEverything() throws Exception {
        List<NormConstraint> all = new ArrayList<>(CONSTRAINTS);
        all.add(new MaxNorm(3, NormAxes.of(1, 2, 3)).withEps(1e-4).withParams("W", "RW"));
        NormConstraint bound = new UnitNorm();
        bound.setParams(Set.of("b"));
        all.add(bound);
        for (NormConstraint constraint : all) {
            for (ObjectMapper mapper :
                    List.of(JsonMappers.getMapper(), JsonMappers.getMapperYaml())) {
                String text = mapper.writeValueAsString(constraint);
                LayerConstraint read = mapper.readValue(text, LayerConstraint.class);
                assertEquals(constraint, read, text);
                assertEquals(constraint.hashCode(), read.hashCode());
                assertEquals(constraint.getParams(), read.getParams());
                assertEquals(constraint.toString(), read.toString());
            }
            assertEquals(constraint, SerializationUtils.clone(constraint));
            NormConstraint copy = constraint.clone();
            assertEquals(constraint, copy);
            assertNotSame(constraint, copy);
            copy.setParams(Set.of("other"));
            assertNotEquals(constraint, copy);
        }
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < i; j++) {
                assertNotEquals(all.get(i), all.get(j));
            }
        }
    }

    @Test
    void badValuesInJsonAreErrors() throws Exception {
        ObjectMapper mapper = JsonMappers.getMapper();
        String text = mapper.writeValueAsString(new MaxNorm(2));
        for (String bad :
                List.of(
                        text.replaceAll("\"max\" : 2.0", "\"max\" : -2.0"),
                        text.replaceAll("\"eps\" : 1.0E-9", "\"eps\" : -1.0"))) {
            assertNotEquals(text, bad);
            assertThrows(Exception.class, () -> mapper.readValue(bad, LayerConstraint.class));
        }
    }

    @Test
    void namesOfTheUserAreNarrowedNotReplaced() {
        NormConstraint named = new MaxNorm(2).withParams("RW", "W");
        named.setParams(Set.of("W", "b"));
        assertEquals(Set.of("W"), named.getParams());
        NormConstraint unnamed = new MaxNorm(2);
        unnamed.setParams(Set.of("W", "b"));
        assertEquals(Set.of("W", "b"), unnamed.getParams());
        unnamed.setParams(null);
        assertTrue(unnamed.getParams().isEmpty());
        assertFalse(new MaxNorm(2).equals(new UnitNorm()));
    }
}
