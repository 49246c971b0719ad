package org.lamina.zoo.cli;

import java.io.IOException;
import org.lamina.zoo.data.iterator.PassIterator;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.training.Trainer;
import org.lamina.zoo.training.TrainingHistory;
import org.lamina.zoo.training.TrainingState;

/** One training from its first (or next) batch to the files in the results folder. */
abstract class TrainingRun implements ResumableRun {
    final Console console;
    final ModelFile model;
    private final ClassifierSettings settings;
    private final long fingerprint;

    /**
     * @param model to train
     * @param fingerprint of the data
     */
    TrainingRun(Console console, ClassifierSettings settings, ModelFile model, long fingerprint) {
        this.console = console;
        this.settings = settings;
        this.model = model;
        this.fingerprint = fingerprint;
    }

    /** Prints what is trained on what. */
    abstract void announce();

    abstract Trainer trainer(TrainingState from);

    /** Measures the trained network. */
    abstract RunFiles results(TrainingHistory history);

    @Override
    public final String source() {
        return settings.sourceName();
    }

    @Override
    public final long fingerprint() {
        return fingerprint;
    }

    @Override
    public final int from(TrainingState state, OutputFolder out) throws IOException {
        announce();
        Trainer trainer = trainer(state);
        if (!new CheckpointedTraining(console, settings, model, out, fingerprint).run(trainer)) {
            return ExitCode.INTERRUPTED;
        }
        RunFiles files = results(trainer.state().history());
        files.write(out);
        files.print(console, out);
        return ExitCode.OK;
    }

    /** Batches, normalized for the network. */
    final PassIterator normalized(PassIterator batches) {
        batches.setPreProcessor(model.normalizer());
        return batches;
    }
}
