package org.lamina.zoo.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lamina.optimize.AdaptiveGradientClipping;
import org.lamina.optimize.CosineSchedule;
import org.lamina.zoo.NFNet;
import org.lamina.zoo.data.image.ImageGeometry;
import org.lamina.zoo.data.image.ImageSet;
import org.lamina.zoo.training.TrainingPlan;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import picocli.CommandLine.Option;

/** The settings of a training on images. */
final class ImageSettings extends ClassifierSettings {
    private static final double TEST_SHARE = 0.2;

    /** Null for generated shapes. */
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
            description = "Number of training images to use (all).")
    @Limits(from = 0)
    int examples;

    /** Nesterov momentum. */
    double momentum = 0.9;

    /** Label smoothing: share of each label that is spread over all classes. */
    double labelSmoothing = 0.1;

    /** Decay of the moving average of the parameters. */
    double averageDecay = 0.999;

    /** Size of images in folders; null for IDX files, which state theirs. */
    Integer height;

    Integer width;

    @Option(
            names = "--crop",
            paramLabel = "SHARE",
            description =
                    "For images in folders: size of the centered crop as a share of the largest one"
                            + " with the aspect ratio of --image-size (1).")
    @Limits(above = 0, to = 1)
    Double crop;

    @Option(
            names = "--test-share",
            paramLabel = "SHARE",
            description =
                    "Share of each class to test on, where there is no folder 'test' ("
                            + TEST_SHARE
                            + ").")
    @Limits(above = 0, below = 1)
    Double testShare;

    ImageSettings() {
        super(10, 64, 0.1, 42);
    }

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Folder with a folder of PNG and JPEG files for each class, or with folders"
                            + " 'train' and 'test' of such folders, or with"
                            + " train-images-idx3-ubyte, train-labels-idx1-ubyte and the t10k"
                            + " files beside them, with or without .gz (MNIST, Fashion-MNIST).")
    private void data(Path folder) {
        data = folder == null ? null : folder.toAbsolutePath().normalize().toString();
    }

    @Option(
            names = "--image-size",
            paramLabel = "N|HxW",
            description =
                    "Height and width that images in folders are scaled to (the network's"
                            + " published one).")
    private void imageSize(String text) {
        if (text == null) {
            return;
        }
        Matcher size = Pattern.compile("(\\d{1,5})(?:x(\\d{1,5}))?").matcher(text);
        if (!size.matches()) {
            throw new UsageException(
                    "--image-size " + text + ": must be pixels, as 64, or as 48x64, height first");
        }
        height = Integer.valueOf(size.group(1));
        width = size.group(2) == null ? height : Integer.valueOf(size.group(2));
    }

    @Option(names = "--plain-weights", description = "Do not standardize weights, for comparison.")
    private void plainWeights(boolean given) {
        standardizedWeights = !given;
    }

    boolean generated() {
        return data == null;
    }

    /** Whether the data are image files. */
    boolean inFolders() {
        return data != null && !ImageSet.isIdx(Path.of(data));
    }

    /** Settles every default. */
    ImageSettings settle(NFNet.Preset preset) {
        if (inFolders()) {
            height = height == null ? Integer.valueOf(preset.imageSize()) : height;
            width = width == null ? Integer.valueOf(preset.imageSize()) : width;
            crop = crop == null ? Double.valueOf(1) : crop;
            testShare = testShare == null ? Double.valueOf(TEST_SHARE) : testShare;
        } else {
            String given =
                    height != null
                            ? "--image-size"
                            : crop != null ? "--crop" : testShare != null ? "--test-share" : null;
            if (given != null) {
                throw new UsageException(given + ": for images in folders, one for each class");
            }
        }
        return this;
    }

    /** Whether a part of a folder was trained on; which part is not recorded. */
    boolean isPartOf(Path folder) {
        return inFolders()
                && Path.of(data).equals(folder.toAbsolutePath().normalize())
                && !Files.isDirectory(folder.resolve("test"));
    }

    /** Size and crop of image files. */
    ImageGeometry geometry() {
        return new ImageGeometry(height, width, crop);
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
    NFNet architecture(NFNet.Preset preset, ImageSet train) {
        long updates = (long) epochs * ((train.size() + batch - 1) / batch);
        if (updates > Integer.MAX_VALUE) {
            throw new UsageException("--epochs " + epochs + ": too many updates, " + updates);
        }
        int warmUp = (int) Math.min(updates / 10, 500);
        return NFNet.builder()
                .preset(preset)
                .channels(train.channels())
                .imageSize(train.height(), train.width())
                .classes(train.classNames().size())
                .standardized(standardizedWeights)
                .lossFunction(weighted(new LossMCXENT(), train.classNames(), train.classCounts()))
                .seed(seed)
                .updater(new Nesterovs(new CosineSchedule(lr, warmUp, (int) updates), momentum))
                .gradientClipping(clip == 0 ? null : new AdaptiveGradientClipping(clip, 1e-3))
                .build();
    }
}
