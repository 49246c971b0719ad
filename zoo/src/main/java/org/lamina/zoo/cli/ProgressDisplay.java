package org.lamina.zoo.cli;

import java.nio.charset.Charset;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.lamina.zoo.training.TrainerListener;
import org.lamina.zoo.training.TrainingHistory;

/** A progress bar with loss, accuracy and time left; without a terminal, one line per epoch. */
final class ProgressDisplay implements TrainerListener, AutoCloseable {
    private static final int WIDTH = 110;

    private final Console console;
    private final int epochs;
    private final ProgressBar bar;
    private double secondsSoFar;
    private int epochsSoFar;
    private String lastEpoch = "";

    /** Starts at zero or, in a resumed run, after the batches already done. */
    ProgressDisplay(Console console, int epochs, int batchesPerEpoch, long batchesDone) {
        this.console = console;
        this.epochs = epochs;
        this.bar =
                console.terminal()
                        ? new ProgressBarBuilder()
                                .setTaskName("Training")
                                .setInitialMax((long) epochs * batchesPerEpoch)
                                .startsFrom(batchesDone, java.time.Duration.ZERO)
                                .setStyle(
                                        Charset.defaultCharset().name().startsWith("UTF")
                                                ? ProgressBarStyle.UNICODE_BLOCK
                                                : ProgressBarStyle.ASCII)
                                .setUpdateIntervalMillis(250)
                                .setConsumer(new ConsoleProgressBarConsumer(console.out(), WIDTH))
                                .build()
                        : null;
    }

    @Override
    public void onBatch(int epoch, int batch, int batches, double loss) {
        if (bar != null) {
            bar.step();
            bar.setExtraMessage(
                    String.format(Locale.ROOT, " epoch %d loss %.3f%s", epoch, loss, lastEpoch));
        }
    }

    @Override
    public void onEpoch(TrainingHistory.Epoch epoch, boolean best) {
        if (bar != null) {
            lastEpoch =
                    epoch.validationAccuracy() == null
                            ? String.format(Locale.ROOT, " acc %.3f", epoch.trainAccuracy())
                            : String.format(
                                    Locale.ROOT,
                                    " acc %.3f val %.3f",
                                    epoch.trainAccuracy(),
                                    epoch.validationAccuracy());
            return;
        }
        secondsSoFar += epoch.seconds();
        epochsSoFar++;
        double left = secondsSoFar / epochsSoFar * (epochs - epoch.number());
        console.print(
                "Epoch %3d/%d  loss %.3f  accuracy %.3f%s  %s left",
                epoch.number(),
                epochs,
                epoch.loss(),
                epoch.trainAccuracy(),
                Texts.validation(epoch, best),
                time(left));
    }

    static String time(double seconds) {
        long whole = Math.round(seconds);
        return String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
