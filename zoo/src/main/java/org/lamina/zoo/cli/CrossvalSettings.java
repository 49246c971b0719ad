package org.lamina.zoo.cli;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.lamina.zoo.Zoo;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.data.recording.RecordingId;
import org.lamina.zoo.evaluation.CrossValidation;
import org.lamina.zoo.evaluation.Fold;
import org.lamina.zoo.evaluation.Folds;
import picocli.CommandLine.Option;

/** The settings of a cross-validation: those of each training, and how the data are divided. */
final class CrossvalSettings extends EegSettings {
    static final String COMMAND = "crossval";

    private static final int MOST_SEEDS = 1000;

    @Option(
            names = "--folds",
            paramLabel = "run|session|person|K",
            description =
                    "What each fold tests while the rest is trained on: a run, a session, a person,"
                            + " or one of K parts with the same share of every class"
                            + " (${DEFAULT-VALUE}).")
    String folds = "run";

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description =
                    "Train each fold N times, with --seed and the N - 1 seeds after it"
                            + " (${DEFAULT-VALUE}).")
    @Limits(from = 1, to = MOST_SEEDS)
    int seeds = 1;

    @Option(names = "--runs", split = ",", paramLabel = "RUN", description = "Runs to use (all).")
    @JsonIgnore
    private List<String> runs;

    /** Index of the part that a checkpoint belongs to. */
    int part;

    /**
     * Sets the runs to use instead of training and test runs; call it before recordings are read.
     */
    void chooseRuns() {
        data.trainRuns = runs == null ? List.of() : runs;
        data.testRuns = List.of();
    }

    @Override
    String command() {
        return COMMAND;
    }

    @Override
    CrossvalSettings settle(Zoo.Entry entry, List<Recording> recordings) {
        super.settle(entry, recordings);
        return this;
    }

    /** The folds and seeds to train and test. */
    CrossValidation validation(EpochSet epochs) {
        List<Fold> all = folds(epochs);
        for (Fold fold : all) {
            int[] counts = epochs.subset(fold.train()).classCounts();
            for (int k = 0; k < counts.length; k++) {
                if (counts[k] == 0) {
                    throw new DataException(
                            "--folds %s: '%s' has all epochs of class '%s'; none is left to"
                                    + " train on",
                            folds, fold.name(), epochs.classNames().get(k));
                }
            }
        }
        return new CrossValidation(
                epochs, all, LongStream.range(seed, seed + seeds).boxed().toList());
    }

    private List<Fold> folds(EpochSet epochs) {
        List<RecordingId> ids = epochs.ids();
        return switch (folds) {
            case "run" -> byName(ids.stream().map(RecordingId::run).toList());
            case "session" -> byName(ids.stream().map(RecordingId::session).toList());
            case "person" -> byName(ids.stream().map(RecordingId::person).toList());
            default -> Folds.stratified(epochs.classes(), epochs.classNames(), parts(), seed);
        };
    }

    private List<Fold> byName(List<String> names) {
        if (names.stream().distinct().count() < 2) {
            throw new UsageException(
                    "--folds %s: all epochs are of one %s%s; 'runs DIR' lists what file"
                            + " names tell, and --folds K divides any data",
                    folds, folds, names.get(0).isEmpty() ? "" : ", " + names.get(0));
        }
        return Folds.byGroup(names);
    }

    private int parts() {
        if (!folds.matches("[1-9]\\d{0,5}") || folds.equals("1")) {
            throw new UsageException(
                    "--folds " + folds + ": must be run, session, person or a number from 2 on");
        }
        return Integer.parseInt(folds);
    }

    /** The settings that hold for all parts. */
    Map<String, Object> ofAllParts() {
        Map<String, Object> all = toMap();
        all.remove("part");
        return all;
    }

    /** The settings of one training. */
    CrossvalSettings withSeed(long value) {
        CrossvalSettings copy = read(toMap(), CrossvalSettings.class);
        copy.seed = value;
        return copy;
    }
}
