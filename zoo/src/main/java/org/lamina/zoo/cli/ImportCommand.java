package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
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

    @Option(
            names = "--classes",
            paramLabel = "N",
            description = "Of a new network (EEGNet 4, NFNet 1000).")
    private Integer classes;

    @Option(
            names = "--channels",
            paramLabel = "N",
            description = "EEG channels of a new EEGNet (22).")
    private Integer channels;

    @Option(names = "--samples", paramLabel = "N", description = "Samples of its epochs (256).")
    private Integer samples;

    @Option(
            names = "--kernel-length",
            paramLabel = "N",
            description = "Length of its first kernel (64).")
    private Integer kernelLength;

    @Option(names = "--f1", paramLabel = "N", description = "Its temporal filters (8).")
    private Integer f1;

    @Option(names = "--depth", paramLabel = "N", description = "Spatial filters for each (2).")
    private Integer depth;

    @Option(names = "--f2", paramLabel = "N", description = "Its last filters (16).")
    private Integer f2;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description =
                    "Of a new NFNet: nfnet-f0 (default) to nfnet-f6; nf-resnet-26, nf-resnet-50.")
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
        if (into == null
                && (source == null || source == WeightSource.LAMINA || ofLayer || layer != null)) {
            throw new UsageException(
                    "--into MODEL is missing: only weights of a whole network of another"
                            + " implementation say what model to make");
        }
        if (ofLayer && layer == null) {
            throw new UsageException("--layer NAME is missing: " + source + " is of one layer");
        }
        checkNetworkOptions(source);
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
                        noProjection ? Weights.OutsideNorm.REFUSE : Weights.OutsideNorm.PROJECT);
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

    /** An option for a network that is not made would be ignored. */
    private void checkNetworkOptions(WeightSource source) {
        Map<String, Object> eegNet = new LinkedHashMap<>();
        eegNet.put("--channels", channels);
        eegNet.put("--samples", samples);
        eegNet.put("--kernel-length", kernelLength);
        eegNet.put("--f1", f1);
        eegNet.put("--depth", depth);
        eegNet.put("--f2", f2);
        boolean eeg = into == null && source.toString().contains("eegnet");
        boolean images = into == null && !eeg;
        eegNet.forEach((option, value) -> checkUsed(eeg, option, value, "EEGNet"));
        checkUsed(images, "--preset", preset, "NFNet");
        checkUsed(into == null, "--classes", classes, "network");
    }

    private static void checkUsed(boolean used, String option, Object value, String network) {
        if (!used && value != null) {
            throw new UsageException(option + " is for a new " + network + "; leave it out here");
        }
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
                throw new AssertionError(source);
        }
    }

    private Model eegNet(EEGNet.Preset variant) {
        return EEGNet.builder()
                .preset(variant)
                .channels(or(channels, 22))
                .samples(or(samples, 256))
                .classes(or(classes, 4))
                .kernelLength(or(kernelLength, 64))
                .f1(or(f1, 8))
                .d(or(depth, 2))
                .f2(or(f2, 16))
                .build()
                .init();
    }

    private static int or(Integer given, int otherwise) {
        return given == null ? otherwise : given;
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
