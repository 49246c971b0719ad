package org.lamina.zoo.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.lamina.zoo.data.epochs.ChannelStandardizer;
import org.lamina.zoo.data.epochs.EpochIterator;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.data.iterator.PassIterator;
import org.lamina.zoo.evaluation.Metrics;
import org.lamina.zoo.modelfile.ModelCard;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.network.Networks;
import org.lamina.zoo.training.BatchNormStatistics;
import org.lamina.zoo.training.Trainer;
import org.lamina.zoo.training.TrainingState;

/**
 * A network for EEG with its training and test epochs, for {@code train} and for each fold of
 * {@code crossval}. Everything that is fitted is fitted here, to the training epochs alone; test
 * epochs are only predicted.
 *
 * @param settings of the training
 * @param data its epochs
 * @param model with the fitted normalizer
 */
record EegTraining(EegSettings settings, TrainingData data, ModelFile model) {
    private static final int EVALUATION_BATCH = 64;

    /**
     * An untrained network for the training epochs.
     *
     * @param saved settings for the model file
     * @param fingerprint of the data
     */
    static EegTraining begin(
            EegSettings settings, TrainingData data, Map<String, Object> saved, long fingerprint) {
        EpochSet train = data.train();
        // Refuses unusable ones before anything else is done.
        settings.augmentations(train);
        Model model =
                settings.architecture(
                                train.channels().size(),
                                train.samples(),
                                train.classNames(),
                                train.classCounts())
                        .init();
        ModelCard card =
                new ModelCard(
                        settings.network.name,
                        train.classNames(),
                        train.channels(),
                        train.samplingRate(),
                        train.samples(),
                        data.epoching(),
                        TrainingData.describe(settings, train),
                        settings.data.simulated(),
                        saved);
        return new EegTraining(
                settings,
                data,
                new ModelFile(model, ChannelStandardizer.of(train), card.ofRun(fingerprint)));
    }

    Trainer trainer(TrainingState from) {
        return new Trainer(
                        model.network(),
                        settings.plan(),
                        data.train(),
                        data.validation(),
                        model.normalizer(),
                        from)
                .augmenting(settings.augmentations(data.train()));
    }

    /** Completes the training after its last epoch. */
    void finish() {
        if (settings.recomputeBatchNorm) {
            BatchNormStatistics.recompute(model.network(), inOrder(data.train()));
        }
    }

    Metrics evaluate(EpochSet set) {
        return Metrics.of(model.network(), inOrder(set));
    }

    /** The class probabilities of each test epoch. */
    double[][] predict() {
        List<double[]> rows = new ArrayList<>();
        PassIterator batches = inOrder(data.test());
        while (batches.hasNext()) {
            rows.addAll(
                    List.of(
                            Metrics.probabilities(
                                    Networks.output(
                                            model.network(), batches.next().getFeatures()))));
        }
        return rows.toArray(double[][]::new);
    }

    private PassIterator inOrder(EpochSet set) {
        PassIterator batches = EpochIterator.inOrder(set, EVALUATION_BATCH);
        batches.setPreProcessor(model.normalizer());
        return batches;
    }
}
