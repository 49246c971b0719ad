package org.lamina.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The tables on the console and the JSON file. */
final class Report {

    /** Larger relative differences of fingerprints are reported; float, thousands of terms. */
    private static final double SAME = 1e-3;

    private final Results results;

    Report(Results results) {
        this.results = results;
    }

    void write(Path folder, int rounds, String seconds, int threads) throws IOException {
        System.out.printf(
                "%n%d rounds of %s s, %d threads, %s, Java %s%n",
                rounds, seconds, threads, processor(), Runtime.version());
        System.out.println(
                "Median ms (CPU ms); x = time over Lamina's, so that more than 1 is slower than"
                        + " Lamina; spread: half the distance of the quartiles over the median;"
                        + " MB: what the work added to its process (all of the process but the Java"
                        + " heap); GFLOP/s of the convolutions"
                        + " (share of the GFLOP/s of a product of matrices)");
        List<Map<String, Object>> rows = new ArrayList<>();
        results.workloads().forEach(workload -> rows.addAll(rows(workload)));
        geometricMeans();
        List<Target> targets = Target.of(results);
        print(targets);
        Files.createDirectories(folder);
        Path json = folder.resolve("benchmark.json");
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("processor", processor());
        all.put("threads", threads);
        all.put("rounds", rounds);
        all.put("seconds", seconds);
        all.put("targets", targets.stream().map(Report::entry).toList());
        all.put("results", rows);
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(json.toFile(), all);
        System.out.println("Written: " + json);
        new Charts(results).write(folder).forEach(chart -> System.out.println("Written: " + chart));
    }

    private List<Map<String, Object>> rows(Workload workload) {
        System.out.printf("%n%s (%s)%n", workload.id(), workload.size());
        double reference = results.of(workload, Competitor.LAMINA, Measurement::fingerprint);
        List<Map<String, Object>> entries = new ArrayList<>();
        results.row(workload)
                .forEach(
                        (competitor, m) -> {
                            Map<String, Object> entry = entry(workload, competitor, m);
                            boolean same = same(m.fingerprint(), reference);
                            if (!Double.isNaN(m.fingerprint() - reference)) {
                                entry.put("sameOutput", same);
                            }
                            entries.add(entry);
                            System.out.printf(
                                    Locale.ROOT,
                                    "  %-28s %9.2f (%9.2f) x %6.2f  spread %3.0f%%%s%s%n",
                                    competitor,
                                    m.wallMillis(),
                                    m.cpuMillis(),
                                    results.ratio(workload, competitor, Competitor.LAMINA),
                                    100 * m.spread(),
                                    extras(workload, competitor),
                                    same
                                            ? ""
                                            : "  OTHER OUTPUT: %s, not %s"
                                                    .formatted(m.fingerprint(), reference));
                        });
        return entries;
    }

    private Map<String, Object> entry(Workload workload, Competitor competitor, Measurement m) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("workload", workload.id());
        entry.put("size", workload.size());
        entry.put("competitor", competitor.toString());
        entry.put("wallMillis", m.wallMillis());
        entry.put("cpuMillis", m.cpuMillis());
        entry.put("spread", m.spread());
        entry.put("samples", m.samples());
        put(entry, "timesLamina", results.ratio(workload, competitor, Competitor.LAMINA));
        put(entry, "peakMegabytes", m.peakMegabytes());
        put(entry, "addedMegabytes", m.addedMegabytes());
        if (workload.flops() > 0) {
            put(entry, "gigaflops", results.gigaflops(workload, competitor));
            put(entry, "shareOfGemm", results.shareOfGemm(workload, competitor));
        }
        return entry;
    }

    private static void put(Map<String, Object> entry, String key, double value) {
        if (!Double.isNaN(value)) {
            entry.put(key, value);
        }
    }

    private String extras(Workload workload, Competitor competitor) {
        String text = "";
        double memory = results.of(workload, competitor, Measurement::addedMegabytes);
        if (!Double.isNaN(memory)) {
            double peak = results.of(workload, competitor, Measurement::peakMegabytes);
            text += String.format(Locale.ROOT, "  %6.0f MB (%.0f)", memory, peak);
        }
        double share = results.shareOfGemm(workload, competitor);
        if (share > 0) {
            text +=
                    String.format(
                            Locale.ROOT,
                            "  %6.1f GFLOP/s (%.2f)",
                            results.gigaflops(workload, competitor),
                            share);
        }
        return text;
    }

    /** NaN stands for outputs that are not to be compared. */
    private static boolean same(double a, double b) {
        return !(Math.abs(a - b) > SAME * Math.max(Math.abs(b), 1e-12));
    }

    private void geometricMeans() {
        System.out.println();
        for (Workload.Mode mode : Workload.Mode.values()) {
            for (Competitor competitor : Competitor.values()) {
                List<Double> ratios =
                        results.ratios(
                                w -> w.mode() == mode && w != Workloads.GEMM,
                                competitor,
                                Competitor.LAMINA);
                if (!ratios.isEmpty() && competitor != Competitor.LAMINA) {
                    System.out.printf(
                            Locale.ROOT,
                            "%s, %s: geometric mean of %d ratios to Lamina %.2f%n",
                            mode,
                            competitor,
                            ratios.size(),
                            Results.geometricMean(ratios));
                }
            }
        }
    }

    private static void print(List<Target> targets) {
        System.out.printf("%n%-92s %9s %9s%n", "Target", "measured", "wanted");
        for (Target t : targets) {
            System.out.printf(
                    Locale.ROOT,
                    "%-92s %9.3f %4s %4s  %s%n",
                    t.what(),
                    t.value(),
                    t.atMost() ? "<=" : ">=",
                    t.limit(),
                    t.holds() ? "holds" : "MISSED");
        }
    }

    private static Map<String, Object> entry(Target target) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("what", target.what());
        entry.put("measured", target.value());
        entry.put(target.atMost() ? "atMost" : "atLeast", target.limit());
        entry.put("holds", target.holds());
        return entry;
    }

    /** The processor's name. */
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
