package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.layers.base.AbstractSpecLayer;
import org.lamina.spec.ConvModernSpec;
import org.lamina.zoo.DeepConvNet;
import org.lamina.zoo.EEGInception;
import org.lamina.zoo.EEGNet;
import org.lamina.zoo.EEGTCNet;
import org.lamina.zoo.EegModelBuilder;
import org.lamina.zoo.NFNet;
import org.lamina.zoo.ShallowConvNet;
import org.lamina.zoo.data.NameList;
import org.lamina.zoo.weights.KerasWeights;
import org.lamina.zoo.weights.NameMap;
import org.lamina.zoo.weights.NameMaps;
import org.lamina.zoo.weights.OnnxWeights;
import org.lamina.zoo.weights.StateDict;

/** Implementations whose names the arrays of a file can have. */
enum WeightSource {
    LAMINA(NameMap.own(), null, null),
    SELFEEG_EEGNET(NameMaps.SELFEEG_EEGNET, EEGNet::builder),
    SELFEEG_SHALLOWNET(NameMaps.SELFEEG_SHALLOWNET, ShallowConvNet::builder),
    SELFEEG_DEEPCONVNET(NameMaps.SELFEEG_DEEPCONVNET, DeepConvNet::builder),
    SELFEEG_EEGINCEPTION(NameMaps.SELFEEG_EEGINCEPTION, EEGInception::builder),
    BRAINDECODE_EEGNETV4(NameMaps.BRAINDECODE_EEGNETV4, EEGNet::builder),
    BRAINDECODE_SHALLOWFBCSPNET(NameMaps.BRAINDECODE_SHALLOWFBCSPNET, ShallowConvNet::builder),
    BRAINDECODE_DEEP4NET(NameMaps.BRAINDECODE_DEEP4NET, DeepConvNet::builder),
    BRAINDECODE_EEGINCEPTIONERP(NameMaps.BRAINDECODE_EEGINCEPTIONERP, EEGInception::builder),
    BRAINDECODE_EEGTCNET(NameMaps.BRAINDECODE_EEGTCNET, EEGTCNet::builder),
    KERAS_EEGNET(NameMaps.KERAS_EEGNET, EEGNet::builder),
    TIMM_DM_NFNET(NameMaps.TIMM_DM_NFNET, null, NFNet.Preset.NFNET_F0),
    TIMM_NF_RESNET(NameMaps.TIMM_NF_RESNET, null, NFNet.Preset.NF_RESNET_50),
    TIMM_NFNET_L(NameMaps.TIMM_NFNET_L, null, NFNet.Preset.ECA_NFNET_L0),
    TIMM_NF_REGNET(NameMaps.TIMM_NF_REGNET, null, NFNet.Preset.NF_REGNET_B1),
    ELEKTRONN3_WSCONV(layer -> NameMaps.ELEKTRONN3_WSCONV),
    MDNC_CONVMODERN(WeightSource::convModern),
    HYPNETTORCH_LOCALCONV2D(layer -> NameMaps.HYPNETTORCH_LOCALCONV2D);

    private final Function<Layer, NameMap> names;
    private final boolean layer;
    private final Supplier<EegModelBuilder<?, ?>> eeg;
    private final NFNet.Preset images;

    /** Names of a whole network: of one for EEG, of one for images, or of any. */
    WeightSource(NameMap names, Supplier<EegModelBuilder<?, ?>> eeg, NFNet.Preset images) {
        this.names = any -> names;
        this.layer = false;
        this.eeg = eeg;
        this.images = images;
    }

    /**
     * Names of a network for EEG, whose preset is the library that the constant's name begins with.
     */
    WeightSource(NameMap names, Supplier<EegModelBuilder<?, ?>> eeg) {
        this(names, eeg, null);
    }

    /** Names of a single layer, which may depend on its configuration. */
    WeightSource(Function<Layer, NameMap> names) {
        this.names = names;
        this.layer = true;
        this.eeg = null;
        this.images = null;
    }

    /** The source with a name as the user writes it. */
    static WeightSource named(String option, String name) {
        for (WeightSource source : values()) {
            if (source.toString().equals(name)) {
                return source;
            }
        }
        throw new UsageException(
                option + " " + name + ": no such names; there are " + Arrays.toString(values()));
    }

    /** A builder of the network for EEG that has these names; null if they are of another. */
    EegModelBuilder<?, ?> eeg() {
        return eeg == null ? null : eeg.get().presetNamed(name().substring(0, name().indexOf('_')));
    }

    /**
     * The network for images that has these names, the default one of several; null if they are of
     * another.
     */
    NFNet.Preset images() {
        return images;
    }

    /** Whether these are the names of a single layer. */
    boolean ofLayer() {
        return layer;
    }

    /** The map of a whole network. */
    NameMap names() {
        return names.apply(null);
    }

    /** The map of one layer. */
    NameMap names(Model network, String name) {
        return names.apply(layer(network, name));
    }

    /** The layer with this name or, of a MultiLayerNetwork, index. */
    static Layer layer(Model network, String name) {
        Layer found;
        List<String> all;
        if (network instanceof MultiLayerNetwork net) {
            all = net.getLayerNames();
            int index = all.indexOf(name);
            boolean number = name.matches("\\d{1,6}") && Integer.parseInt(name) < net.getnLayers();
            index = index < 0 && number ? Integer.parseInt(name) : index;
            found = index < 0 ? null : net.getLayer(index);
        } else {
            ComputationGraph graph = (ComputationGraph) network;
            all =
                    Arrays.stream(graph.getLayers())
                            .map(l -> l.conf().getLayer().getLayerName())
                            .toList();
            found = all.contains(name) ? graph.getLayer(name) : null;
        }
        if (found == null) {
            throw new UsageException(
                    "--layer " + name + ": the model's layers are [" + NameList.of(all) + "]");
        }
        return found;
    }

    private static NameMap convModern(Layer layer) {
        org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
        if (conf instanceof AbstractSpecLayer<?> own
                && own.getSpec() instanceof ConvModernSpec spec) {
            return NameMaps.mdncConvModern(spec);
        }
        throw new UsageException("--layer " + conf.getLayerName() + " is no ConvModern layer");
    }

    /** Reads a file of arrays: HDF5 of Keras and ONNX by their names, else a state dict. */
    static StateDict read(Path file) throws IOException {
        if (Texts.endsWith(file, ".h5", ".hdf5")) {
            return KerasWeights.read(file);
        }
        return isOnnx(file) ? OnnxWeights.read(file) : StateDict.read(file);
    }

    static boolean isOnnx(Path file) {
        return Texts.endsWith(file, ".onnx");
    }

    /** The names of single layers, or those of whole networks. */
    static String all(boolean ofLayer) {
        return Arrays.stream(values())
                .filter(source -> source.layer == ofLayer)
                .map(WeightSource::toString)
                .collect(Collectors.joining(", "));
    }

    /** Name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
