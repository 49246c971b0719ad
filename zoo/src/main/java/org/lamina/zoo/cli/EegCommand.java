package org.lamina.zoo.cli;

import org.lamina.zoo.Zoo;
import picocli.CommandLine.Option;

/**
 * Trains a network for EEG, once or more often.
 *
 * @param <S> the settings
 */
abstract class EegCommand<S extends EegSettings> extends ResumableCommand<S> {
    final Zoo.Entry network;

    @Option(
            names = "--recompute-bn",
            description =
                    "After training, take the statistics that evaluation normalizes with from the"
                            + " training data without dropout (the running ones, of training).")
    private void recomputeBatchNorm(boolean given) {
        settings.recomputeBatchNorm = given;
    }

    EegCommand(Console console, Zoo.Entry network, S settings) {
        super(console, network.name(), settings);
        this.network = network;
    }
}
