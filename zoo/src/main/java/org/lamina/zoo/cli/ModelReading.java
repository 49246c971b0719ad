package org.lamina.zoo.cli;

import org.lamina.zoo.modelfile.LoadOptions;
import picocli.CommandLine.Option;

/** How a command reads the model that it is given. */
final class ModelReading {
    @Option(
            names = "--allow-nan",
            description = "Accept a model whose weights are not all finite (refuse it).")
    private boolean allowNan;

    LoadOptions options() {
        LoadOptions defaults = LoadOptions.defaults();
        return allowNan ? defaults.withNonFinite() : defaults;
    }
}
