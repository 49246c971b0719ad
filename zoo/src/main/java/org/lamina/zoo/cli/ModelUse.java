package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The saved model that a command applies, and how it and its input are read. */
final class ModelUse {
    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description = "File model.zip of a training run.")
    Path model;

    @Mixin final RecordingOptions recordings = new RecordingOptions();

    @Mixin
    @SuppressWarnings("unused") // picocli sets the number
    private final Threads threads = new Threads();

    @Mixin private final ModelReading reading = new ModelReading();

    /** The model, after refusing switches that it does not take. */
    SavedModel load(Console console) throws IOException {
        SavedModel saved = SavedModel.load(model, reading.options(), console);
        if (saved.forImages()) {
            Switches.refuse(recordings, model + " is for images");
        }
        return saved;
    }
}
