package org.lamina.contract;

import static org.junit.jupiter.api.Assertions.assertAll;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.function.Executable;
import org.lamina.harness.Form;

/**
 * The layers of one family: the configurations that the contract runs, and wrong ones with the
 * message that each gets. Adding a layer is adding rows here.
 */
interface LayerFamily {

    /** All families. */
    List<LayerFamily> ALL =
            List.of(
                    new ConstrainedFamily(),
                    new ConvolutionFamily(),
                    new ConvTransposeFamily(),
                    new ConvModernFamily(),
                    new GatingFamily(),
                    new DepthwiseSeparableFamily(),
                    new TemporalSpatialFamily(),
                    new LocalFamily());

    /** All configurations that work. */
    static List<Row> allRows() {
        return ALL.stream().flatMap(family -> family.rows().stream()).toList();
    }

    /** One configuration of each layer. */
    static List<Row> firstRows() {
        Set<String> layers = new HashSet<>();
        return allRows().stream().filter(row -> layers.add(row.layer())).toList();
    }

    /** Of these configurations one for each layer, rank and set of parameters. */
    static Set<Row> withDistinctParameters(List<Row> rows) {
        Set<Object> seen = new HashSet<>();
        return rows.stream()
                .filter(row -> seen.add(List.of(row.layer(), row.spatialRank(), row.parameters())))
                .collect(Collectors.toSet());
    }

    /**
     * Runs a check for both forms of each layer once, for what options make no difference to.
     * Failures name the layer.
     */
    static void everyLayer(Check check) {
        List<Executable> checks = new ArrayList<>();
        for (Row row : firstRows()) {
            for (Form form : Form.values()) {
                checks.add(named(row, form, check));
            }
        }
        assertAll(checks);
    }

    /**
     * Runs a check for each layer in one form, the forms by turns, several at a time: a check that
     * mostly waits.
     */
    static void everyLayerByTurns(int atATime, Check check) {
        ExecutorService threads = Executors.newFixedThreadPool(atATime);
        List<Future<?>> done = new ArrayList<>();
        for (Row row : firstRows()) {
            Executable one = named(row, Form.values()[done.size() % 2], check);
            done.add(
                    threads.submit(
                            () -> {
                                try {
                                    one.execute();
                                } catch (Throwable e) {
                                    throw new AssertionError(e.getMessage(), e);
                                }
                            }));
        }
        threads.shutdown();
        assertAll(done.stream().map(future -> (Executable) future::get).toList());
    }

    private static Executable named(Row row, Form form, Check check) {
        return () -> {
            try {
                check.accept(row, form);
            } catch (Exception | AssertionError e) {
                throw new AssertionError(row + ", " + form + ": " + e, e);
            }
        };
    }

    /** A check of a layer in a form. */
    @FunctionalInterface
    interface Check {
        void accept(Row row, Form form) throws Exception;
    }

    /** Configurations that work: odd, even and non-square kernels, every option. */
    List<Row> rows();

    /** Configurations that are refused when the layer is built, at least ten for each spec. */
    List<Invalid> invalid();

    /**
     * A wrong configuration.
     *
     * @param message part of the error's message: field, value and what is allowed
     */
    record Invalid(Row row, String message) {}

    /**
     * A configuration.
     *
     * @param layer name of the native configuration, for example "DepthwiseConv2D"
     * @param kernel the builder's kernel; {@link #NO_KERNEL} for a layer without one
     * @param size size of one example, channels first
     * @param options the builder's other options, each followed by its value
     */
    static Row row(String layer, int[] kernel, long[] size, Object... options) {
        return new Row(layer, kernel, size, new LinkedHashMap<>()).with(options);
    }

    /** Kernel of a layer that has none. */
    int[] NO_KERNEL = {};

    static int[] kernel(int... sizes) {
        return sizes;
    }

    static int[] ints(int... values) {
        return values;
    }

    static long[] size(long... sizes) {
        return sizes;
    }
}
