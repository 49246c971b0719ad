package org.lamina.zoo.cli;

import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lamina.zoo.data.EpochSet;
import org.lamina.zoo.report.TrainingReport;
import org.lamina.zoo.training.AtomicFile;
import org.lamina.zoo.training.Metrics;
import org.lamina.zoo.training.ModelFile;
import org.lamina.zoo.training.TrainingHistory;

/**
 * What a finished run leaves in its folder.
 *
 * @param settings of the run
 * @param trained epochs it learned from, all or some of them
 * @param sets the epochs of each set in words, by name of the set
 * @param model trained
 * @param history of training
 * @param test measured on the test set
 * @param validation measured on the validation set, null if there is none
 * @param train measured on the training set
 */
record RunFiles(
        TrainSettings settings,
        EpochSet trained,
        Map<String, String> sets,
        ModelFile model,
        TrainingHistory history,
        Metrics test,
        Metrics validation,
        Metrics train) {

    void write(OutputFolder out) throws IOException {
        model.save(out.model());
        AtomicFile.write(out.metrics(), metrics());
        report(nextCommands(out)).write(out.report());
        // Until here a run that is killed goes on from it, and ends in a report.
        Files.deleteIfExists(out.checkpoint());
    }

    int keptEpoch() {
        return settings.plan().earlyStopping() ? history.bestEpoch() : history.size();
    }

    void print(Console console, OutputFolder out) {
        console.print(
                "%nTrained %d epochs in %.1f s; kept epoch %d%s.",
                history.size(),
                history.seconds(),
                keptEpoch(),
                settings.plan().earlyStopping()
                        ? ", the one with the smallest validation loss"
                        : ", the last");
        console.print(
                "Test%s on %d epochs:",
                settings.simulated() ? " (simulated EEG)" : "", test.examples());
        Texts.confusion(test).forEach(line -> console.print("  %s", line));
        console.print("  %s", Texts.scores(test));
        console.print("%nSaved in %s:", out.path());
        console.print("  model.zip     network, normalizer and preprocessing settings");
        console.print("  metrics.json  results and settings");
        console.print("  report.html   learning curves, confusion matrix, filters");
        console.print("How to go on:");
        nextCommands(out).forEach(command -> console.print("  %s", command));
    }

    private List<String> nextCommands(OutputFolder out) {
        String program = Console.program();
        String file = Texts.quoted(out.model().toString());
        String evaluated = "";
        if (settings.testRuns().isEmpty()) {
            // A part of the only run was trained on: the result would be too good.
            evaluated = " --data OTHER_RECORDINGS";
        } else if (!settings.simulated()) {
            evaluated =
                    " --data "
                            + Texts.quoted(settings.data())
                            + " --runs "
                            + Texts.quoted(String.join(",", settings.testRuns()));
        }
        String reading = RecordingOptions.switches(settings.reader());
        return List.of(
                program + " evaluate " + file + evaluated + reading,
                program + " predict " + file + " RECORDING" + reading,
                program + " summary " + file);
    }

    private String metrics() throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("network", model.card().network());
        json.put("run", model.card().run());
        json.put("data", model.card().data());
        json.put("simulated", settings.simulated());
        json.put("test", test);
        json.put("validation", validation);
        json.put("train", train);
        json.put("seed", settings.seed());
        json.put("threads", Threads.count());
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
                settings.entry().title()
                        + (settings.simulated() ? " on simulated EEG" : " on recorded EEG"),
                model,
                trained,
                history,
                keptEpoch(),
                results,
                facts(),
                settingsAsText(),
                commands,
                null);
    }

    private Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "source",
                settings.simulated() ? "simulated: " + trained.description() : settings.data());
        facts.put("classes", String.join(", ", model.card().classes()));
        facts.putAll(sets);
        // PhysioNet pads names with dots.
        facts.put(
                "channels",
                String.join(", ", model.card().channels()).replaceAll("\\.+(?=,|$)", ""));
        facts.put("sampling rate", Texts.number(model.card().samplingRate()) + " Hz");
        facts.put("samples of an epoch", Integer.toString(model.card().samples()));
        facts.put("run", model.card().run());
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
