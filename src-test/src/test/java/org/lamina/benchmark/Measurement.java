package org.lamina.benchmark;

import java.util.ArrayList;
import java.util.List;

/** The samples of one competitor at one workload, from all its processes. */
final class Measurement {

    private final List<Double> wall = new ArrayList<>();
    private final List<Double> cpu = new ArrayList<>();
    private final List<Double> peak = new ArrayList<>();
    private final List<Double> added = new ArrayList<>();
    private double fingerprint = Double.NaN;

    void sample(double wallMillis, double cpuMillis) {
        wall.add(wallMillis);
        cpu.add(cpuMillis);
    }

    void memory(double peakMegabytes, double addedMegabytes) {
        peak.add(peakMegabytes);
        added.add(addedMegabytes);
    }

    void fingerprint(double value) {
        fingerprint = value;
    }

    /** A number that depends on all outputs, or NaN. */
    double fingerprint() {
        return fingerprint;
    }

    int samples() {
        return wall.size();
    }

    double wallMillis() {
        return quantile(wall, 0.5);
    }

    double cpuMillis() {
        return quantile(cpu, 0.5);
    }

    /** Half the distance of the quartiles of the wall time, over its median. */
    double spread() {
        return (quantile(wall, 0.75) - quantile(wall, 0.25)) / 2 / wallMillis();
    }

    /** Peak resident memory of the process without its Java heap; NaN if not measured. */
    double peakMegabytes() {
        return quantile(peak, 0.5);
    }

    /** What of the peak the work added to the process; NaN if not measured. */
    double addedMegabytes() {
        return quantile(added, 0.5);
    }

    private static double quantile(List<Double> values, double q) {
        return values.stream()
                .sorted()
                .skip((long) (q * (values.size() - 1)))
                .findFirst()
                .orElse(Double.NaN);
    }
}
