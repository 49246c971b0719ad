package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.ModelSerializer;
import org.lamina.spec.WeightStandardization;
import org.lamina.zoo.EEGNet;
import org.lamina.zoo.NFNet;
import org.lamina.zoo.NFNetArchitecture;
import org.lamina.zoo.training.AtomicFile;
import org.lamina.zoo.training.ModelFile;
import org.lamina.zoo.weights.NameMap;
import org.lamina.zoo.weights.StateDict;
import org.lamina.zoo.weights.Weights;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Weights of other implementations into a saved model. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Makes a model of weights that another implementation has saved.",
            "The names of the weights say which: lamina, selfeeg-eegnet, braindecode-eegnetv4,"
                    + " keras-eegnet, timm-dm-nfnet, timm-nf-resnet of whole networks;"
                    + " elektronn3-wsconv, mdnc-convmodern, hypnettorch-localconv2d of one layer."
        })
final class ImportCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            paramLabel = "WEIGHTS",
            description = "File .safetensors, .npz, or .h5 of Keras (keras-eegnet).")
    private Path weights;

    @Option(names = "--from", paramLabel = "NAMES", description = "What the names are of.")
    private String from;

    @Option(
            names = "--map",
            paramLabel = "FILE",
            description = "Instead of --from: a map of names of your own (NameMap's Javadoc).")
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
            description = "A saved model that gets the weights (a new network of the source).")
    private Path into;

    @Option(
            names = "--layer",
            paramLabel = "NAME",
            description = "With --into: the one layer that gets the weights.")
    private String layer;

    @Option(names = "--classes", paramLabel = "N", description = "Of a new network.")
    private Integer classes;

    @Option(names = "--channels", paramLabel = "N", description = "EEG channels (22).")
    private int channels = 22;

    @Option(names = "--samples", paramLabel = "N", description = "Samples of an epoch (256).")
    private int samples = 256;

    @Option(names = "--kernel-length", paramLabel = "N", description = "Of EEGNet (64).")
    private int kernelLength = 64;

    @Option(names = "--f1", paramLabel = "N", description = "Temporal filters of EEGNet (8).")
    private int f1 = 8;

    @Option(names = "--depth", paramLabel = "N", description = "Spatial filters for each (2).")
    private int depth = 2;

    @Option(names = "--f2", paramLabel = "N", description = "Last filters of EEGNet (16).")
    private int f2 = 16;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "Of NFNet: nfnet-f0 (default) to nfnet-f6; nf-resnet-26, nf-resnet-50.")
    private String preset;

    @Option(
            names = "--no-projection",
            description =
                    "Weights outside a norm constraint are an error (they are projected onto it).")
    private boolean noProjection;

    ImportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if ((from == null) == (map == null)) {
            throw new UsageException("give --from NAMES or --map FILE");
        }
        OutputFolder.checkFile(out);
        WeightSource source = from == null ? null : WeightSource.named("--from", from);
        boolean ofLayer = source != null && source.ofLayer();
        if (into == null && (source == null || ofLayer || layer != null)) {
            throw new UsageException(
                    "--into MODEL is missing: a map of your own and the weights of one layer need"
                            + " a model to go into");
        }
        if (ofLayer && layer == null) {
            throw new UsageException("--layer NAME is missing: " + source + " is of one layer");
        }
        StateDict arrays = WeightSource.read(weights);
        ModelFile card = into != null && ModelFile.hasCard(into) ? ModelFile.load(into) : null;
        Model network;
        if (card != null) {
            network = card.network();
        } else {
            network = into == null ? fresh(source) : ModelFile.loadNetwork(into);
        }
        NameMap names =
                source == null
                        ? NameMap.read(map)
                        : layer == null ? source.names() : source.names(network, layer);
        Model target = layer == null ? network : WeightSource.layer(network, layer);
        Set<String> projected =
                Weights.importInto(
                        target,
                        arrays,
                        names,
                        noProjection
                                ? Weights.OutsideNorm.REFUSE
                                : Weights.OutsideNorm.PROJECT);
        if (card != null) {
            card.save(out);
        } else {
            AtomicFile.write(out, stream -> ModelSerializer.writeModel(network, stream, false));
        }
        console.print(
                "%s: %,d parameters from %s (%s)%s",
                out,
                target.numParams(),
                weights,
                names.source(),
                projected.isEmpty()
                        ? ""
                        : "; projected onto their norm: " + String.join(", ", projected));
        return Main.OK;
    }

    private Model fresh(WeightSource source) {
        switch (source) {
            case SELFEEG_EEGNET:
                return eegNet(EEGNet.Preset.SELFEEG);
            case BRAINDECODE_EEGNETV4:
                return eegNet(EEGNet.Preset.BRAINDECODE);
            case KERAS_EEGNET:
                return eegNet(EEGNet.Preset.KERAS);
            case TIMM_DM_NFNET:
                return nfNet(preset == null ? "nfnet-f0" : preset);
            case TIMM_NF_RESNET:
                return nfNet(preset == null ? "nf-resnet-50" : preset);
            default:
                throw new UsageException("--into MODEL is missing: " + source + " is any network");
        }
    }

    private Model eegNet(EEGNet.Preset variant) {
        return EEGNet.builder()
                .preset(variant)
                .channels(channels)
                .samples(samples)
                .classes(classes == null ? 4 : classes)
                .kernelLength(kernelLength)
                .f1(f1)
                .d(depth)
                .f2(f2)
                .build()
                .init();
    }

    /** With timm's formula of weight standardization, so that outputs are those of timm. */
    private Model nfNet(String name) {
        NFNet.Preset found =
                Arrays.stream(NFNet.Preset.values())
                        .filter(p -> name(p).equals(name))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new UsageException(
                                                "--preset "
                                                        + name
                                                        + "; there are "
                                                        + Arrays.stream(NFNet.Preset.values())
                                                                .map(ImportCommand::name)
                                                                .toList()));
        NFNetArchitecture a = found.architecture();
        NFNetArchitecture timm =
                new NFNetArchitecture(
                        a.stem(),
                        a.stages(),
                        a.block(),
                        a.lastWidth(),
                        a.activation(),
                        WeightStandardization.timm().withEps(1e-5),
                        a.padding(),
                        a.dropout(),
                        a.stochasticDepth());
        NFNet.Builder net = NFNet.builder().preset(found).architecture(timm);
        return (classes == null ? net : net.classes(classes)).init();
    }

    private static String name(NFNet.Preset value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
