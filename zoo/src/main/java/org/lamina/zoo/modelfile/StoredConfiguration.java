package org.lamina.zoo.modelfile;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.core.JsonToken;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.JavaType;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.type.TypeFactory;
import org.nd4j.shade.jackson.databind.util.LRUMap;
import org.nd4j.shade.jackson.databind.util.LookupCache;

/**
 * Reads a network's configuration, which names the classes to instantiate. DL4J's own reader loads,
 * and so runs, any class. Here a class is loaded only from a known package, and initialized only if
 * it has the expected type.
 */
final class StoredConfiguration {
    private static final List<String> PACKAGES =
            List.of("org.deeplearning4j", "org.nd4j", "org.lamina");

    /** Third-party libraries, whose classes no configuration names. */
    private static final String SHADED = "org.nd4j.shade.";

    /** Wrapped layers need about a dozen levels. */
    private static final int DEEPEST = 64;

    private static final int LONGEST_NUMBER = 40;

    private StoredConfiguration() {}

    /** A MultiLayerConfiguration or a ComputationGraphConfiguration. */
    static Object read(byte[] json, LoadOptions options) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        mapper.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
        KnownTypes types = new KnownTypes(options.packages());
        mapper.setTypeFactory(types);
        try {
            Class<?> kind =
                    check(mapper, json)
                            ? ComputationGraphConfiguration.class
                            : MultiLayerConfiguration.class;
            Object read = mapper.readValue(json, kind);
            complete(read);
            return read;
        } catch (JsonProcessingException e) {
            // Jackson's text wraps the refusal's.
            String reason = "its configuration cannot be read: " + e.getOriginalMessage();
            if (types.refused != null) {
                reason = types.refused;
            } else if (e.getCause() instanceof NullPointerException) {
                reason = "a part of its configuration is missing";
            }
            throw new IOException(reason, e);
        }
    }

    /**
     * Bounds the cost of reading, and distinguishes the two kinds of network.
     *
     * @return whether it is a graph
     */
    private static boolean check(ObjectMapper mapper, byte[] json) throws IOException {
        boolean graph = false;
        int depth = 0;
        try (JsonParser in = mapper.getFactory().createParser(json)) {
            for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (depth > DEEPEST) {
                    throw new IOException("its configuration is nested too deeply");
                }
                if (token == JsonToken.FIELD_NAME) {
                    graph |= depth == 1 && in.getCurrentName().equals("vertices");
                    if (in.getCurrentName().equals("dataBuffer")) {
                        // ND4J allocates an array for it, whatever its shape.
                        throw new IOException("an array in its configuration has an old format");
                    }
                } else if (token.isNumeric()) {
                    checkNumber(in, token);
                }
            }
        }
        return graph;
    }

    private static void checkNumber(JsonParser in, JsonToken token) throws IOException {
        boolean tooLarge = in.getTextLength() > LONGEST_NUMBER;
        if (!tooLarge && token == JsonToken.VALUE_NUMBER_INT && !isSeed(in)) {
            tooLarge = Math.abs(in.getDoubleValue()) > Integer.MAX_VALUE;
        }
        if (tooLarge) {
            throw new IOException(
                    "'" + in.getCurrentName() + "' in its configuration is too large a number");
        }
    }

    private static boolean isSeed(JsonParser in) throws IOException {
        return "seed".equals(in.getCurrentName());
    }

    /**
     * Does what DL4J's reader does after parsing, and checks that nothing is missing that DL4J
     * requires.
     */
    private static void complete(Object configuration) throws IOException {
        List<NeuralNetConfiguration> layers = new ArrayList<>();
        if (configuration instanceof MultiLayerConfiguration conf) {
            layers.addAll(conf.getConfs() == null ? List.of() : conf.getConfs());
        } else if (configuration instanceof ComputationGraphConfiguration conf
                && conf.getVertices() != null
                && conf.getVertexInputs() != null
                && conf.getNetworkInputs() != null
                && conf.getNetworkOutputs() != null) {
            for (GraphVertex vertex : conf.getVertices().values()) {
                if (vertex instanceof LayerVertex layer) {
                    layers.add(layer.getLayerConf());
                }
            }
        }
        if (layers.isEmpty()) {
            throw new IOException("its configuration has no layers");
        }
        for (NeuralNetConfiguration conf : layers) {
            Layer layer = conf == null ? null : conf.getLayer();
            if (layer == null) {
                throw new IOException("a layer of its configuration is missing");
            }
            if (layer instanceof BaseLayer base && base.getRegularization() == null) {
                throw new IOException(
                        "its configuration was written by DL4J before 1.0.0-beta4; save it again"
                                + " with a newer one");
            }
            if (layer instanceof BatchNormalization norm) {
                norm.setUseLogStd(
                        !conf.getVariables()
                                .contains(BatchNormalizationParamInitializer.GLOBAL_VAR));
            }
        }
    }

    /** Resolves all classes that the reader loads by name. */
    private static final class KnownTypes extends TypeFactory {
        private final List<String> packages;

        /** Why a class was refused, null if none was. */
        private String refused;

        KnownTypes(List<String> more) {
            super((LookupCache<Object, JavaType>) new LRUMap<Object, JavaType>(16, 200));
            packages = Stream.concat(PACKAGES.stream(), more.stream()).map(p -> p + ".").toList();
        }

        @Override
        public Class<?> findClass(String name) throws ClassNotFoundException {
            if (packages.stream().noneMatch(name::startsWith) || name.startsWith(SHADED)) {
                refused =
                        "its configuration names the class "
                                + name
                                + ", which is not of DL4J, ND4J or Lamina"
                                + " (LoadOptions.withPackage allows more)";
                throw new ClassNotFoundException(name);
            }
            ClassLoader context = Thread.currentThread().getContextClassLoader();
            return Class.forName(
                    EarlierNames.current(name),
                    false,
                    context == null ? StoredConfiguration.class.getClassLoader() : context);
        }
    }
}
