package org.lamina.benchmark;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs every competitor at every workload in processes that take turns, prints tables and writes
 * {@code benchmark.json} and charts.
 *
 * <p>System properties: {@code benchmark.rounds} (processes for each competitor, default 3), {@code
 * benchmark.seconds} (time for each workload in each process, default 0.5), {@code
 * benchmark.threads} (default 2), {@code benchmark.only} (regular expression for name, mode, shape
 * and size of workloads; default all), {@code benchmark.competitors} (the same for their names),
 * {@code benchmark.out} (folder, default target/benchmark).
 */
final class Benchmark {

    private static final String ONEDNN_JAR = "onednn";

    private final int rounds = Integer.getInteger("benchmark.rounds", 3);
    private final String seconds = System.getProperty("benchmark.seconds", "0.5");
    private final int threads = Integer.getInteger("benchmark.threads", 2);
    private final Pattern only = Pattern.compile(System.getProperty("benchmark.only", ""));
    private final Pattern competitors =
            Pattern.compile(System.getProperty("benchmark.competitors", ""));
    private final Path out = Path.of(System.getProperty("benchmark.out", "target/benchmark"));
    private final Results results = new Results();

    private Benchmark() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        new Benchmark().run();
    }

    private void run() throws IOException, InterruptedException {
        TreeSet<Integer> chosen = new TreeSet<>();
        for (int i = 0; i < Workloads.ALL.size(); i++) {
            Workload workload = Workloads.ALL.get(i);
            if (only.matcher(workload.id() + ", " + workload.size()).find()) {
                chosen.add(i);
                chosen.add(Workloads.partner(i));
            }
        }
        if (chosen.stream().anyMatch(i -> Workloads.ALL.get(i).flops() > 0)) {
            chosen.add(Workloads.ALL.indexOf(Workloads.GEMM));
        }
        for (int round = 0; round < rounds; round++) {
            for (Competitor competitor : Competitor.values()) {
                if (!competitors.matcher(competitor.toString()).find()) {
                    continue;
                }
                for (List<String> tasks : processes(competitor, chosen)) {
                    fork(competitor, tasks);
                }
                System.out.printf("Round %d of %d: %s%n", round + 1, rounds, competitor);
            }
        }
        new Report(results).write(out, rounds, seconds, threads);
    }

    /**
     * What each process of a competitor has to do: tasks, which are a workload, or two that it does
     * in turns, "3+4".
     */
    private static List<List<String>> processes(Competitor competitor, TreeSet<Integer> chosen) {
        List<List<String>> processes = new ArrayList<>();
        List<String> shared = new ArrayList<>();
        for (int i : chosen) {
            Workload workload = Workloads.ALL.get(i);
            int partner = Workloads.partner(i);
            if (partner < i || !workload.isFor(competitor)) {
                continue;
            }
            String task = partner == i ? String.valueOf(i) : i + "+" + partner;
            if (workload.alone()) {
                processes.add(List.of(task));
            } else {
                shared.add(task);
            }
        }
        if (!shared.isEmpty()) {
            processes.add(shared);
        }
        return processes;
    }

    private void fork(Competitor competitor, List<String> tasks)
            throws IOException, InterruptedException {
        List<String> command =
                Stream.concat(
                                Stream.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        // The heap is there from the beginning: what a step adds to
                                        // the process are arrays.
                                        "-Xms1g",
                                        "-Xmx1g",
                                        "-XX:+AlwaysPreTouch",
                                        "-Dorg.bytedeco.javacpp.maxbytes=6g",
                                        "-Dorg.bytedeco.javacpp.maxphysicalbytes=12g",
                                        "-Dai.djl.offline=true",
                                        "-Dai.djl.pytorch.num_threads=" + threads,
                                        "-cp",
                                        classPath(competitor.oneDnn()),
                                        Fork.class.getName(),
                                        competitor.name(),
                                        seconds),
                                tasks.stream())
                        .toList();
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("OMP_NUM_THREADS", String.valueOf(threads));
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = builder.start();
        try (BufferedReader reader = process.inputReader()) {
            reader.lines().forEach(line -> read(competitor, line.split(" ")));
        }
        if (process.waitFor() != 0) {
            throw new IllegalStateException(
                    competitor + " ended with exit code " + process.exitValue() + ": " + tasks);
        }
    }

    /** Takes a line that a {@link Fork} printed; other output is passed over. */
    private void read(Competitor competitor, String[] parts) {
        if (!parts[0].startsWith("@")) {
            return;
        }
        Measurement m = results.add(Workloads.ALL.get(Integer.parseInt(parts[1])), competitor);
        double value = Double.parseDouble(parts[2]);
        switch (parts[0]) {
            case Fork.SAMPLE:
                m.sample(value, Double.parseDouble(parts[3]));
                break;
            case Fork.FINGERPRINT:
                m.fingerprint(value);
                break;
            case Fork.MEMORY:
                m.memory(value, Double.parseDouble(parts[3]));
                break;
            default:
                throw new IllegalStateException(String.join(" ", parts));
        }
    }

    /** This process' class path, without ND4J's oneDNN build if it is not wanted. */
    private static String classPath(boolean oneDnn) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> oneDnn || !new File(entry).getName().contains(ONEDNN_JAR))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
