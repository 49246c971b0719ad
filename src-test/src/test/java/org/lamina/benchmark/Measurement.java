package org.lamina.benchmark;

import java.util.ArrayList;
import java.util.List;

/** The samples of one competitor at one workload, from all its processes. */
final class Measurement {

    private final List<Double> wall = new ArrayList<>();
    private final List<Double> cpu = new ArrayList<>();
    private long peakMegabytes;

    /** Takes a line that a {@link Fork} printed; other output is passed over. */
    void read(String line) {
        String[] parts = line.split(" ");
        if (parts[0].equals(Fork.MARK)) {
            wall.add(Double.valueOf(parts[1]));
            cpu.add(Double.valueOf(parts[2]));
        } else if (parts[0].equals(Fork.MEMORY_MARK)) {
            peakMegabytes = Math.max(peakMegabytes, Long.parseLong(parts[1]));
        }
    }

    boolean isEmpty() {
        return wall.isEmpty();
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

    long peakMegabytes() {
        return peakMegabytes;
    }

    private static double quantile(List<Double> values, double q) {
        return values.stream()
                .sorted()
                .skip((long) (q * (values.size() - 1)))
                .findFirst()
                .orElse(Double.NaN);
    }
}
