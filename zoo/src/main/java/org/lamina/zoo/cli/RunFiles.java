package org.lamina.zoo.cli;

import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lamina.zoo.report.TrainingReport;
import org.lamina.zoo.training.AtomicFile;
import org.lamina.zoo.training.Metrics;
import org.lamina.zoo.training.ModelFile;
import org.lamina.zoo.training.TrainingHistory;

/**
 * What a finished run leaves in its folder.
 *
 * @param settings of the run
 * @param data it used
 * @param model trained
 * @param history of training
 * @param test measured on the test set
 * @param validation measured on the validation set, null if there is none
 * @param train measured on the training set
 */
record RunFiles(
        TrainSettings settings,
        TrainingData data,
        ModelFile model,
        TrainingHistory history,
        Metrics test,
        Metrics validation,
        Metrics train) {

    void write(OutputFolder out, List<String> commands) throws IOException {
        model.save(out.model());
        AtomicFile.write(out.metrics(), metrics());
        // From here on the results are complete; an older checkpoint would only mislead.
        Files.deleteIfExists(out.checkpoint());
        report(commands).write(out.report());
    }

    int keptEpoch() {
        return settings.plan().earlyStopping() ? history.bestEpoch() : history.size();
    }

    private String metrics() throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("network", model.card().network());
        json.put("data", model.card().data());
        json.put("simulated", settings.simulated());
        json.put("test", test);
        json.put("validation", validation);
        json.put("train", train);
        json.put("seed", settings.seed());
        json.put("seconds", history.seconds());
        json.put("epochs", history.size());
        json.put("keptEpoch", keptEpoch());
        json.put("parameters", model.network().numParams());
        json.put("settings", settings);
        json.put("history", history.epochs());
        return TrainSettings.JSON
                        .writer(SerializationFeature.INDENT_OUTPUT)
                        .writeValueAsString(json)
                + "\n";
    }

    private TrainingReport report(List<String> commands) {
        Map<String, Metrics> results = new LinkedHashMap<>();
        results.put("test", test);
        if (validation != null) {
            results.put("validation", validation);
        }
        results.put("training", train);
        return new TrainingReport(
                settings.simulated() ? "EEGNet on simulated EEG" : "EEGNet on recorded EEG",
                model,
                data.train(),
                history,
                keptEpoch(),
                results,
                facts(),
                settingsAsText(),
                commands);
    }

    private Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "source",
                settings.simulated()
                        ? "simulated: " + data.train().description()
                        : settings.data());
        facts.put("classes", String.join(", ", model.card().classes()));
        facts.put("training", Texts.counts(data.train()));
        if (data.validation() != null) {
            facts.put("validation", Texts.counts(data.validation()));
        }
        facts.put("test", Texts.counts(data.test()));
        // PhysioNet pads names with dots.
        facts.put(
                "channels",
                String.join(", ", model.card().channels()).replaceAll("\\.+(?=,|$)", ""));
        facts.put("sampling rate", Texts.number(model.card().samplingRate()) + " Hz");
        facts.put("samples of an epoch", Integer.toString(model.card().samples()));
        return facts;
    }

    private Map<String, String> settingsAsText() {
        Map<String, String> text = new LinkedHashMap<>();
        settings.toMap()
                .forEach(
                        (name, value) -> {
                            if (value != null && !name.equals("channels") && !name.equals("data")) {
                                text.put(asSwitch(name), text(value));
                            }
                        });
        return text;
    }

    /** trainRuns is train-runs on the command line. */
    private static String asSwitch(String field) {
        return field.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static String text(Object value) {
        if (value instanceof Collection<?> list) {
            return list.isEmpty() ? "(chosen by class)" : String.join(", ", toStrings(list));
        }
        if (value instanceof Map<?, ?> map) {
            return map.isEmpty() ? "(as in the files)" : map.toString().replaceAll("[{}]", "");
        }
        if (value instanceof Number number && number.doubleValue() == 0) {
            return "none";
        }
        return value instanceof Double number ? Texts.number(number) : value.toString();
    }

    private static List<String> toStrings(Collection<?> list) {
        return list.stream().map(String::valueOf).toList();
    }
}
