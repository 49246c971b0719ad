package org.lamina.zoo.cli;

import java.io.IOException;
import org.lamina.zoo.NFNet;
import org.lamina.zoo.Zoo;
import org.lamina.zoo.data.image.ImageIterator;
import org.lamina.zoo.data.image.ImageSet;
import org.lamina.zoo.modelfile.ModelCard;
import org.lamina.zoo.modelfile.ModelFile;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Trains a network for images. */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
final class TrainNFNetCommand extends ResumableCommand<ImageSettings> {
    private final String network;
    private final NFNet.Preset preset;

    private TrainNFNetCommand(Console console, NFNet.Preset preset) {
        super(console, Zoo.nameOf(preset), new ImageSettings());
        this.network = Zoo.nameOf(preset);
        this.preset = preset;
    }

    /** The command for a network. */
    static CommandLine of(Console console, NFNet.Preset preset) {
        CommandLine line = new CommandLine(new TrainNFNetCommand(console, preset));
        line.getCommandSpec()
                .usageMessage()
                .description(
                        String.format(
                                "Trains %s, a network without normalization, on images, or on"
                                    + " generated shapes if no data are named: Nesterov momentum"
                                    + " with a cosine schedule, adaptive gradient clipping, an"
                                    + " average of the weights, smoothed labels, mirrored and"
                                    + " shifted images. Defaults are in parentheses.",
                                Zoo.nameOf(preset)));
        return line;
    }

    @Override
    TrainingRun begin() throws IOException {
        ImageData images = ImageData.load(settings.settle(preset));
        ImageSet train = images.train();
        NormalizerStandardize normalizer = new NormalizerStandardize();
        normalizer.fit(ImageIterator.inOrder(train, ImageRun.EVALUATION_BATCH));
        ModelCard card =
                ModelCard.ofImages(
                        network,
                        train.classNames(),
                        new ModelCard.ImageSize(train.channels(), train.height(), train.width()),
                        ImageData.describe(settings),
                        settings.generated(),
                        settings.toMap());
        long fingerprint = images.fingerprint();
        ModelFile model =
                new ModelFile(
                        settings.architecture(preset, train).init(),
                        normalizer,
                        card.ofRun(fingerprint));
        return new ImageRun(console, settings, preset, images, model, fingerprint);
    }

    @Override
    TrainingRun again(ModelFile model) throws IOException {
        ImageSettings begun = ClassifierSettings.read(model.card().settings(), ImageSettings.class);
        ImageData images = ImageData.load(begun);
        return new ImageRun(console, begun, preset, images, model, images.fingerprint());
    }
}
