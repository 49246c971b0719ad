package org.lamina.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.lamina.onednn.ElementFunction;
import org.lamina.onednn.Program;
import org.lamina.onednn.Program.Term;
import org.lamina.onednn.Program.Value;
import org.lamina.spec.ConvGeometry;

/**
 * What a layer puts out: an operation that factors, summands and a function after it become part
 * of, until its value is asked for.
 */
abstract class Node {

    final Program program;

    /** Applied last, or null. */
    ElementFunction function;

    private Value value;

    private Node(Program program) {
        this.program = program;
    }

    /** A value that has been computed. */
    static Node of(Program program, Value value) {
        return new Combination(program, value, List.of());
    }

    /** A convolution. */
    static Node convolution(
            Program program,
            Value x,
            ConvGeometry geometry,
            int outputs,
            Supplier<double[]> weight,
            Supplier<double[]> bias) {
        return new Convolution(program, x, geometry, outputs, weight, bias, List.of());
    }

    /** The value, computed here. */
    final Value value() {
        if (value == null) {
            value = computed();
        }
        return value;
    }

    abstract Value computed();

    /** Shape of the value, {@code [N, C, H, W]}. */
    abstract long[] shape();

    /** Whether something can become part of the operation. */
    final boolean open() {
        return value == null && function == null;
    }

    private Node opened() {
        return open() ? this : of(program, value());
    }

    /**
     * Times a factor plus a summand.
     *
     * @param channels how many numbers there are, one or one for each channel
     * @param summand or null
     */
    final Node scaled(int channels, Supplier<double[]> factor, Supplier<double[]> summand) {
        return opened().affine(channels, factor, summand);
    }

    abstract Node affine(int channels, Supplier<double[]> factor, Supplier<double[]> summand);

    /** Times or plus another value. */
    final Node with(Term term) {
        return opened().and(term);
    }

    abstract Node and(Term term);

    /** The mean of each channel of each example, {@code [N, C, 1, 1]}. */
    Node mean() {
        long[] shape = shape();
        int[] all = {(int) shape[2], (int) shape[3]};
        return of(program, program.pooling(value(), false, all, all));
    }

    /** A function of it; null for the identity. */
    final Node then(ElementFunction f) {
        if (f == null) {
            return this;
        }
        Node node = opened();
        node.function = f;
        return node;
    }

    private static List<Term> appended(List<Term> terms, Term last) {
        List<Term> result = new ArrayList<>(terms);
        result.add(last);
        return result;
    }

    static Supplier<float[]> floats(Supplier<double[]> values) {
        return () -> {
            double[] doubles = values.get();
            float[] result = new float[doubles.length];
            for (int i = 0; i < result.length; i++) {
                result[i] = (float) doubles[i];
            }
            return result;
        };
    }

    private static final class Convolution extends Node {

        private final Value x;
        private final ConvGeometry geometry;
        private final int outputs;
        private final Supplier<double[]> weight;
        private final Supplier<double[]> bias;
        private final List<Term> terms;

        Convolution(
                Program program,
                Value x,
                ConvGeometry geometry,
                int outputs,
                Supplier<double[]> weight,
                Supplier<double[]> bias,
                List<Term> terms) {
            super(program);
            this.x = x;
            this.geometry = geometry;
            this.outputs = outputs;
            this.weight = weight;
            this.bias = bias;
            this.terms = terms;
        }

        @Override
        long[] shape() {
            return geometry.outputShape(x.shape(), outputs);
        }

        @Override
        Value computed() {
            Supplier<float[]> b = bias == null ? null : floats(bias);
            return program.convolution(x, geometry, outputs, floats(weight), b, terms, function);
        }

        @Override
        Node and(Term term) {
            return new Convolution(
                    program, x, geometry, outputs, weight, bias, appended(terms, term));
        }

        /** Of a convolution of single positions, it is the convolution of the input's mean. */
        @Override
        Node mean() {
            boolean single =
                    Arrays.equals(geometry.kernelSize(), new int[] {1, 1})
                            && Arrays.equals(geometry.stride(), new int[] {1, 1})
                            && Arrays.equals(shape(), 2, 4, x.shape(), 2, 4);
            if (!single || !open() || !terms.isEmpty()) {
                return super.mean();
            }
            Value mean = of(program, x).mean().value();
            return new Convolution(program, mean, geometry, outputs, weight, bias, terms);
        }

        @Override
        Node affine(int channels, Supplier<double[]> factor, Supplier<double[]> summand) {
            if (summand != null && !terms.isEmpty() || !terms.stream().allMatch(Term::isFactor)) {
                return of(program, value()).affine(channels, factor, summand);
            }
            Supplier<double[]> w = () -> product(weight.get(), factor.get());
            Supplier<double[]> b =
                    bias == null && summand == null
                            ? null
                            : () -> {
                                double[] result =
                                        bias == null
                                                ? new double[outputs]
                                                : product(bias.get(), factor.get());
                                double[] more =
                                        summand == null ? new double[outputs] : summand.get();
                                for (int i = 0; i < result.length; i++) {
                                    result[i] += more[i % more.length];
                                }
                                return result;
                            };
            return new Convolution(program, x, geometry, outputs, w, b, terms);
        }

        /** Values times the factor of their output, or the only one. */
        private double[] product(double[] values, double[] factors) {
            double[] result = values.clone();
            for (int i = 0; i < result.length; i++) {
                int output = i / (result.length / outputs);
                result[i] *= factors[output % factors.length];
            }
            return result;
        }
    }

    private static final class Combination extends Node {

        private final Value x;
        private final List<Term> terms;

        Combination(Program program, Value x, List<Term> terms) {
            super(program);
            this.x = x;
            this.terms = terms;
        }

        @Override
        long[] shape() {
            return x.shape();
        }

        @Override
        Value computed() {
            if (terms.isEmpty() && function == null) {
                return x;
            }
            List<Term> all = terms;
            if (all.isEmpty()) { // oneDNN's fast functions take no factor by themselves
                Supplier<float[]> one = () -> new float[] {1};
                all = List.of(Term.multiply(program.constant(one, 1)));
            }
            return program.combined(x, all, function);
        }

        @Override
        Combination and(Term term) {
            return new Combination(program, x, appended(terms, term));
        }

        @Override
        Node affine(int channels, Supplier<double[]> factor, Supplier<double[]> summand) {
            Combination scaled = and(Term.multiply(program.constant(floats(factor), channels)));
            return summand == null
                    ? scaled
                    : scaled.and(Term.add(program.constant(floats(summand), channels)));
        }
    }
}
