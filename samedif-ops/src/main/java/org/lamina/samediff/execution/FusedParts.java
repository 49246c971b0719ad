package org.lamina.samediff.execution;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.lamina.kernels.FusedFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;

/**
 * The parts of a graph that compute a {@link FusedFunction}. Graph functions mark them while a
 * layer or a {@link CompiledSameDiff} builds its graph; in other graphs they have no effect.
 *
 * <p>Each input of a part passes through ops that leave it as it is, so that its gradient is the
 * contribution of this part alone, even if the input is used elsewhere.
 */
public final class FusedParts {

    private static final ThreadLocal<FusedParts> RECORDING = new ThreadLocal<>();

    /**
     * A part.
     *
     * @param inputs names of its inputs, null for absent ones
     * @param outputs names of its outputs
     */
    record Part(FusedFunction function, List<String> inputs, List<String> outputs) {}

    /** A part by its variables, which may be renamed while the graph is being defined. */
    private record Defined(FusedFunction function, SDVariable[] inputs, SDVariable[] outputs) {

        Part part() {
            return new Part(function, names(inputs), names(outputs));
        }
    }

    private final SameDiff sameDiff;
    private final List<Defined> parts = new ArrayList<>();

    /** Makes the input of a part. */
    private final UnaryOperator<SDVariable> input;

    private FusedParts(SameDiff sameDiff, UnaryOperator<SDVariable> input) {
        this.sameDiff = sameDiff;
        this.input = input;
    }

    /** The result of a definition, and its parts. */
    public record Recorded<T>(T result, FusedParts parts) {}

    /** Runs a graph definition and records the parts that it marks. */
    public static <T> Recorded<T> record(SameDiff sameDiff, Supplier<T> definition) {
        return record(new FusedParts(sameDiff, sameDiff::identity), definition);
    }

    /**
     * The same for a graph that SameDiff's {@code fit} may train, which finds no gradient for a
     * parameter whose only reader is an {@code identity}.
     */
    static FusedParts recordTrained(SameDiff sameDiff, Runnable definition) {
        UnaryOperator<SDVariable> input =
                v ->
                        v.getVariableType() == VariableType.VARIABLE
                                ? sameDiff.squeeze(sameDiff.expandDims(v, 0), 0)
                                : sameDiff.identity(v);
        return record(
                        new FusedParts(sameDiff, input),
                        () -> {
                            definition.run();
                            return null;
                        })
                .parts();
    }

    private static <T> Recorded<T> record(FusedParts parts, Supplier<T> definition) {
        FusedParts outer = RECORDING.get();
        RECORDING.set(parts);
        try {
            return new Recorded<>(definition.get(), parts);
        } finally {
            RECORDING.set(outer);
        }
    }

    /** No parts: everything runs op by op. */
    public static FusedParts none(SameDiff sameDiff) {
        return new FusedParts(sameDiff, sameDiff::identity);
    }

    /**
     * Defines a part with one output.
     *
     * @param function what it computes
     * @param definition the same computation as ops, using only the inputs passed to it
     * @param inputs its inputs; the first is not null
     */
    public static SDVariable part(
            FusedFunction function,
            Function<SDVariable[], SDVariable> definition,
            SDVariable... inputs) {
        return parts(function, in -> new SDVariable[] {definition.apply(in)}, inputs)[0];
    }

    /** Defines a part with several outputs; only the first is differentiated. */
    public static SDVariable[] parts(
            FusedFunction function,
            Function<SDVariable[], SDVariable[]> definition,
            SDVariable... inputs) {
        FusedParts recording = RECORDING.get();
        if (recording == null || recording.sameDiff != inputs[0].getSameDiff()) {
            return definition.apply(inputs);
        }
        SDVariable[] own =
                Arrays.stream(inputs)
                        .map(v -> v == null ? null : recording.input.apply(v))
                        .toArray(SDVariable[]::new);
        SDVariable[] outputs = definition.apply(own);
        recording.parts.add(new Defined(function, own, outputs));
        return outputs;
    }

    private static List<String> names(SDVariable[] variables) {
        return Arrays.stream(variables)
                .map(v -> v == null ? null : v.name())
                .collect(Collectors.toList());
    }

    /** The parts; a nested part comes before the one that contains it. */
    List<Part> list() {
        return parts.stream().map(Defined::part).toList();
    }
}
