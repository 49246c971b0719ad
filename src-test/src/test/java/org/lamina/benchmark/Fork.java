package org.lamina.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One process of the benchmark: times workloads for one competitor and prints a line for each
 * sample.
 *
 * <p>Arguments: competitor, seconds to measure each workload, indices of the workloads.
 */
final class Fork {

    static final String SAMPLE = "@sample";
    static final String FINGERPRINT = "@fingerprint";
    static final String MEMORY = "@memory";

    private static final int WARM_UP_STEPS = 5;

    /** CPU time has a resolution of 10 ms: a sample is as many steps as last so long. */
    private static final long SAMPLE_NANOS = 50_000_000;

    private Fork() {}

    public static void main(String[] args) {
        Competitor competitor = Competitor.valueOf(args[0]);
        double seconds = Double.parseDouble(args[1]);
        for (int i = 2; i < args.length; i++) {
            int workload = Integer.parseInt(args[i]);
            Workload.Step step = Workloads.ALL.get(workload).prepare(competitor);
            if (step != null) {
                measure(workload, step, seconds);
            }
        }
        System.exit(0); // ND4J's threads would keep the process
    }

    private static void measure(int workload, Workload.Step step, double seconds) {
        long warmUpEnd = System.nanoTime() + (long) (seconds / 2 * 1e9);
        for (int i = 0; i < WARM_UP_STEPS || System.nanoTime() < warmUpEnd; i++) {
            step.run();
        }
        OperatingSystemMXBean os =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        StringBuilder lines = new StringBuilder();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        for (int sample = 0; sample < WARM_UP_STEPS || System.nanoTime() < end; sample++) {
            long cpu = os.getProcessCpuTime();
            long start = System.nanoTime();
            int steps = 0;
            while (steps == 0 || System.nanoTime() - start < SAMPLE_NANOS) {
                step.run();
                steps++;
            }
            double wallMillis = (System.nanoTime() - start) / 1e6 / steps;
            double cpuMillis = (os.getProcessCpuTime() - cpu) / 1e6 / steps;
            lines.append(line(SAMPLE, workload, wallMillis + " " + cpuMillis));
        }
        lines.append(line(FINGERPRINT, workload, step.fingerprint()));
        lines.append(line(MEMORY, workload, peakMegabytes()));
        System.out.print(lines);
    }

    private static String line(String mark, int workload, Object value) {
        return mark + " " + workload + " " + value + "\n";
    }

    /** Peak resident memory of this process so far, or 0 where the system does not tell. */
    private static long peakMegabytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
                }
            }
        } catch (IOException e) {
            return 0;
        }
        return 0;
    }
}
