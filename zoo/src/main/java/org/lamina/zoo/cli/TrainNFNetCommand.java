package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.lamina.zoo.data.image.ImageIterator;
import org.lamina.zoo.data.image.ImageSet;
import org.lamina.zoo.training.Checkpoint;
import org.lamina.zoo.training.ModelCard;
import org.lamina.zoo.training.ModelFile;
import org.lamina.zoo.training.TrainingState;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains the small normalizer-free network and writes model, metrics and report. */
@Command(
        name = "nfnet-tiny",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description =
                "Trains a small network without normalization on images, or on generated shapes if"
                        + " no data are named: Nesterov momentum with a cosine schedule, adaptive"
                        + " gradient clipping, an average of the weights, smoothed labels, mirrored"
                        + " and shifted images.")
final class TrainNFNetCommand implements Callable<Integer> {

    private static final double MOMENTUM = 0.9;
    private static final double SMOOTHING = 0.1;
    private static final double AVERAGE_DECAY = 0.999;

    private final Console console;

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Folder with train-images-idx3-ubyte, train-labels-idx1-ubyte and the t10k"
                            + " files beside them, with or without .gz (MNIST, Fashion-MNIST).")
    private Path data;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder of the results (nfnet-tiny-DATE-TIME).")
    private Path out;

    @Option(names = "--epochs", description = "Passes over the images.")
    private int epochs = 10;

    @Option(names = "--batch", description = "Images of one update.")
    private int batch = 64;

    @Option(names = "--lr", description = "Largest learning rate.")
    private double lr = 0.1;

    @Option(names = "--clip", description = "Adaptive gradient clipping; 0 for none.")
    private double clip = 0.01;

    @Option(
            names = "--plain-weights",
            description = "Do not standardize weights, to see what it is good for.")
    private boolean plainWeights;

    @Option(names = "--examples", description = "Use so many training images; 0 for all.")
    private int examples;

    @Option(names = "--seed", description = "Of initial weights, order and augmentation.")
    private long seed = 42;

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            description =
                    "Go on with the interrupted run whose results folder this is; no other switch.")
    private Path resume;

    @Mixin private final Threads threads = new Threads();

    TrainNFNetCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        return resume == null ? start() : goOn();
    }

    private int start() throws IOException {
        check();
        ImageSettings settings =
                new ImageSettings(
                        data == null ? null : data.toAbsolutePath().normalize().toString(),
                        epochs,
                        batch,
                        lr,
                        clip,
                        !plainWeights,
                        examples,
                        seed,
                        MOMENTUM,
                        SMOOTHING,
                        AVERAGE_DECAY);
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
                new ModelFile(settings.network(train), normalizer, card.ofRun(fingerprint));
        try (OutputFolder folder = OutputFolder.create(out, ImageSettings.NETWORK)) {
            return new ImageRun(console, settings, images, model, folder)
                    .run(new Checkpoint(model, TrainingState.start(), fingerprint));
        }
    }

    private int goOn() throws IOException {
        try (OutputFolder folder = OutputFolder.goOn(resume)) {
            Checkpoint checkpoint =
                    CheckpointedTraining.resume(spec, folder, ImageSettings.NETWORK);
            ImageSettings settings = ImageSettings.fromMap(checkpoint.model().card().settings());
            ImageData images = ImageData.load(settings);
            CheckpointedTraining.checkData(checkpoint, images.fingerprint(), settings.data());
            return new ImageRun(console, settings, images, checkpoint.model(), folder)
                    .run(checkpoint);
        }
    }

    private void check() {
        above("--epochs", epochs);
        above("--batch", batch);
        above("--lr", lr);
        notNegative("--clip", clip);
        notNegative("--examples", examples);
    }

    private static void above(String option, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new UsageException(option + " " + Texts.number(value) + ": must be above 0");
        }
    }

    private static void notNegative(String option, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new UsageException(
                    option + " " + Texts.number(value) + ": must be 0 (off) or above");
        }
    }
}
