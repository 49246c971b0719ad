package org.lamina.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;

/** The table on the console, the JSON file and the chart. */
final class Report {

    /** Larger relative differences of fingerprints are reported; float, thousands of terms. */
    private static final double SAME = 1e-3;

    private final Map<Integer, Map<Competitor, Measurement>> results;
    private final int rounds;
    private final String seconds;
    private final int threads;

    Report(
            Map<Integer, Map<Competitor, Measurement>> results,
            int rounds,
            String seconds,
            int threads) {
        this.results = results;
        this.rounds = rounds;
        this.seconds = seconds;
        this.threads = threads;
    }

    void write(Path folder) throws IOException {
        System.out.printf(
                "%n%d rounds of %s s, %d threads, %s, Java %s%n",
                rounds, seconds, threads, Benchmark.processor(), Runtime.version());
        System.out.println(
                "Median ms (CPU ms); x = time over Lamina's, so that more than 1 is slower than"
                        + " Lamina; spread: half the distance of the quartiles over the median");
        List<Map<String, Object>> rows = new ArrayList<>();
        results.forEach((workload, row) -> rows.addAll(row(Workloads.ALL.get(workload), row)));
        summary();
        Files.createDirectories(folder);
        Path json = folder.resolve("benchmark.json");
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(
                        json.toFile(),
                        Map.of(
                                "threads", threads,
                                "processor", Benchmark.processor(),
                                "results", rows));
        chart(folder);
        System.out.println("Written: " + json + " and benchmark.svg");
    }

    private List<Map<String, Object>> row(Workload workload, Map<Competitor, Measurement> row) {
        System.out.printf("%n%s (%s)%n", workload.id(), workload.size());
        Measurement reference = row.get(Competitor.LAMINA);
        List<Map<String, Object>> entries = new ArrayList<>();
        row.forEach(
                (competitor, m) -> {
                    double ratio = m.wallMillis() / reference.wallMillis();
                    System.out.printf(
                            Locale.ROOT,
                            "  %-30s %9.2f (%9.2f) x %6.2f  spread %3.0f%%  %5d MB %s%n",
                            competitor,
                            m.wallMillis(),
                            m.cpuMillis(),
                            ratio,
                            100 * m.spread(),
                            m.peakMegabytes(),
                            difference(m.fingerprint(), reference.fingerprint()));
                    Map<String, Object> entry = new LinkedHashMap<>();
                    entry.put("workload", workload.id());
                    entry.put("size", workload.size());
                    entry.put("competitor", competitor.toString());
                    entry.put("wallMillis", m.wallMillis());
                    entry.put("cpuMillis", m.cpuMillis());
                    entry.put("spread", m.spread());
                    entry.put("timesLamina", ratio);
                    entry.put("peakMegabytes", m.peakMegabytes());
                    entry.put("samples", m.samples());
                    entries.add(entry);
                });
        return entries;
    }

    private static String difference(double a, double b) {
        double difference = Math.abs(a - b) / Math.max(Math.abs(b), 1e-12);
        return difference > SAME ? "OTHER OUTPUT, differs by " + difference : "";
    }

    /** Geometric means of the ratios, layers and networks apart. */
    private void summary() {
        System.out.println();
        for (Workload.Mode mode : Workload.Mode.values()) {
            for (Competitor competitor : Competitor.values()) {
                double[] logarithms =
                        results.entrySet().stream()
                                .filter(e -> Workloads.ALL.get(e.getKey()).mode() == mode)
                                .map(Map.Entry::getValue)
                                .filter(row -> row.containsKey(competitor))
                                .mapToDouble(row -> Math.log(ratio(row, competitor)))
                                .toArray();
                if (logarithms.length > 0 && competitor != Competitor.LAMINA) {
                    double mean = Math.exp(Arrays.stream(logarithms).average().orElseThrow());
                    System.out.printf(
                            Locale.ROOT,
                            "%s, %s: geometric mean of %d ratios %.2f%n",
                            mode,
                            competitor,
                            logarithms.length,
                            mean);
                }
            }
        }
    }

    private static double ratio(Map<Competitor, Measurement> row, Competitor competitor) {
        return row.get(competitor).wallMillis() / row.get(Competitor.LAMINA).wallMillis();
    }

    private void chart(Path folder) throws IOException {
        CategoryChart chart =
                new CategoryChartBuilder()
                        .width(1600)
                        .height(700)
                        .title("Time over Lamina's, typical sizes")
                        .yAxisTitle("times")
                        .build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setXAxisLabelRotation(60);
        List<Integer> shown =
                results.keySet().stream()
                        .filter(w -> Workloads.ALL.get(w).size().equals("typical"))
                        .toList();
        if (shown.isEmpty()) {
            return;
        }
        List<String> names = shown.stream().map(w -> name(Workloads.ALL.get(w))).toList();
        for (Competitor competitor : Competitor.values()) {
            List<Double> ratios =
                    shown.stream()
                            .map(results::get)
                            .map(row -> row.containsKey(competitor) ? ratio(row, competitor) : null)
                            .toList();
            if (ratios.stream().anyMatch(r -> r != null)) {
                chart.addSeries(competitor.toString(), names, ratios);
            }
        }
        VectorGraphicsEncoder.saveVectorGraphic(
                chart,
                folder.resolve("benchmark").toString(),
                VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
    }

    private static String name(Workload workload) {
        return workload.name() + ", " + workload.mode();
    }
}
