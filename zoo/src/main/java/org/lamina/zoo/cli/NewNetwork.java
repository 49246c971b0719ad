package org.lamina.zoo.cli;

import java.util.Arrays;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.lamina.spec.WeightStandardization;
import org.lamina.zoo.EegModelBuilder;
import org.lamina.zoo.NFNet;
import org.lamina.zoo.NFNetArchitecture;
import org.lamina.zoo.Zoo;
import picocli.CommandLine.Option;

/** The network that {@code import} makes if it is given none, and its options. */
final class NewNetwork {

    @Option(
            names = "--classes",
            paramLabel = "N",
            description = "Classes of a new network (4 for EEG, 1000 for NFNet).")
    private Integer classes;

    @Option(
            names = "--channels",
            paramLabel = "N",
            description = "EEG channels of a new network (22).")
    private Integer channels;

    @Option(names = "--samples", paramLabel = "N", description = "Samples of an epoch (256).")
    private Integer samples;

    @Option(
            names = "--kernel-length",
            paramLabel = "N",
            description = "Length of the temporal filters in samples (as published).")
    private Integer kernelLength;

    @Option(
            names = "--f1",
            paramLabel = "N",
            description = "Number of temporal filters (as published).")
    private Integer f1;

    @Option(
            names = "--depth",
            paramLabel = "N",
            description = "Spatial filters per temporal filter (as published).")
    private Integer depth;

    @Option(
            names = "--f2",
            paramLabel = "N",
            description = "Filters after the spatial ones (as published).")
    private Integer f2;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description =
                    "Of a new NFNet, as \"zoo list\" names it: nfnet-f0 (default of timm-dm-nfnet),"
                            + " nf-resnet-50 (of timm-nf-resnet), eca-nfnet-l0 (of timm-nfnet-l),"
                            + " nf-regnet-b1 (of timm-nf-regnet) and others.")
    private String preset;

    /** Refuses all of these switches where no network is made. */
    void checkUnused() {
        Switches.refuse(this, "only for a new network; leave it out here");
    }

    /** Refuses the switches for another kind of network. */
    void checkUsed(WeightSource source) {
        if (source.eeg() == null) {
            Switches.refuse(
                    this,
                    "only for a new network for EEG; leave it out here",
                    "--classes",
                    "--preset");
        } else if (preset != null) {
            throw new UsageException("--preset: only for a new NFNet; leave it out here");
        }
    }

    /** The network that a source's names are of. */
    Model of(WeightSource source) {
        return source.eeg() == null ? nfNet(source.images()) : eeg(source.eeg());
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

    /** Uses timm's formula of weight standardization, so that outputs equal timm's. */
    private Model nfNet(NFNet.Preset otherwise) {
        NFNet.Preset found = preset == null ? otherwise : named(preset);
        WeightStandardization formula = WeightStandardization.timm().withEps(1e-5);
        NFNetArchitecture timm = found.architecture().withStandardization(formula);
        NFNet.Builder net = NFNet.builder().preset(found).architecture(timm);
        return (classes == null ? net : net.classes(classes)).init();
    }

    private static NFNet.Preset named(String name) {
        return Arrays.stream(NFNet.Preset.values())
                .filter(value -> Zoo.nameOf(value).equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new UsageException(
                                        "--preset %s; there are %s",
                                        name,
                                        Arrays.stream(NFNet.Preset.values())
                                                .map(Zoo::nameOf)
                                                .toList()));
    }
}
