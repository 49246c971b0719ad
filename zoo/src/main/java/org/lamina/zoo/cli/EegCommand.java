package org.lamina.zoo.cli;

import org.lamina.zoo.Zoo;
import picocli.CommandLine.Option;

/**
 * Trains a network for EEG, once or for each fold of a cross-validation.
 *
 * @param <S> the settings
 */
abstract class EegCommand<S extends EegSettings> extends ResumableCommand<S> {
    final Zoo.Entry network;

    @Option(
            names = "--recompute-bn",
            description =
                    "After training, recompute the statistics of batch normalization on the"
                            + " training data without dropout (running statistics of training).")
    private void recomputeBatchNorm(boolean given) {
        settings.recomputeBatchNorm = given;
    }

    EegCommand(Console console, Zoo.Entry network, S settings) {
        super(console, network.name(), settings);
        this.network = network;
    }
}
