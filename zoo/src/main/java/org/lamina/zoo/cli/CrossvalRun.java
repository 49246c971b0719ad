package org.lamina.zoo.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.evaluation.CrossValidation;
import org.lamina.zoo.evaluation.CrossValidation.Part;
import org.lamina.zoo.evaluation.CrossValidation.Result;
import org.lamina.zoo.evaluation.PredictionsFile;
import org.lamina.zoo.modelfile.Checkpoint;
import org.lamina.zoo.modelfile.ModelCard;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.training.Trainer;
import org.lamina.zoo.training.TrainingState;

/**
 * A cross-validation from its first (or next) fold to the files in the results folder. Until it is
 * complete, the folder has the predictions of the finished folds and a checkpoint of the current
 * one.
 */
final class CrossvalRun implements ResumableRun {
    private final Console console;
    private final CrossvalSettings settings;
    private final CrossValidation validation;
    private final ModelFile begun;
    private final Part begunPart;
    private final String master;
    private final long fingerprint;

    /**
     * @param begun the model of the fold that was interrupted; null in a new run
     * @param master URL of a Spark cluster; null to train in this program
     */
    CrossvalRun(
            Console console,
            CrossvalSettings settings,
            EpochSet epochs,
            ModelFile begun,
            String master) {
        this.console = console;
        this.settings = settings;
        this.validation = settings.validation(epochs);
        this.begun = begun;
        this.begunPart = begun == null ? null : validation.parts().get(settings.part);
        this.master = master;
        // Under other file names the same epochs are divided into other folds.
        this.fingerprint =
                31 * TrainingData.fingerprint(epochs) + epochs.ids().toString().hashCode();
    }

    /** Refuses wrong settings before the results folder is created. */
    void tryFirst() {
        training(validation.parts().get(0), null);
    }

    @Override
    public String source() {
        return settings.sourceName();
    }

    @Override
    public long fingerprint() {
        return fingerprint;
    }

    @Override
    public int from(TrainingState state, OutputFolder out) throws IOException {
        if (begun != null && Files.exists(out.predictions())) {
            new PredictionsFile(validation).read(out.predictions());
        }
        String run = ModelCard.runId(settings.network.name, settings.ofAllParts(), fingerprint);
        CrossvalFiles files = new CrossvalFiles(console, settings, validation, run);
        files.announce();
        boolean complete = master == null ? here(state, out) : onSpark(out);
        if (!complete) {
            return ExitCode.INTERRUPTED;
        }
        files.write(out);
        return ExitCode.OK;
    }

    private boolean here(TrainingState state, OutputFolder out) throws IOException {
        for (Part part : validation.remaining()) {
            boolean resumed = part.equals(begunPart);
            EegTraining training = resumed ? training(part, begun) : checkpointed(part, out);
            console.print(
                    "%nFold %s, seed %d (%d of %d)",
                    part.fold().name(),
                    part.seed(),
                    validation.parts().indexOf(part) + 1,
                    validation.parts().size());
            Trainer trainer = training.trainer(resumed ? state : TrainingState.start());
            if (!new CheckpointedTraining(console, settings, training.model(), out, fingerprint)
                    .run(trainer)) {
                return false;
            }
            training.finish();
            done(part, training.predict(), out);
        }
        return true;
    }

    /** The untrained network of a part, saved in a checkpoint from which the run can be resumed. */
    private EegTraining checkpointed(Part part, OutputFolder out) throws IOException {
        settings.part = validation.parts().indexOf(part);
        EegTraining training = training(part, null);
        new Checkpoint(training.model(), TrainingState.start(), fingerprint).save(out.checkpoint());
        return training;
    }

    private EegTraining training(Part part, ModelFile model) {
        return training(settings, validation.epochs(), part, model, fingerprint);
    }

    /**
     * The training of a part, which uses the test epochs for prediction only.
     *
     * @param model partly trained; null for a new one
     */
    static EegTraining training(
            CrossvalSettings settings,
            EpochSet epochs,
            Part part,
            ModelFile model,
            long fingerprint) {
        CrossvalSettings own = settings.withSeed(part.seed());
        EpochSet.Split split =
                new EpochSet.Split(
                        epochs.subset(part.fold().train()), epochs.subset(part.fold().test()));
        TrainingData data = TrainingData.of(own, split);
        return model == null
                ? EegTraining.begin(own, data, settings.toMap(), fingerprint)
                : new EegTraining(own, data, model);
    }

    private void done(Part part, double[][] probabilities, OutputFolder out) throws IOException {
        Result result = validation.add(part, probabilities);
        new PredictionsFile(validation).write(out.predictions());
        console.print(
                "Fold %s, seed %d: %s",
                part.fold().name(), part.seed(), Texts.scores(result.metrics()));
    }

    private boolean onSpark(OutputFolder out) throws IOException {
        if (!Set.of("", " --threads 1").contains(Threads.asGiven())) {
            throw new UsageException("--threads: on Spark a fold is trained by one thread");
        }
        List<Part> remaining = validation.remaining();
        if (remaining.isEmpty()) {
            return true;
        }
        checkpointed(remaining.get(0), out);
        boolean complete =
                SparkFolds.train(
                        master,
                        settings,
                        validation.epochs(),
                        remaining,
                        (part, probabilities) -> {
                            try {
                                done(part, probabilities, out);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        if (!complete) {
            console.print("Interrupted. Finished folds are saved in %s", out.predictions());
            console.print(
                    "Resume with: %s crossval %s --resume %s --master %s",
                    Console.program(),
                    settings.network.name,
                    Texts.quoted(out.path().toString()),
                    Texts.quoted(master));
        }
        return complete;
    }
}
