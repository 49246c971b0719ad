package org.lamina.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;

/**
 * Runs every competitor at every workload in processes that take turns, prints a table and writes
 * {@code benchmark.json} and a chart for each workload.
 *
 * <p>System properties: {@code benchmark.rounds} (processes for each competitor, default 3), {@code
 * benchmark.seconds} (time measured in each, default 5), {@code benchmark.threads} (default 2),
 * {@code benchmark.out} (folder, default target/benchmark).
 */
final class Benchmark {

    private static final String ONEDNN_JAR = "onednn";

    private Benchmark() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        int rounds = Integer.getInteger("benchmark.rounds", 3);
        String seconds = System.getProperty("benchmark.seconds", "5");
        int threads = Integer.getInteger("benchmark.threads", 2);
        Path out = Path.of(System.getProperty("benchmark.out", "target/benchmark"));
        Files.createDirectories(out);
        List<Map<String, Object>> rows = new ArrayList<>();
        System.out.printf(
                "%d rounds of %s s, %d threads, %s, Java %s%n",
                rounds, seconds, threads, processor(), Runtime.version());
        for (int w = 0; w < Workload.ALL.length; w++) {
            Map<String, Measurement> results = new LinkedHashMap<>();
            for (int round = 0; round < rounds; round++) {
                for (Competitor competitor : Competitors.ALL) {
                    Measurement m =
                            results.computeIfAbsent(competitor.name(), n -> new Measurement());
                    fork(competitor, w, seconds, threads, m);
                }
            }
            report(Workload.ALL[w], results, rows);
            chart(Workload.ALL[w], results, out);
        }
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(
                        out.resolve("benchmark.json").toFile(),
                        Map.of("threads", threads, "processor", processor(), "results", rows));
        System.out.println("Written: " + out.resolve("benchmark.json"));
    }

    private static void fork(
            Competitor competitor, int workload, String seconds, int threads, Measurement m)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx4g",
                        "-cp",
                        classPath(competitor.oneDnn()),
                        Fork.class.getName(),
                        competitor.name(),
                        String.valueOf(workload),
                        seconds);
        builder.environment().put("OMP_NUM_THREADS", String.valueOf(threads));
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = builder.start();
        try (BufferedReader reader = process.inputReader()) {
            reader.lines().forEach(m::read);
        }
        if (process.waitFor() != 0 || m.isEmpty()) {
            throw new IllegalStateException(
                    competitor.name() + " ended with exit code " + process.exitValue());
        }
    }

    /** This process' class path, without ND4J's oneDNN build if it is not wanted. */
    private static String classPath(boolean oneDnn) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(
                        entry ->
                                oneDnn
                                        || !Path.of(entry)
                                                .getFileName()
                                                .toString()
                                                .contains(ONEDNN_JAR))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static void report(
            Workload workload, Map<String, Measurement> results, List<Map<String, Object>> rows) {
        System.out.printf("%n%s%n", workload.id());
        System.out.printf(
                "%-30s %10s %10s %8s %8s %12s %8s%n",
                "", "wall ms", "CPU ms", "spread", "ratio", "peak MB", "samples");
        Measurement reference = results.values().iterator().next();
        results.forEach(
                (name, m) -> {
                    double ratio = m.wallMillis() / reference.wallMillis();
                    System.out.printf(
                            Locale.ROOT,
                            "%-30s %10.1f %10.1f %7.0f%% %8.2f %12d %8d%n",
                            name,
                            m.wallMillis(),
                            m.cpuMillis(),
                            100 * m.spread(),
                            ratio,
                            m.peakMegabytes(),
                            m.samples());
                    Map<String, Object> row = new LinkedHashMap<>();
                    row.put("workload", workload.id());
                    row.put("competitor", name);
                    row.put("wallMillis", m.wallMillis());
                    row.put("cpuMillis", m.cpuMillis());
                    row.put("spread", m.spread());
                    row.put("ratio", ratio);
                    row.put("peakMegabytes", m.peakMegabytes());
                    row.put("samples", m.samples());
                    rows.add(row);
                });
    }

    private static void chart(Workload workload, Map<String, Measurement> results, Path out)
            throws IOException {
        CategoryChart chart =
                new CategoryChartBuilder()
                        .width(900)
                        .height(400)
                        .title(workload.id())
                        .yAxisTitle("milliseconds")
                        .build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        List<String> names = new ArrayList<>(results.keySet());
        chart.addSeries(
                "wall", names, results.values().stream().map(Measurement::wallMillis).toList());
        chart.addSeries(
                "CPU", names, results.values().stream().map(Measurement::cpuMillis).toList());
        String file = workload.id().replaceAll("[^A-Za-z0-9]+", "-").toLowerCase(Locale.ROOT);
        VectorGraphicsEncoder.saveVectorGraphic(
                chart,
                out.resolve(file).toString(),
                VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
    }

    private static String processor() {
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
