package org.lamina.benchmark;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** All measurements. */
final class Results {

    private final Map<Workload, Map<Competitor, Measurement>> rows = new LinkedHashMap<>();

    /** The measurement of a competitor at a workload, to add to. */
    Measurement add(Workload workload, Competitor competitor) {
        return rows.computeIfAbsent(workload, w -> new EnumMap<>(Competitor.class))
                .computeIfAbsent(competitor, c -> new Measurement());
    }

    /** The workloads that were measured, in their order. */
    List<Workload> workloads() {
        return Workloads.ALL.stream().filter(rows::containsKey).toList();
    }

    Map<Competitor, Measurement> row(Workload workload) {
        return rows.getOrDefault(workload, Map.of());
    }

    /** A quantity of a competitor at a workload, NaN if it was not measured. */
    double of(Workload workload, Competitor competitor, ToDoubleFunction<Measurement> quantity) {
        Measurement m = row(workload).get(competitor);
        return m == null ? Double.NaN : quantity.applyAsDouble(m);
    }

    /** One competitor's time over another's, NaN if one of them was not measured. */
    double ratio(Workload workload, Competitor over, Competitor under) {
        return of(workload, over, Measurement::wallMillis)
                / of(workload, under, Measurement::wallMillis);
    }

    /** The ratios of the workloads that both competitors did. */
    List<Double> ratios(Predicate<Workload> which, Competitor over, Competitor under) {
        return workloads().stream()
                .filter(which)
                .map(workload -> ratio(workload, over, under))
                .filter(ratio -> !ratio.isNaN())
                .toList();
    }

    /** Operations of a workload in a nanosecond, NaN if it was not measured. */
    double gigaflops(Workload workload, Competitor competitor) {
        return workload.flops() / of(workload, competitor, Measurement::wallMillis) / 1e6;
    }

    /** GFLOP/s over those of the product of matrices in the same run. */
    double shareOfGemm(Workload workload, Competitor competitor) {
        return gigaflops(workload, competitor) / gigaflops(Workloads.GEMM, competitor);
    }

    static double geometricMean(List<Double> values) {
        double mean = values.stream().mapToDouble(Math::log).average().orElse(Double.NaN);
        return Math.exp(mean);
    }
}
