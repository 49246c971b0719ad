package org.lamina.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One process of the benchmark: does what it is told for one competitor, the argument, and prints a
 * line for each sample. Commands, a line each, answered by {@link #DONE} when they are done:
 *
 * <ul>
 *   <li>{@code prepare TASK SECONDS}: warms up at least that long. A task is the place of a
 *       workload, or the places of two joined by "+", which are sampled in turns.
 *   <li>{@code measure SECONDS}: takes samples for that time.
 *   <li>{@code end}: prints what is known at the end of the task.
 * </ul>
 *
 * <p>Memory is measured for a process with one workload. The Java heap is resident in full from the
 * beginning and is not counted. What remains are the process' peak, libraries and compiled code
 * included, and how much of it came after training steps on a tiny input, when libraries were
 * loaded and code was compiled: parameters, activations, gradients, scratch.
 */
final class Fork {

    static final String PREPARE = "prepare";
    static final String MEASURE = "measure";
    static final String END = "end";

    static final String DONE = "@done";
    static final String SAMPLE = "@sample";
    static final String FINGERPRINT = "@fingerprint";
    static final String MEMORY = "@memory";

    private static final int WARM_UP_STEPS = 5;

    private static final long SLICE_NANOS = 500_000_000;
    private static final long LONGEST_WARM_UP_NANOS = 30_000_000_000L;

    /** Share of the time. An EEGNet step takes 40 ms before, 23 ms after, which is after 10 s. */
    private static final double IDLE_COMPILER = 0.02;

    /** CPU time has a resolution of 10 ms: a sample is as many steps as last so long. */
    private static final long SAMPLE_NANOS = 50_000_000;

    private static final Path RESET = Path.of("/proc/self/clear_refs");
    private static final String RESET_PEAK = "5";

    private final Competitor competitor;
    private final OperatingSystemMXBean os =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** What is measured now, by place. */
    private final Map<Integer, Workload.Step> steps = new TreeMap<>();

    /** Memory before the first task, in MB. */
    private double before = Double.NaN;

    private Fork(Competitor competitor) {
        this.competitor = competitor;
    }

    public static void main(String[] args) throws IOException {
        Fork fork = new Fork(Competitor.valueOf(args[0]));
        BufferedReader commands =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] command = line.split(" ");
            switch (command[0]) {
                case PREPARE -> fork.prepare(command[1], Double.parseDouble(command[2]));
                case MEASURE -> fork.measure(Double.parseDouble(command[1]));
                case END -> fork.end();
                default -> throw new IllegalArgumentException(line);
            }
            System.out.println(DONE);
        }
        System.exit(0); // ND4J's threads would keep the process
    }

    private void prepare(String task, double seconds) throws IOException {
        int[] workloads = Arrays.stream(task.split("\\+")).mapToInt(Integer::parseInt).toArray();
        if (measuresMemory(workloads)) {
            before = residentBefore(Workloads.ALL.get(workloads[0]).tiny(), seconds);
        }
        for (int workload : workloads) {
            steps.put(workload, Workloads.ALL.get(workload).prepare(competitor));
        }
        warmUp(steps.values(), steps.size() * seconds);
    }

    /** Of a single workload only: two in a process share it. */
    static boolean measuresMemory(int... workloads) {
        return workloads.length == 1 && Workloads.ALL.get(workloads[0]).alone();
    }

    private void measure(double seconds) {
        steps.values().forEach(Runnable::run); // others have used the caches meanwhile
        long end = System.nanoTime() + (long) (steps.size() * seconds * 1e9);
        do {
            steps.forEach(this::sample);
        } while (System.nanoTime() < end);
    }

    private void end() throws IOException {
        steps.forEach((workload, step) -> print(FINGERPRINT, workload, step.fingerprint()));
        steps.values().forEach(Workload.Step::close);
        System.gc(); // the next workload finds the memory free
        int[] workloads = steps.keySet().stream().mapToInt(Integer::intValue).toArray();
        if (measuresMemory(workloads)) {
            double peak = megabytes("VmHWM:");
            double heap = Runtime.getRuntime().totalMemory() / 1024.0 / 1024;
            print(MEMORY, workloads[0], peak - heap, peak - before);
        }
        steps.clear();
    }

    private double residentBefore(Workload tiny, double seconds) throws IOException {
        if (tiny.isFor(competitor)) {
            Workload.Step step = tiny.prepare(competitor);
            warmUp(List.of(step), seconds);
            step.close();
        }
        if (Files.exists(RESET)) {
            Files.writeString(RESET, RESET_PEAK);
        }
        return megabytes("VmRSS:");
    }

    /** At least that long, and until the JVM has hardly anything left to compile. */
    private static void warmUp(Collection<Workload.Step> steps, double seconds) {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        long start = System.nanoTime();
        long compiled;
        long sliceStart;
        do {
            compiled = compiler.getTotalCompilationTime();
            sliceStart = System.nanoTime();
            for (int i = 0;
                    i < WARM_UP_STEPS || System.nanoTime() - sliceStart < SLICE_NANOS;
                    i++) {
                steps.forEach(Runnable::run);
            }
            compiled = compiler.getTotalCompilationTime() - compiled;
        } while (System.nanoTime() - start < seconds * 1e9
                || compiled * 1e6 > IDLE_COMPILER * (System.nanoTime() - sliceStart)
                        && System.nanoTime() - start < LONGEST_WARM_UP_NANOS);
    }

    private void sample(int workload, Workload.Step step) {
        long cpu = os.getProcessCpuTime();
        long start = System.nanoTime();
        int count = 0;
        while (count == 0 || System.nanoTime() - start < SAMPLE_NANOS) {
            step.run();
            count++;
        }
        double wallMillis = (System.nanoTime() - start) / 1e6 / count;
        double cpuMillis = (os.getProcessCpuTime() - cpu) / 1e6 / count;
        print(SAMPLE, workload, wallMillis, cpuMillis);
    }

    private static void print(String mark, int workload, double... values) {
        StringBuilder line = new StringBuilder(mark).append(' ').append(workload);
        for (double value : values) {
            line.append(' ').append(value);
        }
        System.out.println(line);
    }

    /** A line of the process' status, NaN where the system does not tell. */
    private static double megabytes(String key) throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return Double.NaN;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith(key))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                .findFirst()
                .orElse(Double.NaN);
    }
}
