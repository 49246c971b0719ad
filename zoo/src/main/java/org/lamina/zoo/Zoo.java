package org.lamina.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** The available networks, as data. */
public final class Zoo {

    private static final String EEGNET = "https://arxiv.org/abs/1611.08024";
    private static final String CONVNETS = "https://arxiv.org/abs/1703.05051";
    private static final String NFNETS = "https://arxiv.org/abs/2102.06171";
    private static final String NF_RESNETS = "https://arxiv.org/abs/2101.08692";
    private static final String MDNC = "https://github.com/cainmagi/MDNC";

    private static final List<Entry> ENTRIES = entries();

    /**
     * A network.
     *
     * @param name on the command line
     * @param title name in texts
     * @param source where it is published
     * @param network makes it, with its defaults
     * @param eeg makes a builder of it, if it classifies EEG epochs; else null
     */
    public record Entry(
            String name,
            String title,
            String source,
            Supplier<? extends BaseZooModel<?, ?>> network,
            Supplier<? extends EegModelBuilder<?, ?>> eeg) {}

    private Zoo() {}

    /** All networks. */
    public static List<Entry> networks() {
        return ENTRIES;
    }

    /** The networks that classify EEG epochs. */
    public static List<Entry> eegNetworks() {
        return ENTRIES.stream().filter(entry -> entry.eeg() != null).toList();
    }

    /** The network of this name. */
    public static Optional<Entry> find(String name) {
        return ENTRIES.stream().filter(entry -> entry.name().equals(name)).findFirst();
    }

    /** The name here of a network's preset: {@code nfnet-f0} of {@code NFNET_F0}. */
    public static String nameOf(Enum<?> preset) {
        return preset.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static List<Entry> entries() {
        List<Entry> all = new ArrayList<>();
        all.add(eeg("eegnet", "EEGNet", EEGNET, EEGNet::builder));
        all.add(
                eeg(
                        "eegnet-ssvep",
                        "EEGNet-SSVEP",
                        "https://arxiv.org/abs/1803.04566",
                        () -> EEGNet.builder().preset(EEGNet.Preset.SSVEP)));
        all.add(eeg("shallow-convnet", "ShallowConvNet", CONVNETS, ShallowConvNet::builder));
        all.add(eeg("deep-convnet", "DeepConvNet", CONVNETS, DeepConvNet::builder));
        all.add(
                eeg(
                        "eeg-inception",
                        "EEG-Inception",
                        "https://doi.org/10.1109/TNSRE.2020.3048106",
                        EEGInception::builder));
        all.add(
                eeg(
                        "eeg-tcnet",
                        "EEG-TCNet",
                        "https://arxiv.org/abs/2006.00622",
                        EEGTCNet::builder));
        for (NFNet.Preset preset : NFNet.Preset.values()) {
            String source = preset.name().startsWith("NF_") ? NF_RESNETS : NFNETS;
            all.add(other(preset, source, () -> NFNet.builder().preset(preset).build()));
        }
        for (EncNet1D.Preset preset : EncNet1D.Preset.values()) {
            all.add(other(preset, MDNC, () -> EncNet1D.builder().preset(preset).build()));
        }
        for (UNet1D.Preset preset : UNet1D.Preset.values()) {
            all.add(other(preset, MDNC, () -> UNet1D.builder().preset(preset).build()));
        }
        return List.copyOf(all);
    }

    private static Entry eeg(
            String name,
            String title,
            String source,
            Supplier<? extends EegModelBuilder<?, ?>> builder) {
        return new Entry(name, title, source, () -> builder.get().build(), builder);
    }

    private static Entry other(
            Enum<?> preset, String source, Supplier<? extends BaseZooModel<?, ?>> network) {
        String name = nameOf(preset);
        return new Entry(name, name, source, network, null);
    }
}
