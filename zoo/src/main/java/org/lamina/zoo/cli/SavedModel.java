package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.lamina.zoo.data.EpochingOptions;
import org.lamina.zoo.training.LoadOptions;
import org.lamina.zoo.training.ModelCard;
import org.lamina.zoo.training.ModelFile;

/** A model file and how recordings or images become its input. */
record SavedModel(ModelFile file) {
    static SavedModel load(Path path, LoadOptions options, Console console) throws IOException {
        ModelFile file = ModelFile.load(path, options);
        if (file.card().simulated()) {
            console.warn(
                    "%s was trained on %s",
                    path,
                    file.card().image() == null
                            ? "simulated EEG, not on a recording of a person"
                            : "generated images");
        }
        return new SavedModel(file);
    }

    boolean forImages() {
        return file.card().image() != null;
    }

    /**
     * The training's preprocessing of recordings; recordings of another rate are converted to the
     * model's.
     */
    EpochingOptions epoching() {
        ModelCard card = file.card();
        EpochingOptions trained = card.epoching();
        return new EpochingOptions(
                trained.channels(),
                trained.low(),
                trained.high(),
                trained.tmin(),
                trained.tmax(),
                card.samplingRate(),
                trained.rejectMicrovolt(),
                trained.labels());
    }
}
