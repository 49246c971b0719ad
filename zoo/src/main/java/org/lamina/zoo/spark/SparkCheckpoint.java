package org.lamina.zoo.spark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.api.Model;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.io.StrictZip;
import org.lamina.zoo.modelfile.LoadOptions;
import org.lamina.zoo.modelfile.ModelFile;

/**
 * A network with the state of its updater and the position of its training, from which an
 * interrupted training on Spark is resumed. The file is a zip archive, in which {@code network.zip}
 * is a model of DL4J's {@code ModelSerializer}.
 *
 * @param network a MultiLayerNetwork or ComputationGraph
 * @param position where training stood
 */
public record SparkCheckpoint(Model network, Position position) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NETWORK = "network.zip";
    private static final String STATE = "training.json";
    private static final Map<String, Long> ENTRIES =
            Map.of(STATE, 1L << 20, NETWORK, Long.MAX_VALUE);

    private record State(boolean graph, Position position) {}

    /**
     * Writes a checkpoint atomically.
     *
     * @param files access to the file system
     * @param path to create or replace
     * @param network to save with the state of its updater
     * @param position where training stands
     * @throws UncheckedIOException if it cannot be written
     */
    public static void save(HadoopFiles files, String path, Model network, Position position) {
        NetworkBytes model = NetworkBytes.of(network, true);
        try {
            byte[] state = JSON.writeValueAsBytes(new State(model.graph(), position));
            files.write(
                    path,
                    out -> {
                        ZipOutputStream zip = new ZipOutputStream(out);
                        zip.putNextEntry(new ZipEntry(STATE));
                        zip.write(state);
                        zip.putNextEntry(new ZipEntry(NETWORK));
                        zip.write(model.bytes());
                        zip.finish();
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @param files access to the file system
     * @param path of the file
     * @return what is in it
     * @throws DataException if it is not such a file
     * @throws IOException if it cannot be read
     */
    public static SparkCheckpoint load(HadoopFiles files, String path) throws IOException {
        return load(files, path, LoadOptions.defaults());
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @param files access to the file system
     * @param path of the file
     * @param options what is accepted
     * @return what is in it
     * @throws DataException if it is not such a file
     * @throws IOException if it cannot be read
     */
    public static SparkCheckpoint load(HadoopFiles files, String path, LoadOptions options)
            throws IOException {
        try (InputStream in = files.open(path)) {
            return read(in, path, options);
        }
    }

    private static SparkCheckpoint read(InputStream in, String path, LoadOptions options)
            throws IOException {
        Map<String, byte[]> entries;
        State state;
        try {
            entries = StrictZip.read(in, ENTRIES);
            if (!entries.keySet().equals(ENTRIES.keySet())) {
                throw new IOException("entries are missing");
            }
            state = JSON.readValue(entries.get(STATE), State.class);
            if (state == null || state.position() == null) {
                throw new IOException(STATE + " does not say where training stood");
            }
        } catch (IOException e) {
            throw new DataException(
                    path + ": no checkpoint of a training on Spark, or damaged: " + e.getMessage(),
                    e);
        }
        Model network =
                ModelFile.readTrainable(
                        new ByteArrayInputStream(entries.get(NETWORK)), path, options);
        return new SparkCheckpoint(network, state.position());
    }
}
