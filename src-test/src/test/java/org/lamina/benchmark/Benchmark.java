package org.lamina.benchmark;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Runs every competitor at every workload in processes that take turns, prints a table and writes
 * {@code benchmark.json} and charts.
 *
 * <p>System properties: {@code benchmark.rounds} (processes for each competitor, default 3), {@code
 * benchmark.seconds} (time for each workload in each process, default 0.5), {@code
 * benchmark.threads} (default 2), {@code benchmark.only} (regular expression for name, mode, shape
 * and size of workloads; default all), {@code benchmark.out} (folder, default target/benchmark).
 */
final class Benchmark {

    private static final String ONEDNN_JAR = "onednn";

    private final int rounds = Integer.getInteger("benchmark.rounds", 3);
    private final String seconds = System.getProperty("benchmark.seconds", "0.5");
    private final int threads = Integer.getInteger("benchmark.threads", 2);
    private final Pattern only = Pattern.compile(System.getProperty("benchmark.only", ""));
    private final Path out = Path.of(System.getProperty("benchmark.out", "target/benchmark"));
    private final Map<Integer, Map<Competitor, Measurement>> results = new TreeMap<>();

    private Benchmark() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        new Benchmark().run();
    }

    private void run() throws IOException, InterruptedException {
        List<Integer> layers = new ArrayList<>();
        List<Integer> networks = new ArrayList<>();
        for (int i = 0; i < Workloads.ALL.size(); i++) {
            Workload workload = Workloads.ALL.get(i);
            if (only.matcher(workload.id() + ", " + workload.size()).find()) {
                (workload instanceof LayerWorkload ? layers : networks).add(i);
            }
        }
        for (int round = 0; round < rounds; round++) {
            for (Competitor competitor : Competitor.values()) {
                // Networks have a process each, so that their memory is theirs alone.
                for (int network : networks) {
                    fork(competitor, List.of(network));
                }
                fork(competitor, layers);
                System.out.printf("Round %d of %d: %s%n", round + 1, rounds, competitor);
            }
        }
        new Report(results, rounds, seconds, threads).write(out);
    }

    private void fork(Competitor competitor, List<Integer> workloads)
            throws IOException, InterruptedException {
        if (workloads.isEmpty()) {
            return;
        }
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx4g",
                                "-Dai.djl.offline=true",
                                "-Dai.djl.pytorch.num_threads=" + threads,
                                "-cp",
                                classPath(competitor.oneDnn()),
                                Fork.class.getName(),
                                competitor.name(),
                                seconds));
        workloads.forEach(w -> command.add(String.valueOf(w)));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("OMP_NUM_THREADS", String.valueOf(threads));
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = builder.start();
        try (BufferedReader reader = process.inputReader()) {
            reader.lines().forEach(line -> read(competitor, line.split(" ")));
        }
        if (process.waitFor() != 0) {
            throw new IllegalStateException(
                    competitor + " ended with exit code " + process.exitValue());
        }
    }

    /** Takes a line that a {@link Fork} printed; other output is passed over. */
    private void read(Competitor competitor, String[] parts) {
        if (!parts[0].startsWith("@")) {
            return;
        }
        Measurement m =
                results.computeIfAbsent(
                                Integer.valueOf(parts[1]), w -> new EnumMap<>(Competitor.class))
                        .computeIfAbsent(competitor, c -> new Measurement());
        switch (parts[0]) {
            case Fork.SAMPLE:
                m.sample(Double.parseDouble(parts[2]), Double.parseDouble(parts[3]));
                break;
            case Fork.FINGERPRINT:
                m.fingerprint(Double.parseDouble(parts[2]));
                break;
            case Fork.MEMORY:
                m.memory(Long.parseLong(parts[2]));
                break;
            default:
                break;
        }
    }

    /** This process' class path, without ND4J's oneDNN build if it is not wanted. */
    private static String classPath(boolean oneDnn) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> oneDnn || !new File(entry).getName().contains(ONEDNN_JAR))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The processor's name. */
    static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 2))
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }
}
