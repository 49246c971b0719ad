package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.lamina.zoo.data.epochs.ChannelStandardizer;
import org.lamina.zoo.data.epochs.EpochingOptions;
import org.lamina.zoo.data.epochs.ScaleCheck;
import org.lamina.zoo.modelfile.LoadOptions;
import org.lamina.zoo.modelfile.ModelCard;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.modelfile.ModelFileException;
import org.lamina.zoo.network.Networks;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

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
        checkUse(path, file);
        return new SavedModel(file);
    }

    /** Checks with an empty example that network, normalizer and card fit together. */
    private static void checkUse(Path path, ModelFile file) throws ModelFileException {
        ModelCard card = file.card();
        long[] shape = card.inputType().getShape(true);
        shape[0] = 1;
        INDArray output;
        try {
            INDArray input = Nd4j.create(DataType.FLOAT, shape);
            file.normalizer().transform(input);
            output = Networks.output(file.network(), input);
        } catch (RuntimeException e) {
            // Whatever DL4J throws for a network that was not made for such an input.
            throw new ModelFileException(
                    String.format(
                            "%s: its network cannot process an example of shape %s",
                            path, Arrays.toString(shape)),
                    e);
        }
        int classes = card.classes().size();
        if (output.rank() != 2
                || (output.size(1) != classes && !(output.size(1) == 1 && classes == 2))) {
            throw new ModelFileException(
                    String.format(
                            "%s: its network has outputs of shape %s for %d classes",
                            path, Arrays.toString(output.shape()), classes),
                    null);
        }
    }

    /**
     * Compares the scale of samples with that of the training; empty if the model does not know it.
     */
    Optional<ScaleCheck> scaleCheck() {
        return file.normalizer() instanceof ChannelStandardizer trained
                ? Optional.of(new ScaleCheck(trained, file.card().channels()))
                : Optional.empty();
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
        return card.epoching().toBuilder().resampleHz(card.samplingRate()).build();
    }
}
