package org.lamina.zoo.cli;

import java.nio.file.Path;
import org.lamina.optimize.AdaptiveGradientClipping;
import org.lamina.optimize.CosineSchedule;
import org.lamina.zoo.NFNet;
import org.lamina.zoo.data.image.ImageSet;
import org.lamina.zoo.training.TrainingPlan;
import org.nd4j.linalg.learning.config.Nesterovs;
import picocli.CommandLine.Option;

/** The settings of a training on images. */
final class ImageSettings extends Settings {
    static final String NETWORK = "nfnet-tiny";

    /** Null: generated shapes. */
    String data;

    @Option(
            names = "--clip",
            paramLabel = "RATIO",
            description = "Adaptive gradient clipping, 0 for none (${DEFAULT-VALUE}).")
    @Limits(from = 0)
    double clip = 0.01;

    boolean standardizedWeights = true;

    @Option(
            names = "--examples",
            paramLabel = "N",
            description = "Use so many training images (all).")
    @Limits(from = 0)
    int examples;

    /** Of the updates. */
    double momentum = 0.9;

    /** Share of the labels that is spread over all classes. */
    double labelSmoothing = 0.1;

    /** Of the average of the parameters. */
    double averageDecay = 0.999;

    ImageSettings() {
        super(10, 64, 0.1, 42);
    }

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Folder with train-images-idx3-ubyte, train-labels-idx1-ubyte and the t10k"
                            + " files beside them, with or without .gz (MNIST, Fashion-MNIST).")
    private void data(Path folder) {
        data = folder == null ? null : folder.toAbsolutePath().normalize().toString();
    }

    @Option(
            names = "--plain-weights",
            description = "Do not standardize weights, to see what it is good for.")
    private void plainWeights(boolean given) {
        standardizedWeights = !given;
    }

    boolean generated() {
        return data == null;
    }

    @Override
    String source() {
        return data;
    }

    @Override
    boolean complete() {
        return true;
    }

    @Override
    String title() {
        return "NFNet-tiny on " + ImageData.describe(this);
    }

    @Override
    String evaluateArguments() {
        return generated() ? "" : " --data " + Texts.quoted(data);
    }

    @Override
    String predictArguments() {
        return " IMAGES";
    }

    @Override
    TrainingPlan plan() {
        return new TrainingPlan(epochs, batch, seed, 0);
    }

    /** The network that is trained. */
    NFNet architecture(ImageSet train) {
        long updates = (long) epochs * ((train.size() + batch - 1) / batch);
        if (updates > Integer.MAX_VALUE) {
            throw new UsageException("--epochs " + epochs + ": too many updates, " + updates);
        }
        int warmUp = (int) Math.min(updates / 10, 500);
        return NFNet.builder()
                .preset(NFNet.Preset.NFNET_TINY)
                .channels(train.channels())
                .imageSize(train.height(), train.width())
                .classes(train.classNames().size())
                .standardized(standardizedWeights)
                .seed(seed)
                .updater(new Nesterovs(new CosineSchedule(lr, warmUp, (int) updates), momentum))
                .gradientClipping(clip == 0 ? null : new AdaptiveGradientClipping(clip, 1e-3))
                .build();
    }
}
