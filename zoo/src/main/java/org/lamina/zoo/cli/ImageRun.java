package org.lamina.zoo.cli;

import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lamina.zoo.data.PassIterator;
import org.lamina.zoo.data.image.ImageIterator;
import org.lamina.zoo.data.image.ImageSet;
import org.lamina.zoo.report.SignalPropagation;
import org.lamina.zoo.report.TrainingReport;
import org.lamina.zoo.training.AtomicFile;
import org.lamina.zoo.training.Checkpoint;
import org.lamina.zoo.training.Metrics;
import org.lamina.zoo.training.ModelFile;
import org.lamina.zoo.training.Trainer;
import org.lamina.zoo.training.TrainingHistory;

/** One training on images from its first (or next) batch to the files in the results folder. */
final class ImageRun {
    static final int EVALUATION_BATCH = 200;

    /** So many training images tell the accuracy after an epoch. */
    private static final int MEASURED = 2000;

    /** Untrained networks of the report's signal propagation, and images of noise for each. */
    private static final int NETWORKS = 8;

    private static final int NOISE_IMAGES = 4;

    private final Console console;
    private final ImageSettings settings;
    private final ImageData data;
    private final ModelFile model;
    private final OutputFolder out;

    ImageRun(
            Console console,
            ImageSettings settings,
            ImageData data,
            ModelFile model,
            OutputFolder out) {
        this.console = console;
        this.settings = settings;
        this.data = data;
        this.model = model;
        this.out = out;
    }

    /** Trains from a state, of this model, on; returns the exit code. */
    int run(Checkpoint from) throws IOException {
        announce();
        ImageIterator batches =
                ImageIterator.shuffled(
                        data.train(),
                        settings.batch(),
                        true,
                        settings.labelSmoothing(),
                        settings.seed());
        batches.setPreProcessor(model.normalizer());
        Trainer trainer =
                new Trainer(
                                model.network(),
                                settings.plan(),
                                batches,
                                inOrder(data.train().first(MEASURED)),
                                null,
                                from.state())
                        .averaging(settings.averageDecay());
        boolean complete =
                new CheckpointedTraining(console, model, out, from.fingerprint())
                        .run(trainer, settings.epochs());
        if (!complete) {
            return Main.INTERRUPTED;
        }
        finish(trainer.state().history());
        return Main.OK;
    }

    private PassIterator inOrder(ImageSet set) {
        ImageIterator iterator = ImageIterator.inOrder(set, EVALUATION_BATCH);
        iterator.setPreProcessor(model.normalizer());
        return iterator;
    }

    private void announce() {
        ImageSet train = data.train();
        console.print(
                "NFNet-tiny on %s: %d images to train on, %d to test with, %d x %d, %d classes",
                model.card().data(),
                train.size(),
                data.test().size(),
                train.height(),
                train.width(),
                train.classNames().size());
        console.print(
                "  network     %d parameters, seed %d",
                model.network().numParams(), settings.seed());
    }

    private void finish(TrainingHistory history) throws IOException {
        Metrics test = Metrics.of(model.network(), inOrder(data.test()));
        model.save(out.model());
        AtomicFile.write(out.metrics(), metrics(history, test));
        report(history, test).write(out.report());
        // Until here a run that is killed goes on from it, and ends in a report.
        Files.deleteIfExists(out.checkpoint());
        console.print(
                "%nTest accuracy %.4f, loss %.4f on %d images (parameters averaged over updates)",
                test.accuracy(), test.loss(), test.examples());
        console.print("%nSaved in %s:", out.path());
        console.print("  model.zip     network and normalizer");
        console.print("  metrics.json  results and settings");
        console.print("  report.html   learning curves, confusion matrix, signal propagation");
        console.print("How to go on:");
        nextCommands().forEach(command -> console.print("  %s", command));
    }

    private List<String> nextCommands() {
        String program = Console.program();
        String file = Texts.quoted(out.model().toString());
        String evaluated = settings.generated() ? "" : " --data " + Texts.quoted(settings.data());
        return List.of(
                program + " evaluate " + file + evaluated,
                program + " predict " + file + " IMAGES",
                program + " summary " + file);
    }

    private String metrics(TrainingHistory history, Metrics test) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("network", model.card().network());
        json.put("run", model.card().run());
        json.put("data", model.card().data());
        json.put("generated", settings.generated());
        json.put("test", test);
        json.put("threads", Threads.count());
        json.put("seconds", history.seconds());
        json.put("epochs", history.size());
        json.put("parameters", model.network().numParams());
        json.put("settings", settings);
        json.put("history", history.epochs());
        return TrainSettings.JSON
                        .writer(SerializationFeature.INDENT_OUTPUT)
                        .writeValueAsString(json)
                + "\n";
    }

    private TrainingReport report(TrainingHistory history, Metrics test) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("source", settings.generated() ? model.card().data() : settings.data());
        facts.put("classes", String.join(", ", model.card().classes()));
        facts.put("training", data.train().size() + " images");
        facts.put("test", data.test().size() + " images");
        facts.put(
                "size",
                String.format(
                        "%d x %d, channels: %d",
                        data.train().height(), data.train().width(), data.train().channels()));
        facts.put("run", model.card().run());
        Map<String, String> values = new LinkedHashMap<>();
        settings.toMap()
                .forEach(
                        (name, value) -> {
                            if (value != null && !name.equals("data")) {
                                String words = name.replaceAll("([A-Z])", " $1");
                                values.put(words.toLowerCase(Locale.ROOT), value.toString());
                            }
                        });
        return new TrainingReport(
                "NFNet-tiny on " + model.card().data(),
                model,
                null,
                history,
                history.size(),
                Map.of("test", test),
                facts,
                values,
                nextCommands(),
                signalPropagation());
    }

    /** Null without standardized weights: what they keep steady there is no theory of. */
    private SignalPropagation signalPropagation() {
        return settings.standardizedWeights()
                ? SignalPropagation.of(
                        settings.architecture(data.train()),
                        NETWORKS,
                        NOISE_IMAGES,
                        settings.seed())
                : null;
    }
}
