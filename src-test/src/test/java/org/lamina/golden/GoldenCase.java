package org.lamina.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.lamina.harness.Close;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * One case of reference data: {@code <id>.json} describes it, {@code <id>.npz} holds its arrays (in
 * double; scalars have shape [1]).
 */
final class GoldenCase {

    private final Path json;
    private final JsonNode description;
    private Map<String, INDArray> arrays;

    private GoldenCase(Path json, JsonNode description) {
        this.json = json;
        this.description = description;
    }

    /**
     * All cases of a directory: each JSON file that has an npz file of the same name beside it.
     *
     * @throws IllegalArgumentException if the directory is missing or has no case
     */
    static List<GoldenCase> discover(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException("Golden cases: no directory " + directory);
        }
        List<GoldenCase> cases = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                if (isCase(file)) {
                    cases.add(new GoldenCase(file, new ObjectMapper().readTree(file.toFile())));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Golden cases in " + directory, e);
        }
        if (cases.isEmpty()) {
            throw new IllegalArgumentException(
                    "Golden cases: none in " + directory + "; a case is <id>.json and <id>.npz");
        }
        return cases;
    }

    private static boolean isCase(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".json") && !name.equals("manifest.json") && Files.exists(npz(file));
    }

    private static Path npz(Path json) {
        String name = json.getFileName().toString();
        return json.resolveSibling(name.substring(0, name.length() - ".json".length()) + ".npz");
    }

    /** This case with some arrays replaced, for where the original is known to be wrong. */
    GoldenCase with(Map<String, INDArray> replaced) {
        GoldenCase copy = new GoldenCase(json, description);
        copy.arrays = new TreeMap<>(arrays());
        copy.arrays.putAll(replaced);
        return copy;
    }

    String id() {
        return text("id");
    }

    String family() {
        return text("family");
    }

    /** The original's class. */
    String layer() {
        return text("layer");
    }

    JsonNode constructor() {
        return description.path("constructor");
    }

    /** Any other field of the description; a missing node if there is none. */
    JsonNode field(String name) {
        return description.path(name);
    }

    private String text(String field) {
        JsonNode node = description.path(field);
        if (!node.isTextual()) {
            throw new IllegalArgumentException(
                    "Golden case " + json + ": no field '" + field + "'");
        }
        return node.asText();
    }

    /** The tolerance in this type, or null if the case means nothing in it. */
    Close tolerance(DataType type) {
        JsonNode node =
                description.path("tolerance").path(type == DataType.DOUBLE ? "float64" : "float32");
        boolean doubleOnly = description.path("double_only").asBoolean();
        if (!node.isObject() || (doubleOnly && type != DataType.DOUBLE)) {
            return null;
        }
        return new Close(node.path("rtol").asDouble(), node.path("atol").asDouble());
    }

    /** Arrays by name, in double. */
    Map<String, INDArray> arrays() {
        if (arrays == null) {
            Map<String, INDArray> read = new TreeMap<>();
            try {
                Nd4j.createFromNpzFile(npz(json).toFile())
                        .forEach((name, array) -> read.put(name, array.dup('c')));
            } catch (Exception e) {
                throw new IllegalArgumentException("Golden case: cannot read " + npz(json), e);
            }
            arrays = read;
        }
        return arrays;
    }

    boolean has(String array) {
        return arrays().containsKey(array);
    }

    /** An array, in double. */
    INDArray array(String name) {
        INDArray array = arrays().get(name);
        if (array == null) {
            throw new IllegalArgumentException(
                    "Golden case " + json + ": no array '" + name + "' among " + arrays().keySet());
        }
        return array;
    }

    /** Names of the arrays with this role, in the order of the description. */
    List<String> names(String role) {
        List<String> names = new ArrayList<>();
        for (JsonNode array : description.path("arrays")) {
            if (array.path("role").asText().equals(role)) {
                names.add(array.path("name").asText());
            }
        }
        return names;
    }

    @Override
    public String toString() {
        return id();
    }
}
