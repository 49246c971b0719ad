package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.layers.conf.SpecLayer;
import org.lamina.samediff.layers.SpecSameDiffLayer;
import org.lamina.spec.ConvModernSpec;
import org.lamina.zoo.weights.KerasWeights;
import org.lamina.zoo.weights.NameMap;
import org.lamina.zoo.weights.NameMaps;
import org.lamina.zoo.weights.StateDict;

/** Names that the arrays of a file can have, for the command line. */
enum WeightSource {
    LAMINA(layer -> NameMap.own(), false),
    SELFEEG_EEGNET(layer -> NameMaps.SELFEEG_EEGNET, false),
    BRAINDECODE_EEGNETV4(layer -> NameMaps.BRAINDECODE_EEGNETV4, false),
    KERAS_EEGNET(layer -> NameMaps.KERAS_EEGNET, false),
    TIMM_DM_NFNET(layer -> NameMaps.TIMM_DM_NFNET, false),
    TIMM_NF_RESNET(layer -> NameMaps.TIMM_NF_RESNET, false),
    ELEKTRONN3_WSCONV(layer -> NameMaps.ELEKTRONN3_WSCONV, true),
    MDNC_CONVMODERN(WeightSource::convModern, true),
    HYPNETTORCH_LOCALCONV2D(layer -> NameMaps.HYPNETTORCH_LOCALCONV2D, true);

    private final Function<Layer, NameMap> names;
    private final boolean layer;

    WeightSource(Function<Layer, NameMap> names, boolean layer) {
        this.names = names;
        this.layer = layer;
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
        if (network instanceof MultiLayerNetwork) {
            MultiLayerNetwork net = (MultiLayerNetwork) network;
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
            throw new UsageException("--layer " + name + ": the model's layers are " + all);
        }
        return found;
    }

    private static NameMap convModern(Layer layer) {
        org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
        Object spec = null;
        if (conf instanceof SpecLayer) {
            spec = ((SpecLayer<?>) conf).getSpec();
        } else if (conf instanceof SpecSameDiffLayer) {
            spec = ((SpecSameDiffLayer<?>) conf).getSpec();
        }
        if (!(spec instanceof ConvModernSpec)) {
            throw new UsageException("--layer " + conf.getLayerName() + " is no ConvModern layer");
        }
        return NameMaps.mdncConvModern((ConvModernSpec) spec);
    }

    /** Reads a file of arrays: HDF5 of Keras by its name, else a state dict. */
    static StateDict read(Path file) throws IOException {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".h5") || name.endsWith(".hdf5")
                ? KerasWeights.read(file)
                : StateDict.read(file);
    }

    /** As the user writes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
