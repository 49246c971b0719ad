package org.lamina.zoo.modelfile;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.lamina.zoo.network.Networks;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Creates a network from the entries of a file that DL4J's {@code ModelSerializer} wrote. The
 * number of its parameters, known from the configuration, is compared with the file before memory
 * is allocated for them.
 */
final class StoredNetwork {
    private StoredNetwork() {}

    /**
     * @param updater whether the state of the updater must be present, if it has one
     * @throws IOException if there is no network in the entries
     */
    static Model read(Map<String, byte[]> entries, boolean updater, LoadOptions options)
            throws IOException {
        byte[] json = entries.get(ModelSerializer.CONFIGURATION_JSON);
        if (json == null) {
            throw new IOException(
                    "it has no " + ModelSerializer.CONFIGURATION_JSON + ", so no network of DL4J");
        }
        Object configuration = StoredConfiguration.read(json, options);
        INDArray parameters = parameters(entries, count(configuration), options);
        Model network = build(configuration, parameters);
        checkShapes(network);
        readUpdater(network, entries.get(ModelSerializer.UPDATER_BIN), updater, options);
        return network;
    }

    /** Null for a network without parameters. */
    private static INDArray parameters(Map<String, byte[]> entries, long count, LoadOptions options)
            throws IOException {
        byte[] entry = entries.get(ModelSerializer.COEFFICIENTS_BIN);
        boolean none = entries.containsKey(ModelSerializer.NO_PARAMS_MARKER);
        if (entry == null || none != (entry.length == 0)) {
            throw new IOException("it has no " + ModelSerializer.COEFFICIENTS_BIN);
        }
        INDArray parameters = none ? null : array(ModelSerializer.COEFFICIENTS_BIN, entry, options);
        long stored = none ? 0 : parameters.length();
        if (stored != count) {
            throw new IOException(
                    String.format(
                            "its network has %d parameters and %s %d",
                            count, ModelSerializer.COEFFICIENTS_BIN, stored));
        }
        return parameters;
    }

    /** The array of an entry; errors name it. */
    static INDArray array(String name, byte[] entry, LoadOptions options) throws IOException {
        try {
            INDArray array = StoredArray.only(entry, options);
            if (!array.isVectorOrScalar()) {
                throw new IOException("an array of rank " + array.rank() + " for a vector");
            }
            return array;
        } catch (StoredArray.NonFiniteException e) {
            throw new StoredArray.NonFiniteException(name + ": " + e.getMessage());
        } catch (IOException e) {
            throw new IOException(name + ": " + e.getMessage(), e);
        }
    }

    private static long count(Object configuration) throws IOException {
        long count = 0;
        List<NeuralNetConfiguration> layers = new ArrayList<>();
        if (configuration instanceof MultiLayerConfiguration conf) {
            layers.addAll(conf.getConfs());
        } else {
            Collection<GraphVertex> all =
                    ((ComputationGraphConfiguration) configuration).getVertices().values();
            for (GraphVertex vertex : all) {
                if (vertex instanceof LayerVertex layer) {
                    layers.add(layer.getLayerConf());
                } else {
                    count += vertex.numParams(true);
                }
            }
        }
        for (NeuralNetConfiguration conf : layers) {
            long own = conf.getLayer().initializer().numParams(conf);
            if (own < 0 || own > Integer.MAX_VALUE) {
                throw new IOException(
                        String.format(
                                "its layer '%s' has %d parameters",
                                conf.getLayer().getLayerName(), own));
            }
            count += own;
        }
        return count;
    }

    /** The network with the data type of the parameters, as in DL4J. */
    private static Model build(Object configuration, INDArray parameters) {
        if (configuration instanceof MultiLayerConfiguration conf) {
            if (parameters != null) {
                conf.setDataType(parameters.dataType());
            }
            MultiLayerNetwork network = new MultiLayerNetwork(conf);
            network.init(parameters, false);
            return network;
        }
        ComputationGraphConfiguration conf = (ComputationGraphConfiguration) configuration;
        if (parameters != null) {
            conf.setDataType(parameters.dataType());
        }
        ComputationGraph graph = new ComputationGraph(conf);
        graph.init(parameters, false);
        return graph;
    }

    /** The product of the sizes in a configuration can overflow into a small number. */
    private static void checkShapes(Model network) throws IOException {
        for (Layer layer : Networks.layers(network)) {
            for (Map.Entry<String, INDArray> parameter : layer.paramTable().entrySet()) {
                double values = 1;
                for (long size : parameter.getValue().shape()) {
                    values *= size;
                }
                if (values != parameter.getValue().length() || values > layer.numParams()) {
                    throw new IOException(
                            String.format(
                                    "the sizes of its layer '%s' are impossible",
                                    layer.conf().getLayer().getLayerName()));
                }
            }
        }
    }

    private static void readUpdater(
            Model network, byte[] entry, boolean needed, LoadOptions options) throws IOException {
        if (entry == null && !needed) {
            return;
        }
        INDArray own =
                network instanceof ComputationGraph graph
                        ? graph.getUpdater().getStateViewArray()
                        : ((MultiLayerNetwork) network).getUpdater().getStateViewArray();
        long length = own == null ? 0 : own.length();
        if (entry == null) {
            if (length > 0) {
                throw new IOException(
                        "it has no "
                                + ModelSerializer.UPDATER_BIN
                                + ", the state of the updater, which training needs to continue");
            }
            return;
        }
        INDArray state = array(ModelSerializer.UPDATER_BIN, entry, options);
        if (state.length() != length) {
            throw new IOException(
                    String.format(
                            "%s has %d values, the updater of its network %d",
                            ModelSerializer.UPDATER_BIN, state.length(), length));
        }
        own.assign(state.reshape(own.shape()));
    }
}
