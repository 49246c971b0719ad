package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamina.zoo.builtin.BuiltInNetwork;
import org.lamina.zoo.keras.Keras;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.onnx.Onnx;
import org.lamina.zoo.onnx.OnnxOptions;
import org.lamina.zoo.weights.NameMap;
import org.lamina.zoo.weights.StateDict;
import org.lamina.zoo.weights.Weights;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Exports weights of a saved model, or the model for use without Lamina. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Writes a model's weights, or a model of DL4J's own layers with the same outputs,"
                        + " which can be used without Lamina.")
final class ExportCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "MODEL", description = "File model.zip.")
    private Path model;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description =
                    "What to write: .safetensors or .npz the weights, .zip a model of DL4J's own"
                            + " layers (to load with ComputationGraph.load), .onnx the network for"
                            + " ONNX Runtime and the like, .keras or .h5 the network for Keras.")
    private Path out;

    @Option(
            names = "--names",
            paramLabel = "NAMES",
            description = "Names of the weights, as in import --from (lamina).")
    private String names;

    @Option(
            names = "--map",
            paramLabel = "FILE",
            description = "Your own map of names, instead of --names.")
    private Path map;

    @Option(names = "--layer", paramLabel = "NAME", description = "The weights of this layer only.")
    private String layer;

    @Mixin private final ModelReading reading = new ModelReading();

    @Option(
            names = "--with-normalizer",
            description =
                    "Include the normalizer in the .onnx file, which then takes epochs or images as"
                            + " they are.")
    private boolean withNormalizer;

    @Option(
            names = "--fold-batch-norm",
            description = "Fold batch normalization into the preceding weights in the .onnx file.")
    private boolean foldBatchNorm;

    @Option(
            names = "--published-order",
            description =
                    "Write the temporal filters of an EEG network before its spatial ones in the"
                        + " .onnx file, as published, even where the other order takes less time.")
    private boolean publishedOrder;

    @Option(
            names = "--with-mask",
            description =
                    "Give the .onnx file of a network for time series a second input, mask"
                            + " [minibatch, time]: 1 where a padded example has values, else 0.")
    private boolean withMask;

    @Option(
            names = "--input",
            split = ",",
            paramLabel = "N",
            description =
                    "Shape of an example for .keras and .h5, where the model does not say it:"
                            + " 1,22,256 (channels first), 3,500 for time series or 16.")
    private int[] input;

    ExportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (names != null && map != null) {
            throw new UsageException("give --names or --map, not both");
        }
        boolean plain = Texts.endsWith(out, ".zip");
        boolean onnx = Texts.endsWith(out, ".onnx");
        boolean keras = Texts.endsWith(out, ".keras", ".h5");
        if (!onnx && (withNormalizer || foldBatchNorm || publishedOrder || withMask)) {
            throw new UsageException(
                    "--out %s: --with-normalizer, --fold-batch-norm, --published-order and"
                            + " --with-mask are for .onnx",
                    out);
        }
        if (!keras && input != null) {
            throw new UsageException("--out " + out + ": --input is for .keras and .h5");
        }
        if ((plain || onnx || keras) && (names != null || map != null || layer != null)) {
            throw new UsageException(
                    "--out " + out + ": --names, --map and --layer are for .safetensors and .npz");
        }
        OutputFolder.checkFile(out);
        WeightSource source =
                names == null ? WeightSource.LAMINA : WeightSource.named("--names", names);
        if (source.ofLayer() && layer == null) {
            throw new UsageException("--layer NAME is missing: " + source + " is of one layer");
        }
        if (onnx) {
            return onnx();
        }
        if (keras) {
            return keras();
        }
        Model network = ModelFile.loadNetwork(model, reading.options());
        if (plain) {
            ComputationGraph converted = BuiltInNetwork.of(network);
            ModelFile.saveNetwork(converted, out);
            console.print("%s: %,d parameters in DL4J's own layers", out, converted.numParams());
            return ExitCode.OK;
        }
        NameMap rules;
        if (map != null) {
            rules = NameMap.read(map);
        } else {
            rules = layer == null ? source.names() : source.names(network, layer);
        }
        Model part = layer == null ? network : WeightSource.layer(network, layer);
        StateDict weights = Weights.export(part, rules);
        weights.write(out);
        console.print(
                "%s: %d arrays with the names of %s", out, weights.names().size(), rules.source());
        return ExitCode.OK;
    }

    private int onnx() throws IOException {
        OnnxOptions options = new OnnxOptions();
        Model network;
        if (ModelFile.hasCard(model)) {
            ModelFile whole = ModelFile.load(model, reading.options());
            options = OnnxOptions.of(whole, withNormalizer);
            network = whole.network();
        } else if (withNormalizer) {
            throw new UsageException(
                    "--with-normalizer: " + model + " has no normalizer that Lamina wrote");
        } else {
            network = ModelFile.loadNetwork(model, reading.options());
        }
        options.foldBatchNorm(foldBatchNorm).publishedOrder(publishedOrder).mask(withMask);
        Onnx.export(network, out, options);
        console.print("%s: %,d parameters, operator set 17", out, network.numParams());
        return ExitCode.OK;
    }

    private int keras() throws IOException {
        Model network;
        InputType type;
        if (input == null && ModelFile.hasCard(model)) {
            ModelFile whole = ModelFile.load(model, reading.options());
            type = whole.card().inputType();
            network = whole.network();
        } else {
            type = inputType();
            network = ModelFile.loadNetwork(model, reading.options());
        }
        Keras.write(network, out, type);
        console.print("%s: %,d parameters, channels last", out, network.numParams());
        return ExitCode.OK;
    }

    private InputType inputType() {
        if (input == null) {
            throw new UsageException(
                    "--input is missing: " + model + " does not say the shape of its input");
        }
        boolean positive = Arrays.stream(input).allMatch(size -> size > 0);
        return switch (positive ? input.length : 0) {
            case 1 -> InputType.feedForward(input[0]);
            case 2 -> InputType.recurrent(input[0], input[1]);
            case 3 -> InputType.convolutional(input[1], input[2], input[0]);
            default ->
                    throw new UsageException(
                            "--input " + Arrays.toString(input) + ": one to three numbers above 0");
        };
    }
}
