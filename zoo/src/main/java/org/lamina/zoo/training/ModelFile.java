package org.lamina.zoo.training;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.dataset.api.preprocessor.serializer.NormalizerSerializer;

/**
 * A network, its normalizer and its {@link ModelCard} in one file, which DL4J's {@code
 * ModelSerializer} restores too (it takes network and normalizer and leaves the card alone).
 *
 * @param network initialized, a MultiLayerNetwork or ComputationGraph
 * @param normalizer fitted to the training set
 * @param card what input and output mean
 */
public record ModelFile(Model network, DataNormalization normalizer, ModelCard card) {
    static final ObjectMapper JSON =
            JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    private static final String CARD = "lamina.json";

    /**
     * Writes the file, whole or not at all. The state of the updater is not in it: a {@link
     * Checkpoint} is what training goes on from.
     *
     * @param file to make or replace
     * @throws IOException if it cannot be written
     */
    public void save(Path file) throws IOException {
        save(file, false, Map.of());
    }

    void save(Path file, boolean updater, Map<String, byte[]> more) throws IOException {
        ByteArrayOutputStream model = new ByteArrayOutputStream();
        ModelSerializer.writeModel(network, model, updater);
        Map<String, byte[]> entries =
                unzip(
                        new ZipInputStream(new ByteArrayInputStream(model.toByteArray())),
                        Long.MAX_VALUE);
        // Not by writeModel: ND4J's serializers close the stream that DL4J goes on with.
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        NormalizerSerializer.getDefault().write(normalizer, bytes);
        entries.put(ModelSerializer.NORMALIZER_BIN, bytes.toByteArray());
        entries.put(CARD, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(card));
        entries.putAll(more);
        AtomicFile.write(
                file,
                out -> {
                    // Finished, not closed: the stream below is AtomicFile's.
                    ZipOutputStream zip = new ZipOutputStream(out);
                    for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                        ZipEntry header = new ZipEntry(entry.getKey());
                        // The same model gives the same file.
                        header.setTime(0);
                        zip.putNextEntry(header);
                        zip.write(entry.getValue());
                        zip.closeEntry();
                    }
                    zip.finish();
                });
    }

    /**
     * Reads a file that {@link #save} wrote.
     *
     * @param file to read
     * @return what is in it
     * @throws ModelFileException if it is missing, is no such file or is damaged
     */
    public static ModelFile load(Path file) throws ModelFileException {
        return load(file, entries(file));
    }

    /**
     * Reads the network alone, of this or of any zip file that DL4J has written.
     *
     * @param file to read
     * @return a MultiLayerNetwork or ComputationGraph
     * @throws ModelFileException if it is missing, is no such file or is damaged
     */
    public static Model loadNetwork(Path file) throws ModelFileException {
        byte[] conf = entries(file).get(ModelSerializer.CONFIGURATION_JSON);
        if (conf == null) {
            throw new ModelFileException(
                    file + ": no model of DL4J (it has no configuration.json)", null);
        }
        try {
            return Networks.restore(file.toFile(), conf);
        } catch (IOException | RuntimeException e) {
            throw damaged(file, e);
        }
    }

    /**
     * Whether the file has what {@link #load} needs beside the network.
     *
     * @throws ModelFileException if it is missing or is no zip archive
     */
    public static boolean hasCard(Path file) throws ModelFileException {
        return entries(file).containsKey(CARD);
    }

    static ModelFile load(Path file, Map<String, byte[]> entries) throws ModelFileException {
        if (!entries.containsKey(CARD)) {
            throw new ModelFileException(
                    file
                            + ": not a model of Lamina's command line (it has no "
                            + CARD
                            + ", which says how data become input)",
                    null);
        }
        try {
            ModelCard card = JSON.readValue(entries.get(CARD), ModelCard.class);
            byte[] configuration = entries.get(ModelSerializer.CONFIGURATION_JSON);
            if (configuration == null) {
                throw new ModelFileException(file + ": the model has no network", null);
            }
            Model network = Networks.restore(file.toFile(), configuration);
            DataNormalization normalizer = ModelSerializer.restoreNormalizerFromFile(file.toFile());
            if (normalizer == null) {
                throw new ModelFileException(file + ": the model has no normalizer", null);
            }
            return new ModelFile(network, normalizer, card);
        } catch (ModelFileException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // DL4J and ND4J throw all kinds here, depending on what is damaged.
            throw damaged(file, e);
        }
    }

    /** Reads all entries, which checks every one's check sum. */
    static Map<String, byte[]> entries(Path file) throws ModelFileException {
        if (!Files.isRegularFile(file)) {
            throw new ModelFileException(file + ": there is no such file", null);
        }
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
            // The network is made from these bytes, so they cannot be most of the memory.
            long limit = Runtime.getRuntime().maxMemory() / 4;
            Map<String, byte[]> entries = unzip(zip, limit);
            if (entries == null) {
                throw new ModelFileException(
                        file
                                + ": unpacks to more than "
                                + (limit >> 20)
                                + " MiB, too much for a model in the memory there is",
                        null);
            }
            if (entries.isEmpty()) {
                throw new ModelFileException(file + ": not a model file (no zip archive)", null);
            }
            return entries;
        } catch (ModelFileException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            throw damaged(file, e);
        }
    }

    static ModelFileException damaged(Path file, Exception cause) {
        String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return new ModelFileException(
                file
                        + ": the model file is damaged ("
                        + reason.lines().findFirst().orElse("")
                        + ")",
                cause);
    }

    /** All entries, or null if they have more bytes than the limit; no more than that is read. */
    private static Map<String, byte[]> unzip(ZipInputStream zip, long limit) throws IOException {
        long left = limit;
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
            byte[] bytes = zip.readNBytes((int) Math.min(left, Integer.MAX_VALUE - 9) + 1);
            left -= bytes.length;
            if (left < 0) {
                return null;
            }
            entries.put(entry.getName(), bytes);
        }
        return entries;
    }
}
