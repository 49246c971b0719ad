package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamina.optimize.CosineSchedule;
import org.lamina.zoo.UNet1D;
import org.lamina.zoo.data.simulation.NoisyBursts;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.network.Networks;
import org.lamina.zoo.training.DivergenceException;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a small U-Net to remove noise from generated signals and measures how well it does. */
@Command(
        name = "unet",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Trains a small U-Net (unet-12) to remove white noise and drift from generated"
                        + " signals, bursts of oscillations, and measures the signal-to-noise ratio"
                        + " before and after on signals that it has not seen.")
final class TrainUNetCommand implements Callable<Integer> {
    private static final int TEST_EXAMPLES = 200;

    private final Console console;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder of the results (unet-DATE-TIME).")
    private Path out;

    @Mixin private final UNetSettings settings = new UNetSettings();

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
        NoisyBursts signals = new NoisyBursts(settings.length, settings.snr);
        DataSet test = signals.draw(TEST_EXAMPLES, new Random(settings.seed + 1));
        ComputationGraph network =
                UNet1D.builder()
                        .length(settings.length)
                        .width(settings.width)
                        .updater(
                                new Adam(
                                        new CosineSchedule(
                                                settings.lr,
                                                settings.updates / 10,
                                                settings.updates)))
                        .seed(settings.seed)
                        .build()
                        .init();
        console.print(
                "U-Net on generated signals of %d samples, %s dB; %d parameters, seed %d",
                settings.length, Texts.number(settings.snr), network.numParams(), settings.seed);
        long begin = System.nanoTime();
        train(network, signals, begin);
        double seconds = (System.nanoTime() - begin) / 1e9;
        double before = NoisyBursts.snr(test.getLabels(), test.getFeatures());
        double after = NoisyBursts.snr(test.getLabels(), network.outputSingle(test.getFeatures()));
        double filtered = NoisyBursts.snr(test.getLabels(), signals.bandPassed(test.getFeatures()));
        ModelFile.saveNetwork(network, folder.model());
        OutputFolder.writeJson(
                folder.metrics(), metrics(network, before, filtered, after, seconds));
        console.print(
                "%nSignal-to-noise ratio on %d other signals: %s dB before, %s dB after a"
                        + " band-pass, %s dB after the network",
                TEST_EXAMPLES, decibels(before), decibels(filtered), decibels(after));
        console.print("Saved in %s: model.zip, metrics.json", folder.path());
    }

    private void train(ComputationGraph network, NoisyBursts signals, long begin) {
        Random random = new Random(settings.seed);
        int part = Math.max(1, settings.updates / 10);
        double sum = 0;
        for (int update = 1; update <= settings.updates; update++) {
            network.fit(signals.draw(settings.batch, random));
            // DL4J sums the losses over the samples of a signal.
            double loss = network.score() / settings.length;
            if (!Double.isFinite(loss)) {
                throw diverged(network, update);
            }
            sum += loss;
            if (update % part == 0) {
                console.print(
                        "Update %4d/%d  mean squared error %.3f  %.0f s",
                        update, settings.updates, sum / part, (System.nanoTime() - begin) / 1e9);
                sum = 0;
            }
        }
        // The loss was computed before the last update.
        if (!Networks.isFinite(network)) {
            throw diverged(network, settings.updates);
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
        json.put("settings", settings.toMap());
        return json;
    }
}
