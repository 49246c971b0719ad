package org.lamina.zoo.cli;

import picocli.CommandLine.Option;

/** The settings of a U-Net that removes noise from generated signals. */
final class UNetSettings extends Settings {
    /** With fewer samples the deepest stage has nothing to normalize. */
    private static final int SHORTEST = 16;

    @Option(
            names = "--length",
            paramLabel = "N",
            description = "Samples of a signal (${DEFAULT-VALUE}).")
    @Limits(from = SHORTEST)
    int length = 256;

    @Option(
            names = "--snr",
            paramLabel = "DB",
            description = "Signal-to-noise ratio (${DEFAULT-VALUE}).")
    @Limits(from = -100, to = 100)
    double snr;

    @Option(
            names = "--width",
            paramLabel = "N",
            description = "Filters of the first stage (${DEFAULT-VALUE}).")
    @Limits(above = 0)
    int width = 16;

    @Option(
            names = "--updates",
            paramLabel = "N",
            description = "Number of updates, each on new signals (${DEFAULT-VALUE}).")
    @Limits(above = 0)
    int updates = 400;

    UNetSettings() {
        super(32, 5e-3, 1);
    }
}
