package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.api.Model;
import org.lamina.zoo.data.NameList;
import org.lamina.zoo.keras.Keras;
import org.lamina.zoo.keras.KerasOptions;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.onnx.Onnx;
import org.lamina.zoo.onnx.OnnxOptions;
import org.lamina.zoo.weights.NameMap;
import org.lamina.zoo.weights.StateDict;
import org.lamina.zoo.weights.Weights;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Imports weights of other implementations. */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
final class ImportCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            paramLabel = "WEIGHTS",
            description =
                    "File .safetensors, .npz, .onnx with the names of the parameters, or Keras's"
                            + " .h5 or .keras.")
    private Path weights;

    @Option(
            names = "--from",
            paramLabel = "NAMES",
            description = "Implementation that the names are from.")
    private String from;

    @Option(
            names = "--map",
            paramLabel = "FILE",
            description = "Your own map of names, instead of --from (see the Javadoc of NameMap).")
    private Path map;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "The model to write, .zip.")
    private Path out;

    @Option(
            names = "--into",
            paramLabel = "MODEL",
            description =
                    "A saved model to import the weights into (a new network of the"
                            + " implementation).")
    private Path into;

    @Option(
            names = "--layer",
            paramLabel = "NAME",
            description = "With --into: the single layer to import the weights into.")
    private String layer;

    @Option(
            names = "--lambda",
            paramLabel = "NAME=FUNCTION",
            description =
                    "For a whole Keras model: what a function that it stores as code computes, by"
                        + " its name or that of its Lambda layer; square, log (of max(x, 1e-7)) or"
                        + " one of Keras's activation functions. May be repeated.")
    private Map<String, String> lambdas = Map.of();

    @Mixin private final ModelReading reading = new ModelReading();

    @Mixin private NewNetwork fresh = new NewNetwork();

    @Option(
            names = "--no-projection",
            description = "Refuse weights that violate a norm constraint (project them onto it).")
    private boolean noProjection;

    private ImportCommand(Console console) {
        this.console = console;
    }

    static CommandLine of(Console console) {
        CommandLine line = new CommandLine(new ImportCommand(console));
        line.getCommandSpec()
                .usageMessage()
                .description(
                        "Makes a model from the weights of another implementation (--from or"
                                + " --map), or from a whole Keras model (.keras, .h5), of which the"
                                + " architecture is read, too.",
                        "Implementations for --from, by the names of their weights. Whole networks:"
                                + " "
                                + WeightSource.all(false)
                                + ".",
                        "Single layers: " + WeightSource.all(true) + ".");
        return line;
    }

    @Override
    public Integer call() throws IOException {
        if (from == null && map == null && Texts.endsWith(weights, ".keras", ".h5", ".hdf5")) {
            return keras();
        }
        if ((from == null) == (map == null)) {
            throw new UsageException("give --from NAMES or --map FILE");
        }
        if (!lambdas.isEmpty()) {
            throw new UsageException("--lambda is for whole models of Keras, without --from");
        }
        OutputFolder.checkFile(out);
        WeightSource source = from == null ? null : WeightSource.named("--from", from);
        boolean ofLayer = source != null && source.ofLayer();
        if (into == null
                && (source == null || source == WeightSource.LAMINA || ofLayer || layer != null)) {
            throw new UsageException(
                    "--into MODEL is missing: only weights of a whole network of another"
                            + " implementation say what model to make");
        }
        if (ofLayer && layer == null) {
            throw new UsageException("--layer NAME is missing: " + source + " is of one layer");
        }
        if (into == null) {
            fresh.checkUsed(source);
        } else {
            fresh.checkUnused();
        }
        boolean own = source == WeightSource.LAMINA && WeightSource.isOnnx(weights);
        StateDict arrays = own ? null : WeightSource.read(weights);
        ModelFile card =
                into != null && ModelFile.hasCard(into)
                        ? ModelFile.load(into, reading.options())
                        : null;
        Model network;
        if (card != null) {
            network = card.network();
        } else {
            network =
                    into == null
                            ? fresh.of(source)
                            : ModelFile.loadNetwork(into, reading.options());
        }
        if (own) {
            OnnxOptions options = card == null ? new OnnxOptions() : OnnxOptions.of(card, false);
            arrays = Onnx.parameters(network, weights, options.publishedOrder(true));
        }
        NameMap names =
                source == null
                        ? NameMap.read(map)
                        : layer == null ? source.names() : source.names(network, layer);
        Model target = layer == null ? network : WeightSource.layer(network, layer);
        String prefix = Weights.prefix(target, arrays, names);
        Set<String> projected =
                Weights.importInto(
                        target,
                        arrays,
                        names,
                        noProjection ? Weights.OutsideNorm.REFUSE : Weights.OutsideNorm.PROJECT);
        if (card != null) {
            card.save(out);
        } else {
            ModelFile.saveNetwork(network, out);
        }
        if (!prefix.isEmpty()) {
            console.print("The names in %s begin with '%s'; read without it", weights, prefix);
        }
        console.print(
                "%s: %,d parameters from %s (%s)%s",
                out,
                target.numParams(),
                weights,
                names.source(),
                projected.isEmpty()
                        ? ""
                        : "; projected onto their norm: " + NameList.of(projected));
        return ExitCode.OK;
    }

    private int keras() throws IOException {
        if (into != null || layer != null || noProjection) {
            throw new UsageException(
                    "--into, --layer and --no-projection are for weights: give --from NAMES or"
                            + " --map FILE");
        }
        fresh.checkUnused();
        OutputFolder.checkFile(out);
        KerasOptions options = new KerasOptions();
        try {
            lambdas.forEach(options::function);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--lambda " + e.getMessage());
        }
        Model network = Keras.read(weights, options);
        ModelFile.saveNetwork(network, out);
        console.print(
                "%s: %,d parameters from %s; inputs have their channels first",
                out, network.numParams(), weights);
        return ExitCode.OK;
    }
}
