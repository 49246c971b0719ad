package org.lamina.zoo.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import io.jhdf.api.WritableNode;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.lamina.zoo.io.AtomicFile;
import org.lamina.zoo.weights.WeightsException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The two files that Keras has for a whole model. */
final class KerasArchive {

    /** What HDF5 stores of an attribute within its group, as Keras counts. */
    private static final int LONGEST_ATTRIBUTE = 64512;

    private static final String LEGACY_VERSION = "2.15.0";
    private static final String VERSION = "3.0.0";
    private static final String BACKEND = "tensorflow";

    /**
     * jhdf writes its own name after the last array, over groups that come there, and orders groups
     * and arrays by the hash of their names. This array comes after the weights.
     */
    private static final String LAST = "end";

    private KerasArchive() {}

    /** Writes Keras 2's HDF5 file. */
    static void hdf5(KerasModel model, Path file) throws IOException {
        String config = model.config(true).toString();
        if (config.getBytes(StandardCharsets.UTF_8).length > LONGEST_ATTRIBUTE) {
            throw new WeightsException(
                    "%s: the description of the network has %s characters, .h5 takes %s; write"
                            + " .keras",
                    file, config.length(), LONGEST_ATTRIBUTE);
        }
        AtomicFile.write(
                file,
                out ->
                        write(
                                out,
                                hdf -> {
                                    versions(hdf);
                                    hdf.putAttribute(KerasFile.MODEL_CONFIG, config);
                                    legacyWeights(hdf.putGroup("model_weights"), model.sorted());
                                    hdf.putDataset(LAST, new float[1]);
                                }));
    }

    private static void versions(WritableNode node) {
        node.putAttribute("backend", BACKEND);
        node.putAttribute(KerasFile.KERAS_VERSION, LEGACY_VERSION);
    }

    private static void legacyWeights(WritableGroup group, List<KerasLayer> layers) {
        versions(group);
        strings(group, "layer_names", layers.stream().map(KerasLayer::name).toList());
        for (KerasLayer layer : layers) {
            WritableGroup own = group.putGroup(layer.name());
            if (!layer.weights().isEmpty()) {
                WritableGroup inner = own.putGroup(layer.name());
                layer.weights().forEach(w -> inner.putDataset(w.name() + ":0", nested(w.value())));
                strings(
                        own,
                        "weight_names",
                        layer.weights().stream()
                                .map(w -> layer.name() + "/" + w.name() + ":0")
                                .toList());
            }
        }
    }

    /** In as many attributes as Keras would write. */
    private static void strings(WritableNode node, String name, List<String> strings) {
        int width =
                strings.stream()
                        .mapToInt(s -> s.getBytes(StandardCharsets.UTF_8).length)
                        .max()
                        .orElse(1);
        int most = Math.max(1, LONGEST_ATTRIBUTE / (width + 1));
        if (strings.size() <= most) {
            node.putAttribute(name, strings.toArray(String[]::new));
            return;
        }
        for (int i = 0; i * most < strings.size(); i++) {
            List<String> part = strings.subList(i * most, Math.min(strings.size(), (i + 1) * most));
            node.putAttribute(name + i, part.toArray(String[]::new));
        }
    }

    /** Writes Keras 3's archive. */
    static void keras(KerasModel model, Path file) throws IOException {
        AtomicFile.write(
                file,
                out -> {
                    ZipOutputStream zip = new ZipOutputStream(out);
                    JsonNode metadata =
                            KerasModel.JSON.objectNode().put(KerasFile.KERAS_VERSION, VERSION);
                    entry(zip, KerasFile.METADATA, metadata);
                    entry(zip, KerasFile.CONFIG, model.config(false));
                    zip.putNextEntry(new ZipEntry(KerasFile.WEIGHTS));
                    write(zip, hdf -> weights(hdf.putGroup("layers"), model.sorted()));
                    zip.finish();
                });
    }

    private static void entry(ZipOutputStream zip, String name, JsonNode json) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void weights(WritableGroup group, List<KerasLayer> layers) {
        Map<String, Integer> counts = new HashMap<>();
        for (KerasLayer layer : layers) {
            String name = KerasFile.groupName(layer.className(), counts);
            if (!layer.weights().isEmpty()) {
                WritableGroup vars = group.putGroup(name).putGroup("vars");
                for (int i = 0; i < layer.weights().size(); i++) {
                    vars.putDataset(Integer.toString(i), nested(layer.weights().get(i).value()));
                }
            }
        }
    }

    /** HDF5 is written to a file of its own first: jhdf goes to and fro in it. */
    private static void write(OutputStream out, Consumer<WritableHdfFile> content)
            throws IOException {
        Path temporary = Files.createTempFile("keras", ".h5");
        try {
            try (WritableHdfFile hdf = HdfFile.write(temporary)) {
                content.accept(hdf);
            }
            Files.copy(temporary, out);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** An array of arrays, as jhdf takes them. */
    private static Object nested(INDArray values) {
        INDArray flat = values.dup('c').reshape(values.length());
        Object data =
                values.dataType() == DataType.DOUBLE ? flat.toDoubleVector() : flat.toFloatVector();
        return nested(data, 0, values.shape());
    }

    private static Object nested(Object flat, int from, long[] shape) {
        int length = Math.toIntExact(shape[0]);
        Class<?> type = flat.getClass().getComponentType();
        if (shape.length == 1) {
            Object part = Array.newInstance(type, length);
            System.arraycopy(flat, from, part, 0, length);
            return part;
        }
        long[] rest = Arrays.copyOfRange(shape, 1, shape.length);
        int size = Math.toIntExact(Arrays.stream(rest).reduce(1, (a, b) -> a * b));
        int[] dimensions = new int[shape.length];
        dimensions[0] = length;
        Object[] parts = (Object[]) Array.newInstance(type, dimensions);
        for (int i = 0; i < length; i++) {
            parts[i] = nested(flat, from + i * size, rest);
        }
        return parts;
    }
}
