package org.lamina.zoo.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.zoo.data.EpochSet;
import org.lamina.zoo.data.PassIterator;
import org.lamina.zoo.data.image.ImageIterator;
import org.lamina.zoo.data.image.ImageSet;
import org.lamina.zoo.report.SignalPropagation;
import org.lamina.zoo.training.Metrics;
import org.lamina.zoo.training.ModelFile;
import org.lamina.zoo.training.Trainer;
import org.lamina.zoo.training.TrainingHistory;
import org.lamina.zoo.training.TrainingState;

/** One training on images. */
final class ImageRun extends TrainingRun {
    static final int EVALUATION_BATCH = 200;

    /** So many training images tell the accuracy after an epoch. */
    private static final int MEASURED = 2000;

    private final ImageSettings settings;
    private final ImageData data;

    ImageRun(
            Console console,
            ImageSettings settings,
            ImageData data,
            ModelFile model,
            long fingerprint) {
        super(console, settings, model, fingerprint);
        this.settings = settings;
        this.data = data;
    }

    @Override
    void announce() {
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
                "  network     %d parameters, seed %d", model.network().numParams(), settings.seed);
    }

    @Override
    Trainer trainer(TrainingState from) {
        PassIterator batches =
                ImageIterator.shuffled(
                        data.train(), settings.batch, true, settings.labelSmoothing, settings.seed);
        return new Trainer(
                        model.network(),
                        settings.plan(),
                        normalized(batches),
                        inOrder(data.train().first(MEASURED)),
                        null,
                        from)
                .averaging(settings.averageDecay);
    }

    private PassIterator inOrder(ImageSet set) {
        return normalized(ImageIterator.inOrder(set, EVALUATION_BATCH));
    }

    @Override
    RunFiles results(TrainingHistory history) {
        return new Files(history, Metrics.of(model.network(), inOrder(data.test())));
    }

    /** What the run leaves. */
    private final class Files extends RunFiles {
        /** Untrained networks of the report's signal propagation, and images of noise for each. */
        private static final int NETWORKS = 8;

        private static final int NOISE_IMAGES = 4;

        Files(TrainingHistory history, Metrics test) {
            super(settings, ImageRun.this.model, history, Map.of("test", test));
        }

        @Override
        String title() {
            return "NFNet-tiny on " + model.card().data();
        }

        @Override
        Map<String, String> facts() {
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put("source", settings.generated() ? model.card().data() : settings.data);
            facts.put("training", data.train().size() + " images");
            facts.put("test", data.test().size() + " images");
            facts.put(
                    "size",
                    String.format(
                            "%d x %d, channels: %d",
                            data.train().height(), data.train().width(), data.train().channels()));
            return facts;
        }

        @Override
        void printResults(Console console) {
            console.print(
                    "%nTest accuracy %.4f, loss %.4f on %d images (parameters averaged over"
                            + " updates)",
                    test().accuracy(), test().loss(), test().examples());
        }

        @Override
        List<String> nextSwitches() {
            String evaluated = settings.generated() ? "" : " --data " + Texts.quoted(settings.data);
            return List.of(evaluated, " IMAGES");
        }

        @Override
        EpochSet trained() {
            return null;
        }

        /** Without standardized weights there is no theory of what they keep steady. */
        @Override
        SignalPropagation propagation() {
            return settings.standardizedWeights
                    ? SignalPropagation.of(
                            settings.architecture(data.train()),
                            NETWORKS,
                            NOISE_IMAGES,
                            settings.seed)
                    : null;
        }

        @Override
        String reported() {
            return "learning curves, confusion matrix, signal propagation";
        }
    }
}
