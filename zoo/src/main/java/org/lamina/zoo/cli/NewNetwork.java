package org.lamina.zoo.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.lamina.spec.WeightStandardization;
import org.lamina.zoo.EegModelBuilder;
import org.lamina.zoo.NFNet;
import org.lamina.zoo.NFNetArchitecture;
import picocli.CommandLine.Option;

/** The network that {@code import} makes where it is given none, and its options. */
final class NewNetwork {

    @Option(
            names = "--classes",
            paramLabel = "N",
            description = "Of a new network (for EEG 4, NFNet 1000).")
    private Integer classes;

    @Option(
            names = "--channels",
            paramLabel = "N",
            description = "EEG channels of a new network (22).")
    private Integer channels;

    @Option(names = "--samples", paramLabel = "N", description = "Samples of its epochs (256).")
    private Integer samples;

    @Option(
            names = "--kernel-length",
            paramLabel = "N",
            description = "Length of its first kernels (as published).")
    private Integer kernelLength;

    @Option(names = "--f1", paramLabel = "N", description = "Its temporal filters (as published).")
    private Integer f1;

    @Option(
            names = "--depth",
            paramLabel = "N",
            description = "Spatial filters for each (as published).")
    private Integer depth;

    @Option(names = "--f2", paramLabel = "N", description = "Filters after those (as published).")
    private Integer f2;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description =
                    "Of a new NFNet, as \"zoo list\" names it: nfnet-f0 (default of timm-dm-nfnet),"
                            + " nf-resnet-50 (of timm-nf-resnet), eca-nfnet-l0 (of timm-nfnet-l),"
                            + " nf-regnet-b1 (of timm-nf-regnet) and others.")
    private String preset;

    /** An option for a network that is not made would be ignored. */
    void checkUnused() {
        eegOptions().forEach((option, value) -> refuse(option, value, "network for EEG"));
        refuse("--preset", preset, "NFNet");
        refuse("--classes", classes, "network");
    }

    /** An option for another kind of network would be ignored. */
    void checkUsed(WeightSource source) {
        if (source.eeg() == null) {
            eegOptions().forEach((option, value) -> refuse(option, value, "network for EEG"));
        } else {
            refuse("--preset", preset, "NFNet");
        }
    }

    private Map<String, Object> eegOptions() {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("--channels", channels);
        options.put("--samples", samples);
        options.put("--kernel-length", kernelLength);
        options.put("--f1", f1);
        options.put("--depth", depth);
        options.put("--f2", f2);
        return options;
    }

    private static void refuse(String option, Object value, String network) {
        if (value != null) {
            throw new UsageException(option + " is for a new " + network + "; leave it out here");
        }
    }

    /** The network that a source's names are of. */
    Model of(WeightSource source) {
        return source.eeg() == null ? nfNet(source.images()) : eeg(source.eeg().get());
    }

    private Model eeg(EegModelBuilder<?, ?> network) {
        set(channels, network::channels);
        set(samples, network::samples);
        set(classes, network::classes);
        set(kernelLength, network::kernelLength);
        set(f1, network::f1);
        set(depth, network::d);
        set(f2, network::f2);
        return network.build().init();
    }

    private static void set(Integer value, Consumer<Integer> option) {
        if (value != null) {
            option.accept(value);
        }
    }

    /** With timm's formula of weight standardization, so that outputs are those of timm. */
    private Model nfNet(NFNet.Preset otherwise) {
        NFNet.Preset found = preset == null ? otherwise : named(preset);
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

    private static NFNet.Preset named(String name) {
        return Arrays.stream(NFNet.Preset.values())
                .filter(value -> name(value).equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new UsageException(
                                        "--preset "
                                                + name
                                                + "; there are "
                                                + Arrays.stream(NFNet.Preset.values())
                                                        .map(NewNetwork::name)
                                                        .toList()));
    }

    private static String name(NFNet.Preset value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
