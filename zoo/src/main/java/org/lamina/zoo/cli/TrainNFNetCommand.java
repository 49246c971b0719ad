package org.lamina.zoo.cli;

import java.io.IOException;
import org.lamina.zoo.data.image.ImageIterator;
import org.lamina.zoo.data.image.ImageSet;
import org.lamina.zoo.training.ModelCard;
import org.lamina.zoo.training.ModelFile;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import picocli.CommandLine.Command;

/** Trains the small normalizer-free network. */
@Command(
        name = ImageSettings.NETWORK,
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Trains a small network without normalization on images, or on generated shapes if"
                        + " no data are named: Nesterov momentum with a cosine schedule, adaptive"
                        + " gradient clipping, an average of the weights, smoothed labels, mirrored"
                        + " and shifted images. In parentheses: what holds if a switch is not"
                        + " given.")
final class TrainNFNetCommand extends ResumableCommand<ImageSettings> {

    TrainNFNetCommand(Console console) {
        super(console, ImageSettings.NETWORK, new ImageSettings());
    }

    @Override
    TrainingRun begin() throws IOException {
        ImageData images = ImageData.load(settings);
        ImageSet train = images.train();
        NormalizerStandardize normalizer = new NormalizerStandardize();
        normalizer.fit(ImageIterator.inOrder(train, ImageRun.EVALUATION_BATCH));
        ModelCard card =
                ModelCard.ofImages(
                        ImageSettings.NETWORK,
                        train.classNames(),
                        new ModelCard.ImageSize(train.channels(), train.height(), train.width()),
                        ImageData.describe(settings),
                        settings.generated(),
                        settings.toMap());
        long fingerprint = images.fingerprint();
        ModelFile model =
                new ModelFile(
                        settings.architecture(train).init(), normalizer, card.ofRun(fingerprint));
        return new ImageRun(console, settings, images, model, fingerprint);
    }

    @Override
    TrainingRun again(ModelFile model) throws IOException {
        ImageSettings begun = Settings.read(model.card().settings(), ImageSettings.class);
        ImageData images = ImageData.load(begun);
        return new ImageRun(console, begun, images, model, images.fingerprint());
    }
}
