package org.lamina.property;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.lamina.harness.NaiveConv;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A convolution with its input's size, for property tests: every combination that the documentation
 * allows, in one, two and three dimensions.
 *
 * @param kernel size of the kernel in each dimension; the other arrays likewise
 * @param before padding before the input, if the rule is numbers
 * @param after padding after it
 * @param size spatial size of the input
 */
public record ConvCase(
        int[] kernel,
        int[] stride,
        int[] dilation,
        Rule rule,
        int[] before,
        int[] after,
        PaddingMode mode,
        int groups,
        int groupInputs,
        int groupOutputs,
        boolean bias,
        long batch,
        long[] size) {

    /** How the padding is given. */
    public enum Rule {
        SAME,
        VALID,
        NUMBERS,
        CAUSAL
    }

    /** Any convolution in one dimension. */
    public static final class OneDimension implements ArbitrarySupplier<ConvCase> {
        @Override
        public Arbitrary<ConvCase> get() {
            return any(1);
        }
    }

    /** Any convolution in two dimensions. */
    public static final class TwoDimensions implements ArbitrarySupplier<ConvCase> {
        @Override
        public Arbitrary<ConvCase> get() {
            return any(2);
        }
    }

    /** Any convolution in three dimensions. */
    public static final class ThreeDimensions implements ArbitrarySupplier<ConvCase> {
        @Override
        public Arbitrary<ConvCase> get() {
            return any(3);
        }
    }

    /** What is drawn for each dimension; {@code extra} is added to the smallest valid size. */
    private record Axis(int kernel, int stride, int dilation, int before, int after, int extra) {}

    private record Channels(int groups, int groupInputs, int groupOutputs, boolean bias) {}

    private static Arbitrary<ConvCase> any(int rank) {
        int limit = rank == 3 ? 3 : 5; // loops over five dimensions take their time
        Arbitrary<List<Axis>> axes =
                Combinators.combine(
                                Arbitraries.integers().between(1, limit),
                                Arbitraries.integers().between(1, 3),
                                Arbitraries.integers().between(1, 3),
                                Arbitraries.integers().between(0, 3),
                                Arbitraries.integers().between(0, 3),
                                Arbitraries.integers().between(0, limit))
                        .as(Axis::new)
                        .list()
                        .ofSize(rank);
        // 8 groups, and 17 inputs in a group: more than one call for all groups.
        Arbitrary<Channels> channels =
                Combinators.combine(
                                Arbitraries.of(1, 1, 2, 3, 4, 8),
                                Arbitraries.frequency(
                                        Tuple.of(9, 1),
                                        Tuple.of(6, 2),
                                        Tuple.of(4, 3),
                                        Tuple.of(1, 17)),
                                Arbitraries.integers().between(1, 3),
                                Arbitraries.of(true, false))
                        .as(Channels::new);
        List<Rule> rules = List.of(Rule.values()).subList(0, rank == 1 ? 4 : 3);
        return Combinators.combine(
                        axes,
                        channels,
                        Arbitraries.of(rules),
                        Arbitraries.of(true, false),
                        Arbitraries.of(PaddingMode.class),
                        Arbitraries.longs().between(1, 3))
                .as(ConvCase::of);
    }

    private static ConvCase of(
            List<Axis> axes,
            Channels channels,
            Rule rule,
            boolean symmetric,
            PaddingMode mode,
            long batch) {
        int[] stride = axes.stream().mapToInt(a -> rule == Rule.SAME ? 1 : a.stride()).toArray();
        int[] before = axes.stream().mapToInt(Axis::before).toArray();
        int[] after = axes.stream().mapToInt(a -> symmetric ? a.before() : a.after()).toArray();
        ConvCase small =
                new ConvCase(
                        axes.stream().mapToInt(Axis::kernel).toArray(),
                        stride,
                        axes.stream().mapToInt(Axis::dilation).toArray(),
                        rule,
                        before,
                        after,
                        mode,
                        channels.groups(),
                        channels.groupInputs(),
                        channels.groupOutputs(),
                        channels.bias(),
                        batch,
                        new long[axes.size()]);
        for (int d = 0; d < axes.size(); d++) {
            int front = small.padding(true)[d];
            int back = small.padding(false)[d];
            int window = small.dilation[d] * (small.kernel[d] - 1) + 1;
            // Reflection needs one position more than it adds, continuation as many.
            int forMode =
                    switch (mode) {
                        case REFLECT -> Math.max(front, back) + 1;
                        case CIRCULAR -> Math.max(front, back);
                        default -> 1;
                    };
            int smallest = Math.max(1, Math.max(window - front - back, forMode));
            small.size[d] = (long) smallest + axes.get(d).extra();
        }
        return small;
    }

    /** Positions added before or after each dimension, as the documentation has it. */
    private int[] padding(boolean front) {
        int[] result = new int[kernel.length];
        for (int d = 0; d < result.length; d++) {
            int reach = dilation[d] * (kernel[d] - 1);
            result[d] =
                    switch (rule) {
                        case SAME -> front ? reach / 2 : reach - reach / 2;
                        case VALID -> 0;
                        case NUMBERS -> front ? before[d] : after[d];
                        case CAUSAL -> front ? reach : 0;
                    };
        }
        return result;
    }

    public int rank() {
        return kernel.length;
    }

    public int in() {
        return groups * groupInputs;
    }

    public int out() {
        return groups * groupOutputs;
    }

    /** The geometry under test. */
    public ConvGeometry geometry() {
        Padding padding =
                switch (rule) {
                    case SAME -> Padding.same();
                    case VALID -> Padding.valid();
                    case NUMBERS -> Padding.perSide(before, after);
                    case CAUSAL -> Padding.causal();
                };
        return ConvGeometry.builder(rank(), kernel)
                .stride(stride)
                .dilation(dilation)
                .padding(padding)
                .paddingMode(mode)
                .groups(groups)
                .build();
    }

    /** The reference. */
    public NaiveConv naive() {
        return new NaiveConv(stride, dilation, padding(true), padding(false), mode, groups);
    }

    /** Numbers in [-1, 1) that are exact in float. */
    public static INDArray random(long seed, long... shape) {
        int length = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        double[] values = new Random(seed).doubles(length, -1, 1).map(v -> (float) v).toArray();
        return Nd4j.createFromArray(values).reshape(shape);
    }

    /** An input. */
    public INDArray input(DataType type) {
        long[] shape = new long[2 + rank()];
        shape[0] = batch;
        shape[1] = in();
        System.arraycopy(size, 0, shape, 2, rank());
        return random(1, shape).castTo(type);
    }

    /** A weight {@code [out, in / groups, kernel...]}. */
    public INDArray weight(DataType type) {
        long[] shape = new long[2 + rank()];
        shape[0] = out();
        shape[1] = groupInputs;
        for (int d = 0; d < rank(); d++) {
            shape[2 + d] = kernel[d];
        }
        return random(2, shape).castTo(type);
    }

    @Override
    public String toString() {
        return String.format(
                "%s, %d -> %d channels, bias %s, input %d x %s",
                geometry(), in(), out(), bias, batch, Arrays.toString(size));
    }
}
