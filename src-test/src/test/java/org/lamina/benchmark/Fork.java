package org.lamina.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One process of the benchmark: times a workload and prints a line for each step.
 *
 * <p>Arguments: competitor, index of the workload, seconds to measure.
 */
final class Fork {

    static final String MARK = "@step";
    static final String MEMORY_MARK = "@memory";

    private static final int WARM_UP_STEPS = 5;

    private Fork() {}

    public static void main(String[] args) {
        Competitor competitor = Competitors.named(args[0]);
        Workload workload = Workload.ALL[Integer.parseInt(args[1])];
        double seconds = Double.parseDouble(args[2]);
        Runnable step = competitor.prepare().apply(workload);
        long warmUpEnd = System.nanoTime() + (long) (seconds / 2 * 1e9);
        for (int i = 0; i < WARM_UP_STEPS || System.nanoTime() < warmUpEnd; i++) {
            step.run();
        }
        OperatingSystemMXBean os =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        List<String> lines = new ArrayList<>();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (lines.size() < WARM_UP_STEPS || System.nanoTime() < end) {
            // CPU time has a resolution of 10 ms: a sample is as many steps as last 50 ms.
            long cpu = os.getProcessCpuTime();
            long start = System.nanoTime();
            int steps = 0;
            while (steps == 0 || System.nanoTime() - start < 50_000_000) {
                step.run();
                steps++;
            }
            double wallMillis = (System.nanoTime() - start) / 1e6 / steps;
            double cpuMillis = (os.getProcessCpuTime() - cpu) / 1e6 / steps;
            lines.add(MARK + " " + wallMillis + " " + cpuMillis);
        }
        lines.forEach(System.out::println);
        System.out.println(MEMORY_MARK + " " + peakMegabytes());
        System.exit(0); // ND4J's threads would keep the process
    }

    /** Peak resident memory of this process, or 0 where the system does not tell. */
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
