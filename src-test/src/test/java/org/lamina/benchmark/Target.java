package org.lamina.benchmark;

import static org.lamina.benchmark.Competitor.DL4J;
import static org.lamina.benchmark.Competitor.LAMINA;
import static org.lamina.benchmark.Competitor.LAMINA_COMPILED;
import static org.lamina.benchmark.Competitor.LAMINA_SAMEDIFF;
import static org.lamina.benchmark.Competitor.ONNX_RUNTIME;
import static org.lamina.benchmark.Competitor.PYTORCH;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * Something that the library sets out to reach.
 *
 * @param value as measured, NaN if it was not
 * @param atMost whether the limit is the highest allowed value, not the lowest
 */
record Target(String what, double value, boolean atMost, double limit) {

    boolean holds() {
        return atMost ? value <= limit : value >= limit;
    }

    /** The targets of which something was measured. */
    static List<Target> of(Results results) {
        List<Target> all = new ArrayList<>();
        networks(results, all);
        layers(results, all);
        for (Overhead o : Workloads.OVERHEADS) {
            double with = results.of(o.with(), LAMINA, Measurement::wallMillis);
            double without = results.of(o.without(), LAMINA, Measurement::wallMillis);
            all.add(atMost(o.name(), with / without - 1, o.limit()));
        }
        for (Growth growth : Workloads.GROWTH) {
            double time = growth.exponent(p -> results.of(p, LAMINA, Measurement::wallMillis));
            double memory =
                    growth.exponent(p -> results.of(p, LAMINA, Measurement::addedMegabytes));
            all.add(atMost(growth.name() + ": exponent of time", time, growth.timeLimit()));
            all.add(atMost(growth.name() + ": exponent of memory", memory, 1.05));
        }
        all.removeIf(target -> Double.isNaN(target.value));
        return all;
    }

    private static void networks(Results results, List<Target> all) {
        for (Workload w : Networks.ALL) {
            boolean fused = w.name().contains("fused");
            all.add(
                    atMost(
                            w.id() + ": time over PyTorch's",
                            results.ratio(w, LAMINA, PYTORCH),
                            fused ? 0.5 : 1));
            all.add(
                    atLeast(
                            w.id() + ": times faster than DL4J",
                            results.ratio(w, DL4J, LAMINA),
                            15));
            double limit = fused ? w.shape()[0] > 1 ? 0.35 : 0.6 : 1;
            all.add(
                    atMost(
                            w.id() + ": compiled, time over ONNX Runtime's, published order",
                            results.ratio(w, LAMINA_COMPILED, ONNX_RUNTIME),
                            limit));
            // With one example there is next to nothing but the code.
            if (w.mode() == Workload.Mode.TRAINING && w.shape()[0] > 1) {
                all.add(
                        atMost(
                                w.id() + ": memory that it adds over PyTorch's",
                                results.of(w, LAMINA, Measurement::addedMegabytes)
                                        / results.of(w, PYTORCH, Measurement::addedMegabytes),
                                1.1));
                all.add(
                        atMost(
                                w.id() + ": memory of the process over PyTorch's",
                                results.of(w, LAMINA, Measurement::peakMegabytes)
                                        / results.of(w, PYTORCH, Measurement::peakMegabytes),
                                1.3));
            }
        }
    }

    private static void layers(Results results, List<Target> all) {
        Predicate<Workload> layers =
                w -> w instanceof LayerWorkload && w.mode() == Workload.Mode.BACKWARD;
        all.add(
                atMost(
                        "Layers: geometric mean of time over PyTorch's",
                        mean(results, layers, LAMINA, PYTORCH),
                        1));
        all.add(worst("Layers: time over PyTorch's", results, layers, LAMINA, PYTORCH, true, 1.5));
        all.add(
                atLeast(
                        "Layers: geometric mean of times faster than DL4J",
                        mean(results, layers, DL4J, LAMINA),
                        4));
        all.add(worst("Layers: times faster than DL4J", results, layers, DL4J, LAMINA, false, 1));
        all.add(
                atMost(
                        "Layers: geometric mean of SameDiff's time over the native form's",
                        mean(results, layers, LAMINA_SAMEDIFF, LAMINA),
                        1.3));
        Predicate<Workload> local = w -> w.name().startsWith("LocalConv2D");
        all.add(
                worst(
                        "Times faster than LocallyConnected2D",
                        results,
                        local,
                        DL4J,
                        LAMINA,
                        false,
                        30));
        results.workloads().stream()
                .filter(w -> w.name().equals("ConstrainedConv2D 3x3"))
                .filter(w -> w.size().equals("typical"))
                .forEach(
                        w ->
                                all.add(
                                        atLeast(
                                                w.id() + ": share of a matrix product's GFLOP/s",
                                                results.shareOfGemm(w, LAMINA),
                                                0.6)));
    }

    private static double mean(
            Results results, Predicate<Workload> which, Competitor over, Competitor under) {
        return Results.geometricMean(results.ratios(which, over, under));
    }

    /** The target for the workload that is farthest from it, which is named. */
    private static Target worst(
            String what,
            Results results,
            Predicate<Workload> which,
            Competitor over,
            Competitor under,
            boolean atMost,
            double limit) {
        Comparator<Target> byValue = Comparator.comparingDouble(Target::value);
        return results.workloads().stream()
                .filter(which)
                .map(
                        w ->
                                new Target(
                                        what + ", " + (atMost ? "most: " : "least: ") + w.id(),
                                        results.ratio(w, over, under),
                                        atMost,
                                        limit))
                .filter(target -> !Double.isNaN(target.value))
                .max(atMost ? byValue : byValue.reversed())
                .orElse(new Target(what, Double.NaN, atMost, limit));
    }

    private static Target atMost(String what, double value, double limit) {
        return new Target(what, value, true, limit);
    }

    private static Target atLeast(String what, double value, double limit) {
        return new Target(what, value, false, limit);
    }
}
