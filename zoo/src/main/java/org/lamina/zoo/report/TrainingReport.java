package org.lamina.zoo.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.evaluation.Metrics;
import org.lamina.zoo.io.AtomicFile;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.training.TrainingHistory;

/**
 * The report of a training run, as one HTML file without external links, which is also well-formed
 * XML.
 *
 * @param title heading
 * @param model the trained model
 * @param train its training epochs, from which spatial patterns are computed; null for images
 * @param history of the training
 * @param keptEpoch number of the epoch with the model's parameters
 * @param results performance by name of the set ("test", ...); the first one is highlighted
 * @param facts about the data, name and value
 * @param settings of the run, name and value
 * @param commands suggested next
 * @param propagation of noise through the untrained network; null if it was not measured
 */
public record TrainingReport(
        String title,
        ModelFile model,
        EpochSet train,
        TrainingHistory history,
        int keptEpoch,
        Map<String, Metrics> results,
        Map<String, String> facts,
        Map<String, String> settings,
        List<String> commands,
        SignalPropagation propagation) {
    private static final int SPECTRUM_POINTS = 160;

    /**
     * Writes the file atomically.
     *
     * @param file to create or replace
     * @throws IOException if it cannot be written
     */
    public void write(Path file) throws IOException {
        AtomicFile.write(file, html());
    }

    /**
     * @return the file's content
     * @throws IOException if the template cannot be read
     */
    public String html() throws IOException {
        return Page.html("report.html", values());
    }

    private Map<String, Object> values() {
        Map.Entry<String, Metrics> first = results.entrySet().iterator().next();
        Metrics main = first.getValue();
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("title", title);
        values.put("subtitle", model.card().data());
        values.put("simulated", model.card().simulated());
        values.put("set", first.getKey());
        values.put("accuracy", Page.score(main.accuracy()));
        values.put("balancedAccuracy", Page.score(main.balancedAccuracy()));
        values.put("auc", Page.score(main.auc()));
        values.put("examples", main.examples());
        values.put("chance", Page.score(1.0 / main.classes().size()));
        values.put("epochs", history.size());
        values.put("keptEpoch", keptEpoch);
        values.put("seconds", String.format(Locale.ROOT, "%.1f", history.seconds()));
        values.put("parameters", String.format(Locale.ROOT, "%,d", model.network().numParams()));
        values.put("classes", main.classes());
        values.put("confusion", Page.confusion(main.classes(), main.confusion()));
        values.put("results", resultRows());
        values.put("lossChart", lossChart());
        values.put("accuracyChart", accuracyChart());
        values.put("facts", Page.pairs(facts));
        values.put("settings", Page.pairs(settings));
        values.put("commands", commands);
        values.put("images", train == null);
        values.put("signal", propagation != null);
        if (propagation != null) {
            values.put("varianceChart", propagation.varianceChart());
            values.put("residualChart", propagation.residualChart());
            values.put("squaredMeanChart", propagation.squaredMeanChart());
        }
        if (train != null) {
            values.putAll(filters());
        }
        return values;
    }

    private Map<String, Object> filters() {
        Map<String, Object> values = new LinkedHashMap<>();
        Optional<EegFilters> filters = EegFilters.of(model.network(), model.normalizer(), train);
        ScalpMap map = new ScalpMap(train.channels());
        values.put("hasFilters", filters.isPresent());
        values.put("filters", filters.map(found -> filterRows(found, map)).orElse(List.of()));
        values.put("isMap", map.isMap());
        return values;
    }

    private List<Map<String, Object>> resultRows() {
        List<Map<String, Object>> rows = new ArrayList<>();
        results.forEach(
                (name, metrics) ->
                        rows.add(
                                Map.of(
                                        "name", name,
                                        "examples", metrics.examples(),
                                        "accuracy", Page.score(metrics.accuracy()),
                                        "balancedAccuracy", Page.score(metrics.balancedAccuracy()),
                                        "kappa", Page.score(metrics.kappa()),
                                        "auc", Page.score(metrics.auc()),
                                        "f1", Page.score(metrics.f1()),
                                        "loss", Page.score(metrics.loss()))));
        return rows;
    }

    private String lossChart() {
        List<Charts.Line> lines = new ArrayList<>();
        lines.add(line("training", Charts.BLUE, TrainingHistory.Epoch::loss));
        if (hasValidation()) {
            lines.add(line("validation", Charts.ORANGE, TrainingHistory.Epoch::validationLoss));
        }
        return Charts.large("epoch", "loss", lines, null);
    }

    private String accuracyChart() {
        List<Charts.Line> lines = new ArrayList<>();
        lines.add(line("training", Charts.BLUE, TrainingHistory.Epoch::trainAccuracy));
        if (hasValidation()) {
            lines.add(line("validation", Charts.ORANGE, TrainingHistory.Epoch::validationAccuracy));
        }
        return Charts.large("epoch", "accuracy", lines, 1.0);
    }

    private boolean hasValidation() {
        return history.epochs().get(0).validationLoss() != null;
    }

    private Charts.Line line(
            String name,
            java.awt.Color color,
            java.util.function.ToDoubleFunction<TrainingHistory.Epoch> value) {
        double[] x = history.epochs().stream().mapToDouble(TrainingHistory.Epoch::number).toArray();
        double[] y = history.epochs().stream().mapToDouble(value).toArray();
        return new Charts.Line(name, x, y, color);
    }

    private List<Map<String, Object>> filterRows(EegFilters filters, ScalpMap map) {
        double rate = train.samplingRate();
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int f = 0; f < filters.temporal().length; f++) {
            double[] weights = filters.temporal()[f];
            double[] milliseconds = new double[weights.length];
            for (int t = 0; t < weights.length; t++) {
                milliseconds[t] = 1000 * t / rate;
            }
            double[][] spectrum = spectrum(weights, rate);
            int peak = 0;
            for (int i = 1; i < SPECTRUM_POINTS; i++) {
                peak = spectrum[1][i] > spectrum[1][peak] ? i : peak;
            }
            List<String> patterns = new ArrayList<>();
            for (double[] pattern : filters.patterns()[f]) {
                patterns.add(map.svg(pattern));
            }
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("number", f + 1);
            row.put("peak", String.format(Locale.ROOT, "%.1f", spectrum[0][peak]));
            row.put(
                    "time",
                    Charts.small("ms", new Charts.Line("w", milliseconds, weights, Charts.BLUE)));
            row.put(
                    "spectrum",
                    Charts.small(
                            "Hz", new Charts.Line("w", spectrum[0], spectrum[1], Charts.ORANGE)));
            row.put("patterns", patterns);
            rows.add(row);
        }
        return rows;
    }

    /**
     * Frequencies from 0 to half the sampling rate, at most 60 Hz, and the gain of the filter at
     * each.
     */
    private static double[][] spectrum(double[] weights, double rate) {
        double[] hertz = new double[SPECTRUM_POINTS];
        double[] gain = new double[SPECTRUM_POINTS];
        double top = Math.min(60, rate / 2);
        for (int i = 0; i < SPECTRUM_POINTS; i++) {
            hertz[i] = top * i / (SPECTRUM_POINTS - 1);
            double real = 0;
            double imaginary = 0;
            for (int t = 0; t < weights.length; t++) {
                double angle = 2 * Math.PI * hertz[i] * t / rate;
                real += weights[t] * Math.cos(angle);
                imaginary -= weights[t] * Math.sin(angle);
            }
            gain[i] = Math.hypot(real, imaginary);
        }
        return new double[][] {hertz, gain};
    }
}
