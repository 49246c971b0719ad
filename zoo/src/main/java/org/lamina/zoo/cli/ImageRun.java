package org.lamina.zoo.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.lamina.zoo.NFNet;
import org.lamina.zoo.data.image.ImageIterator;
import org.lamina.zoo.data.image.ImageSet;
import org.lamina.zoo.data.iterator.PassIterator;
import org.lamina.zoo.evaluation.Metrics;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.report.SignalPropagation;
import org.lamina.zoo.training.Trainer;
import org.lamina.zoo.training.TrainingHistory;
import org.lamina.zoo.training.TrainingState;

/** One training on images. */
final class ImageRun extends TrainingRun {
    static final int EVALUATION_BATCH = 200;

    /** Number of training images on which accuracy is measured after an epoch. */
    private static final int MEASURED = 2000;

    /**
     * Number of untrained networks, and of noise images for each, in the report's signal
     * propagation.
     */
    private static final int NETWORKS = 8;

    private static final int NOISE_IMAGES = 4;

    private final ImageSettings settings;
    private final NFNet.Preset preset;
    private final ImageData data;

    ImageRun(
            Console console,
            ImageSettings settings,
            NFNet.Preset preset,
            ImageData data,
            ModelFile model,
            long fingerprint) {
        super(console, settings, model, fingerprint);
        this.settings = settings;
        this.preset = preset;
        this.data = data;
    }

    @Override
    void announce() {
        ImageSet train = data.train();
        console.print(
                "%s on %s: %d images to train on, %d to test with, %d x %d, %d classes",
                model.card().network(),
                model.card().data(),
                train.size(),
                data.test().size(),
                train.height(),
                train.width(),
                train.classNames().size());
        RunFiles.announceWeights(console, model);
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
        ImageSet train = data.train();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("source", settings.generated() ? model.card().data() : settings.data);
        facts.put("train", train.size() + " images");
        facts.put("test", data.test().size() + " images");
        facts.put(
                "size",
                String.format(
                        "%d x %d, channels: %d", train.height(), train.width(), train.channels()));
        Metrics test = Metrics.of(model.network(), inOrder(data.test()));
        return new RunFiles(
                settings, model, history, Map.of("test", test), facts, null, propagation());
    }

    /** Null without standardized weights, which the theory requires. */
    private SignalPropagation propagation() {
        return settings.standardizedWeights
                ? SignalPropagation.of(
                        settings.architecture(preset, data.train()),
                        NETWORKS,
                        NOISE_IMAGES,
                        settings.seed)
                : null;
    }
}
