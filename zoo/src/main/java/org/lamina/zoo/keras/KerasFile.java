package org.lamina.zoo.keras;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lamina.zoo.io.StrictZip;
import org.lamina.zoo.weights.KerasWeights;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a file of a whole model has: HDF5 with the attribute {@code model_config} (Keras 1 to 3), or
 * a zip archive with {@code config.json} and {@code model.weights.h5} (Keras 2.12 and later).
 *
 * @param model class and configuration of the model
 * @param version of Keras, its first number
 * @param weights by the name of the layer's group
 * @param groupsByClass whether groups are named after the layers' classes, not after the layers
 */
record KerasFile(
        JsonNode model, int version, Map<String, List<INDArray>> weights, boolean groupsByClass) {

    static final String METADATA = "metadata.json";
    static final String CONFIG = "config.json";
    static final String WEIGHTS = "model.weights.h5";
    static final String MODEL_CONFIG = "model_config";
    static final String KERAS_VERSION = "keras_version";

    /** A model of a million layers has less. */
    private static final long LARGEST_CONFIG = 1L << 28;

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Reads a file, whatever its name.
     *
     * @throws WeightsException naming the file and what is wrong
     * @throws IOException if reading fails
     */
    static KerasFile read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new WeightsException(file + ": there is no such file");
        }
        if (isZip(file)) {
            return archive(file);
        }
        return KerasWeights.reading(
                file.toString(), () -> new HdfFile(file), hdf -> hdf5(hdf, file.toString()));
    }

    private static boolean isZip(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.read() == 'P' && in.read() == 'K';
        }
    }

    private static KerasFile archive(Path file) throws IOException {
        Map<String, Long> largest =
                Map.of(
                        METADATA, LARGEST_CONFIG,
                        CONFIG, LARGEST_CONFIG,
                        WEIGHTS, Long.MAX_VALUE);
        Map<String, byte[]> entries;
        try (InputStream in = Files.newInputStream(file)) {
            entries = StrictZip.read(in, largest);
        } catch (IOException e) {
            throw new WeightsException(file + ": " + e.getMessage(), e);
        }
        for (String entry : List.of(CONFIG, WEIGHTS)) {
            if (!entries.containsKey(entry)) {
                throw new WeightsException(file + ": no model of Keras: there is no " + entry);
            }
        }
        String where = file + ": " + WEIGHTS;
        JsonNode metadata =
                entries.containsKey(METADATA)
                        ? json(new String(entries.get(METADATA), UTF_8), file + ": " + METADATA)
                        : JSON.createObjectNode();
        JsonNode config = json(new String(entries.get(CONFIG), UTF_8), file + ": " + CONFIG);
        return new KerasFile(
                config,
                major(metadata.path(KERAS_VERSION).asText("3")),
                KerasWeights.reading(
                        where,
                        () -> HdfFile.fromBytes(entries.get(WEIGHTS)),
                        hdf -> KerasWeights.layers(hdf, where, KerasGraph.models(config))),
                true);
    }

    private static KerasFile hdf5(HdfFile hdf, String file) {
        String config = string(hdf, MODEL_CONFIG);
        if (config == null) {
            throw new WeightsException(
                    "%s: no whole model of Keras (no %s); weights alone are imported into a network"
                            + " (import --from or --map)",
                    file, MODEL_CONFIG);
        }
        Node weights = hdf.getChild("model_weights");
        String version = string(hdf, KERAS_VERSION);
        if (version == null && weights instanceof Group group) {
            version = string(group, KERAS_VERSION);
        }
        JsonNode model = json(config, file + ": " + MODEL_CONFIG);
        return new KerasFile(
                model,
                major(version == null ? "2" : version),
                KerasWeights.layers(hdf, file, KerasGraph.models(model)),
                false);
    }

    private static String string(Group group, String name) {
        Attribute attribute = group.getAttribute(name);
        Object data = attribute == null || attribute.isEmpty() ? null : attribute.getData();
        return data instanceof String string ? string : null;
    }

    private static JsonNode json(String text, String where) {
        try {
            JsonNode node = JSON.readTree(text);
            if (node != null && node.isObject()) {
                return node;
            }
        } catch (JsonProcessingException e) {
            throw new WeightsException(where + ": no JSON: " + e.getOriginalMessage(), e);
        }
        throw new WeightsException(where + ": no JSON object");
    }

    private static int major(String version) {
        return version.startsWith("3") ? 3 : version.startsWith("1") ? 1 : 2;
    }

    /** A layer's arrays. */
    List<INDArray> arrays(String group) {
        return weights.getOrDefault(group, List.of());
    }

    /**
     * The name that Keras makes of a class, as in {@code leaky_re_lu} of LeakyReLU, with the number
     * of those before it.
     *
     * @param counts of the names so far; the name is counted
     */
    static String groupName(String className, Map<String, Integer> counts) {
        String name =
                className
                        .replaceAll("\\W+", "")
                        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
                        .replaceAll("([a-z])([A-Z])", "$1_$2")
                        .toLowerCase(Locale.ROOT);
        int count = counts.merge(name, 1, Integer::sum);
        return count == 1 ? name : name + "_" + (count - 1);
    }
}
