package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.lamina.optimize.CosineSchedule;
import org.lamina.zoo.UNet1D;
import org.lamina.zoo.data.simulation.NoisyBursts;
import org.lamina.zoo.training.AtomicFile;
import org.lamina.zoo.training.DivergenceException;
import org.lamina.zoo.training.Networks;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a small U-Net to clean generated signals of noise, and measures how well it does. */
@Command(
        name = "unet",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description =
                "Trains a small U-Net (unet-12) to clean generated signals, bursts of oscillations,"
                        + " of white noise and drift, and measures the signal-to-noise ratio before"
                        + " and after on signals that it has not seen.")
final class TrainUNetCommand implements Callable<Integer> {
    private static final int TEST_EXAMPLES = 200;

    /** Fewer leave the deepest stage nothing to normalize. */
    private static final int SHORTEST = 16;

    private final Console console;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder of the results (unet-DATE-TIME).")
    private Path out;

    @Option(names = "--length", paramLabel = "N", description = "Samples of a signal.")
    @Limits(from = SHORTEST)
    private int length = 256;

    @Option(names = "--snr", paramLabel = "DB", description = "Signal-to-noise ratio.")
    @Limits(from = -100, to = 100)
    private double snr = 0;

    @Option(names = "--width", paramLabel = "N", description = "Filters of the first stage.")
    @Limits(above = 0)
    private int width = 16;

    @Option(names = "--updates", paramLabel = "N", description = "Updates, each on new signals.")
    @Limits(above = 0)
    private int updates = 400;

    @Option(names = "--batch", paramLabel = "N", description = "Signals of one update.")
    @Limits(above = 0)
    private int batch = 32;

    @Option(names = "--lr", paramLabel = "RATE", description = "Largest learning rate of Adam.")
    @Limits(above = 0)
    private double lr = 5e-3;

    @Option(names = "--seed", paramLabel = "N", description = "Of everything random.")
    private long seed = 1;

    @Mixin
    @SuppressWarnings("unused") // picocli sets the number
    private final Threads threads = new Threads();

    TrainUNetCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        try (OutputFolder folder = OutputFolder.create(out, "unet")) {
            run(folder);
        }
        return ExitCode.OK;
    }

    private void run(OutputFolder folder) throws IOException {
        NoisyBursts signals = new NoisyBursts(length, snr);
        DataSet test = signals.draw(TEST_EXAMPLES, new Random(seed + 1));
        ComputationGraph network =
                UNet1D.builder()
                        .length(length)
                        .width(width)
                        .updater(new Adam(new CosineSchedule(lr, updates / 10, updates)))
                        .seed(seed)
                        .build()
                        .init();
        console.print(
                "U-Net on generated signals of %d samples, %s dB; %d parameters, seed %d",
                length, Texts.number(snr), network.numParams(), seed);
        long begin = System.nanoTime();
        train(network, signals, begin);
        double seconds = (System.nanoTime() - begin) / 1e9;
        double before = NoisyBursts.snr(test.getLabels(), test.getFeatures());
        double after = NoisyBursts.snr(test.getLabels(), network.outputSingle(test.getFeatures()));
        double filtered = NoisyBursts.snr(test.getLabels(), signals.bandPassed(test.getFeatures()));
        AtomicFile.write(
                folder.model(), stream -> ModelSerializer.writeModel(network, stream, false));
        OutputFolder.writeJson(
                folder.metrics(), metrics(network, before, filtered, after, seconds));
        console.print(
                "%nSignal-to-noise ratio on %d other signals: %s dB before, %s dB after a"
                        + " band-pass, %s dB after the network",
                TEST_EXAMPLES, decibels(before), decibels(filtered), decibels(after));
        console.print("Saved in %s: model.zip, metrics.json", folder.path());
    }

    private void train(ComputationGraph network, NoisyBursts signals, long begin) {
        Random random = new Random(seed);
        int part = Math.max(1, updates / 10);
        double sum = 0;
        for (int update = 1; update <= updates; update++) {
            network.fit(signals.draw(batch, random));
            // DL4J adds the losses of a signal's samples up.
            double loss = network.score() / length;
            if (!Double.isFinite(loss)) {
                throw diverged(network, update);
            }
            sum += loss;
            if (update % part == 0) {
                console.print(
                        "Update %4d/%d  mean squared error %.3f  %.0f s",
                        update, updates, sum / part, (System.nanoTime() - begin) / 1e9);
                sum = 0;
            }
        }
        // The loss is that of before an update.
        if (!Networks.isFinite(network)) {
            throw diverged(network, updates);
        }
    }

    private static DivergenceException diverged(ComputationGraph network, int update) {
        return new DivergenceException(
                String.format(
                        Locale.ROOT,
                        "Training diverged in update %d, learning rate %s; try a smaller --lr",
                        update,
                        Networks.learningRate(network)));
    }

    /** One decimal, and 0 without a sign. */
    private static String decibels(double value) {
        return String.format(Locale.ROOT, "%.1f", Math.round(10 * value) / 10.0 + 0.0);
    }

    private Map<String, Object> metrics(
            ComputationGraph network,
            double before,
            double filtered,
            double after,
            double seconds) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("length", length);
        settings.put("snr", snr);
        settings.put("width", width);
        settings.put("updates", updates);
        settings.put("batch", batch);
        settings.put("lr", lr);
        settings.put("seed", seed);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("network", "unet-12");
        json.put("data", "generated signals");
        json.put("snrBefore", before);
        json.put("snrBandPass", filtered);
        json.put("snrAfter", after);
        json.put("examples", TEST_EXAMPLES);
        json.put("threads", Threads.count());
        json.put("seconds", seconds);
        json.put("parameters", network.numParams());
        json.put("settings", settings);
        return json;
    }
}
