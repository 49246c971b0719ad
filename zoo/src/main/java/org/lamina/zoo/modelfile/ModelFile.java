package org.lamina.zoo.modelfile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.exception.DL4JException;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.ModelSerializer;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.io.AtomicFile;
import org.lamina.zoo.io.StrictZip;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.dataset.api.preprocessor.serializer.NormalizerSerializer;

/**
 * A network, its normalizer and its {@link ModelCard} in one file, which DL4J's {@code
 * ModelSerializer} can restore, too (network and normalizer; it ignores the card).
 *
 * @param network initialized, a MultiLayerNetwork or ComputationGraph
 * @param normalizer fitted to the training set
 * @param card what input and output mean
 */
public record ModelFile(Model network, DataNormalization normalizer, ModelCard card) {
    static final ObjectMapper JSON =
            JsonMapper.builder()
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    // A number that is missing is an error, not 0.
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .build();

    private static final String CARD = "lamina.json";

    private static final long LARGEST_JSON = 16 << 20;

    /** All entries of model files and checkpoints, and the most bytes that they can have. */
    private static final Map<String, Long> ENTRIES =
            Map.of(
                    ModelSerializer.CONFIGURATION_JSON,
                    LARGEST_JSON,
                    ModelSerializer.COEFFICIENTS_BIN,
                    Long.MAX_VALUE,
                    ModelSerializer.UPDATER_BIN,
                    Long.MAX_VALUE,
                    ModelSerializer.NO_PARAMS_MARKER,
                    0L,
                    ModelSerializer.NORMALIZER_BIN,
                    LARGEST_JSON,
                    CARD,
                    LARGEST_JSON,
                    Checkpoint.STATE,
                    LARGEST_JSON,
                    Checkpoint.BEST,
                    Long.MAX_VALUE,
                    Checkpoint.AVERAGE,
                    Long.MAX_VALUE);

    /**
     * Writes the file atomically. It does not contain the state of the updater: to resume training,
     * save a {@link Checkpoint}.
     *
     * @param file to create or replace
     * @throws IOException if it cannot be written
     */
    public void save(Path file) throws IOException {
        AtomicFile.write(file, out -> write(out, false, Map.of()));
    }

    void write(OutputStream out, boolean updater, Map<String, byte[]> more) throws IOException {
        ByteArrayOutputStream model = new ByteArrayOutputStream();
        ModelSerializer.writeModel(network, model, updater);
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream zip =
                new ZipInputStream(new ByteArrayInputStream(model.toByteArray()))) {
            for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
                entries.put(e.getName(), zip.readAllBytes());
            }
        }
        // Not by writeModel: ND4J's serializers close the stream, which DL4J still uses.
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        NormalizerSerializer.getDefault().write(normalizer, bytes);
        entries.put(ModelSerializer.NORMALIZER_BIN, bytes.toByteArray());
        entries.put(CARD, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(card));
        entries.putAll(more);
        // Finished, not closed: the underlying stream is the caller's.
        ZipOutputStream zip = new ZipOutputStream(out);
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
            ZipEntry header = new ZipEntry(entry.getKey());
            // So that the same model gives the same file.
            header.setTime(0);
            zip.putNextEntry(header);
            zip.write(entry.getValue());
            zip.closeEntry();
        }
        zip.finish();
    }

    /**
     * Reads a file that {@link #save} wrote, which may be from an untrusted source: nothing in it
     * is executed, only classes of DL4J, ND4J and Lamina are loaded, and memory and time are
     * bounded by its size.
     *
     * @param file to read
     * @return what is in it
     * @throws ModelFileException if it is missing, is not such a file, or is damaged
     */
    public static ModelFile load(Path file) throws ModelFileException {
        return load(file, LoadOptions.defaults());
    }

    /**
     * Reads a file that {@link #save} wrote.
     *
     * @param file to read
     * @param options what is accepted
     * @return what is in it
     * @throws ModelFileException if it is missing, is not such a file, or is damaged
     */
    public static ModelFile load(Path file, LoadOptions options) throws ModelFileException {
        return reading(file.toString(), () -> of(entries(file), false, options));
    }

    /**
     * Reads the network alone, of this or of any zip file that DL4J has written.
     *
     * @param file to read
     * @return a MultiLayerNetwork or ComputationGraph
     * @throws ModelFileException if it is missing, is not such a file, or is damaged
     */
    public static Model loadNetwork(Path file) throws ModelFileException {
        return loadNetwork(file, LoadOptions.defaults());
    }

    /**
     * Reads the network alone, of this or of any zip file that DL4J has written.
     *
     * @param file to read
     * @param options what is accepted
     * @return a MultiLayerNetwork or ComputationGraph, with the state of its updater if the file
     *     has it
     * @throws ModelFileException if it is missing, is not such a file, or is damaged
     */
    public static Model loadNetwork(Path file, LoadOptions options) throws ModelFileException {
        return reading(file.toString(), () -> StoredNetwork.read(entries(file), false, options));
    }

    /**
     * Writes a network alone, atomically and without the state of its updater, as DL4J's {@code
     * ModelSerializer} does.
     *
     * @param network initialized, a MultiLayerNetwork or ComputationGraph
     * @param file to create or replace
     * @throws IOException if it cannot be written
     */
    public static void saveNetwork(Model network, Path file) throws IOException {
        AtomicFile.write(file, out -> ModelSerializer.writeModel(network, out, false));
    }

    /**
     * Reads a network to train further from what DL4J's {@code ModelSerializer} wrote.
     *
     * @param in the zip archive; read to its end
     * @param name of its source, for messages
     * @param options what is accepted
     * @return a MultiLayerNetwork or ComputationGraph, with the state of its updater
     * @throws ModelFileException if it is not such an archive, or is damaged, or if the updater has
     *     a state and the archive has not
     */
    public static Model readTrainable(InputStream in, String name, LoadOptions options)
            throws ModelFileException {
        return reading(name, () -> StoredNetwork.read(StrictZip.read(in, ENTRIES), true, options));
    }

    /**
     * Whether the file has what {@link #load} needs besides the network.
     *
     * @throws ModelFileException if it is missing or is not a zip archive
     */
    public static boolean hasCard(Path file) throws ModelFileException {
        return reading(file.toString(), () -> entries(file).containsKey(CARD));
    }

    static ModelFile of(Map<String, byte[]> entries, boolean updater, LoadOptions options)
            throws IOException {
        if (!entries.containsKey(CARD)) {
            throw new IOException(
                    "not a model of Lamina's command line (it has no "
                            + CARD
                            + ", which says how data become input)");
        }
        if (!entries.containsKey(ModelSerializer.NORMALIZER_BIN)) {
            throw new IOException("it has no " + ModelSerializer.NORMALIZER_BIN);
        }
        ModelCard card = json(entries, CARD, ModelCard.class);
        String problem = card.problem();
        if (problem != null) {
            throw new IOException(CARD + ": " + problem);
        }
        Model network = StoredNetwork.read(entries, updater, options);
        DataNormalization normalizer =
                StoredNormalizer.read(entries.get(ModelSerializer.NORMALIZER_BIN), options);
        return new ModelFile(network, normalizer, card);
    }

    /** Reads an entry; errors name it. */
    static <T> T json(Map<String, byte[]> entries, String name, Class<T> type) throws IOException {
        try {
            T value = JSON.readValue(entries.get(name), type);
            if (value == null) {
                throw new IOException(name + " is empty");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new IOException(name + ": " + reason(e), e);
        }
    }

    /** The useful part of Jackson's messages, which are for programmers, is the path. */
    private static String reason(JsonProcessingException e) {
        if (e.getCause() instanceof DataException
                || e.getCause() instanceof IllegalArgumentException) {
            return e.getCause().getMessage();
        }
        if (!(e instanceof JsonMappingException mapping) || mapping.getPath().isEmpty()) {
            return e.getOriginalMessage();
        }
        return mapping.getPath().stream()
                .map(at -> at.getFieldName() == null ? "" + at.getIndex() : at.getFieldName())
                .collect(Collectors.joining(".", "'", "' is missing or wrong"));
    }

    static Map<String, byte[]> entries(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(
                    Files.exists(file) ? "not a regular file" : "there is no such file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return StrictZip.read(in, ENTRIES);
        }
    }

    /** Reads a file; every failure becomes one line that names the file. */
    @FunctionalInterface
    interface Reading<T> {
        T read() throws IOException;
    }

    static <T> T reading(String file, Reading<T> reading) throws ModelFileException {
        try {
            return reading.read();
        } catch (StoredArray.NonFiniteException e) {
            throw new ModelFileException(
                    file
                            + ": not all weights are numbers ("
                            + e.getMessage()
                            + "); LoadOptions.withNonFinite(), or the switch --allow-nan, reads"
                            + " them all the same",
                    e);
        } catch (IOException e) {
            String message = e.getMessage();
            throw new ModelFileException(
                    file + ": " + (message == null ? "cannot be read" : firstLine(message)), e);
        } catch (DL4JException | IllegalArgumentException | IllegalStateException e) {
            throw new ModelFileException(
                    file
                            + ": the model file is damaged"
                            + (e.getMessage() == null
                                    ? ""
                                    : " (" + firstLine(e.getMessage()) + ")"),
                    e);
        } catch (RuntimeException e) {
            // Whatever DL4J throws for a configuration that it did not write.
            throw new ModelFileException(
                    file + ": the model file is damaged (no network can be built of it)", e);
        }
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }
}
