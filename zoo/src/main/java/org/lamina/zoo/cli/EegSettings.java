package org.lamina.zoo.cli;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.lamina.zoo.EegModel;
import org.lamina.zoo.Zoo;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.augment.Augmentation;
import org.lamina.zoo.data.augment.AugmentationSpec;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.training.Criterion;
import org.lamina.zoo.training.TrainingPlan;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The settings of a training of a network for EEG. */
class EegSettings extends ClassifierSettings {
    private static final int PATIENCE = 30;
    private static final double VALIDATION = 0.2;

    @Mixin @JsonUnwrapped final DataSettings data = new DataSettings();

    @Mixin @JsonUnwrapped final NetworkSettings network = new NetworkSettings();

    /** Null: none. */
    @Option(
            names = "--augment",
            paramLabel = "NAME[:ARG=V[,ARG=V]]",
            description =
                    "Augmentation of training examples; may be repeated. Names, arguments and"
                        + " defaults are braindecode's; an example is changed with probability 0.5"
                        + " unless 'probability' says otherwise: ${COMPLETION-CANDIDATES} (none).",
            completionCandidates = Augmentations.class)
    List<String> augment;

    @Option(
            names = "--no-early-stopping",
            description =
                    "Train all epochs on all training data and keep the last epoch's network"
                            + " (keep the best epoch's, chosen with a part of the training data).")
    @JsonIgnore
    private boolean noEarlyStopping;

    /** 0, once settled, to train all epochs. */
    @Option(
            names = "--patience",
            paramLabel = "N",
            description =
                    "Epochs without improvement after which training stops (" + PATIENCE + ").")
    @Limits(above = 0)
    Integer patience;

    @Option(
            names = "--validation",
            paramLabel = "SHARE",
            description =
                    "Share of the training epochs that is used for validation, to choose the best"
                            + " epoch ("
                            + VALIDATION
                            + ").")
    @Limits(from = 0, below = 1)
    Double validation;

    @Option(
            names = "--choose-by",
            paramLabel = "SCORE",
            description =
                    "Validation score by which the best epoch is chosen:"
                            + " ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private Criterion chooseBy = Criterion.LOSS;

    /**
     * Whether the statistics of batch normalization are recomputed after training; not on Spark.
     */
    boolean recomputeBatchNorm;

    /** Names for the help. */
    private static final class Augmentations extends ArrayList<String> {
        Augmentations() {
            super(AugmentationSpec.names());
        }
    }

    EegSettings() {
        super(100, 16, 1e-3, 1);
    }

    /** Settles every default, some of which depend on the recordings. */
    EegSettings settle(Zoo.Entry entry, List<Recording> recordings) {
        if (noEarlyStopping && chooseBy != Criterion.LOSS) {
            throw new UsageException("--choose-by makes no sense with --no-early-stopping");
        }
        if (noEarlyStopping && patience != null) {
            throw new UsageException("--patience makes no sense with --no-early-stopping");
        }
        if (!noEarlyStopping && validation != null && validation == 0) {
            throw new UsageException(
                    "--validation 0 leaves nothing to choose the best epoch with; add"
                            + " --no-early-stopping");
        }
        patience = noEarlyStopping ? 0 : patience == null ? PATIENCE : patience;
        validation = validation != null ? validation : noEarlyStopping ? 0 : VALIDATION;
        data.settle(recordings, seed);
        network.settle(entry, data, recordings.get(0).samplingRate());
        return this;
    }

    @Override
    String source() {
        return data.folder;
    }

    @Override
    boolean complete() {
        return patience != null && validation != null && data.complete() && network.complete();
    }

    @Override
    String title() {
        return network.entry().title()
                + (data.simulated() ? " on simulated EEG" : " on recorded EEG");
    }

    @Override
    String evaluateArguments() {
        String from = "";
        if (data.testRuns.isEmpty()) {
            // The only run was partly trained on: the result would be too good.
            from = " --data OTHER_RECORDINGS";
        } else if (!data.simulated()) {
            String runs = String.join(",", data.testRuns);
            from = " --data " + Texts.quoted(data.folder) + " --runs " + Texts.quoted(runs);
        }
        return from + data.reading.switches();
    }

    @Override
    String predictArguments() {
        return " RECORDING" + data.reading.switches();
    }

    @Override
    TrainingPlan plan() {
        return new TrainingPlan(epochs, batch, seed, patience, chooseBy);
    }

    /**
     * The augmentations of training epochs like these.
     *
     * @throws UsageException if an augmentation is unknown or cannot be used with them
     */
    List<Augmentation> augmentations(EpochSet train) {
        if (augment == null) {
            return List.of();
        }
        List<Augmentation> all = new ArrayList<>();
        for (String text : augment) {
            try {
                Augmentation augmentation = AugmentationSpec.parse(text, train.samplingRate());
                augmentation.transform(
                        new double[train.channels().size()][train.samples()],
                        new SplittableRandom(seed));
                all.add(augmentation);
            } catch (DataException e) {
                throw new UsageException("--augment " + text + ": " + e.getMessage(), e);
            }
        }
        return all;
    }

    /**
     * The network that is trained.
     *
     * @param classes names
     * @param counts training epochs of each class
     */
    EegModel<?, ?> architecture(int channels, int samples, List<String> classes, int[] counts) {
        ILossFunction loss =
                network.oneOutput(classes.size()) ? new LossBinaryXENT() : new LossMCXENT();
        return network.builder()
                .lossFunction(weighted(loss, classes, counts))
                .channels(channels)
                .samples(samples)
                .classes(classes.size())
                .updater(new Adam(lr))
                .seed(seed)
                .build();
    }
}
