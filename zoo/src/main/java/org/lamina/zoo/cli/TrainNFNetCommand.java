package org.lamina.zoo.cli;

import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.lamina.optimize.AdaptiveGradientClipping;
import org.lamina.optimize.CosineSchedule;
import org.lamina.zoo.NFNet;
import org.lamina.zoo.data.image.ImageIterator;
import org.lamina.zoo.data.image.ImageSet;
import org.lamina.zoo.data.image.ShapeImages;
import org.lamina.zoo.training.AtomicFile;
import org.lamina.zoo.training.ImageTrainer;
import org.lamina.zoo.training.Metrics;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.learning.config.Nesterovs;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains the small normalizer-free network and writes model and metrics. */
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

    private static final int EVALUATION_BATCH = 200;
    private static final int SHAPES = 3000;
    private static final int SHAPE_SIZE = 28;
    private static final double MOMENTUM = 0.9;
    private static final double SMOOTHING = 0.1;
    private static final double AVERAGE_DECAY = 0.999;

    private final Console console;

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

    TrainNFNetCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        check();
        ImageSet train =
                data == null ? ShapeImages.draw(SHAPES, SHAPE_SIZE, seed) : ImageSet.training(data);
        ImageSet test =
                data == null
                        ? ShapeImages.draw(SHAPES / 3, SHAPE_SIZE, seed + 1)
                        : ImageSet.test(data, train);
        train = examples == 0 ? train : train.first(examples);
        OutputFolder folder = OutputFolder.create(out, "nfnet-tiny");
        NormalizerStandardize normalizer = new NormalizerStandardize();
        normalizer.fit(ImageIterator.inOrder(train, EVALUATION_BATCH));
        ComputationGraph network = network(train);
        console.print(
                "NFNet-tiny on %s: %d images to train on, %d to test with, %d x %d, %d classes",
                source(),
                train.size(),
                test.size(),
                train.height(),
                train.width(),
                train.classNames().size());
        console.print("  network     %d parameters, seed %d", network.numParams(), seed);

        long begin = System.nanoTime();
        ImageIterator images = ImageIterator.shuffled(train, batch, true, SMOOTHING, seed);
        images.setPreProcessor(normalizer);
        ImageTrainer trainer = new ImageTrainer(network, images, AVERAGE_DECAY, seed);
        for (int epoch = 1; epoch <= epochs; epoch++) {
            double loss = trainer.epoch();
            console.print(
                    "Epoch %3d/%d  loss %.3f  %.0f s", epoch, epochs, loss, secondsSince(begin));
        }
        trainer.finish();
        ImageIterator testImages = ImageIterator.inOrder(test, EVALUATION_BATCH);
        testImages.setPreProcessor(normalizer);
        Metrics metrics = ImageTrainer.evaluate(network, testImages);
        write(folder, network, normalizer, metrics, secondsSince(begin));
        console.print(
                "%nTest accuracy %.4f, loss %.4f on %d images (parameters averaged over updates)",
                metrics.accuracy(), metrics.loss(), metrics.examples());
        console.print(
                "Saved in %s: model.zip (network and normalizer), metrics.json", folder.path());
        return Main.OK;
    }

    private String source() {
        return data == null ? "generated shapes" : "images in " + data.getFileName();
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
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

    private ComputationGraph network(ImageSet train) {
        long updates = (long) epochs * ((train.size() + batch - 1) / batch);
        if (updates > Integer.MAX_VALUE) {
            throw new UsageException("--epochs " + epochs + ": too many updates, " + updates);
        }
        int warmUp = (int) Math.min(updates / 10, 500);
        return architecture(train)
                .updater(new Nesterovs(new CosineSchedule(lr, warmUp, (int) updates), MOMENTUM))
                .gradientClipping(clip == 0 ? null : new AdaptiveGradientClipping(clip, 1e-3))
                .init();
    }

    /** What the network is made of. */
    private NFNet.Builder architecture(ImageSet train) {
        return NFNet.builder()
                .preset(NFNet.Preset.NFNET_TINY)
                .channels(train.channels())
                .imageSize(train.height(), train.width())
                .classes(train.classNames().size())
                .standardized(!plainWeights)
                .seed(seed);
    }

    private void write(
            OutputFolder folder,
            ComputationGraph network,
            NormalizerStandardize normalizer,
            Metrics metrics,
            double seconds)
            throws IOException {
        save(network, normalizer, folder.model());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("network", "nfnet-tiny");
        json.put("data", source());
        json.put("generated", data == null);
        json.put("test", metrics);
        json.put("seconds", seconds);
        json.put("parameters", network.numParams());
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("epochs", epochs);
        settings.put("batch", batch);
        settings.put("lr", lr);
        settings.put("clip", clip);
        settings.put("standardizedWeights", !plainWeights);
        settings.put("examples", examples);
        settings.put("seed", seed);
        settings.put("momentum", MOMENTUM);
        settings.put("labelSmoothing", SMOOTHING);
        settings.put("averageDecay", AVERAGE_DECAY);
        json.put("settings", settings);
        AtomicFile.write(
                folder.metrics(),
                TrainSettings.JSON
                                .writer(SerializationFeature.INDENT_OUTPUT)
                                .writeValueAsString(json)
                        + "\n");
    }

    /**
     * In two steps: writing both at once fails, since ND4J's serializer of this normalizer closes
     * the stream that DL4J goes on with.
     */
    private static void save(
            ComputationGraph network, NormalizerStandardize normalizer, Path target)
            throws IOException {
        Path temporary = Files.createTempFile("model", ".zip");
        try {
            ModelSerializer.writeModel(network, temporary.toFile(), false);
            ModelSerializer.addNormalizerToModel(temporary.toFile(), normalizer);
            AtomicFile.write(target, out -> Files.copy(temporary, out));
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
