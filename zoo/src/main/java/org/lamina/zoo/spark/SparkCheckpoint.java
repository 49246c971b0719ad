package org.lamina.zoo.spark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.api.Model;
import org.lamina.zoo.data.DataException;

/**
 * A network with the state of its updater, and where its training stood: what an interrupted
 * training on Spark goes on from. The file is a zip archive; {@code network.zip} in it is a model
 * as DL4J's {@code ModelSerializer} writes it.
 *
 * @param network a MultiLayerNetwork or ComputationGraph
 * @param position where training stood
 */
public record SparkCheckpoint(Model network, Position position) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NETWORK = "network.zip";
    private static final String STATE = "training.json";

    private record State(boolean graph, Position position) {}

    /**
     * Writes a checkpoint, whole or not at all.
     *
     * @param files reaches the file system
     * @param path to make or replace
     * @param network to save; its updater's state comes along
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
     * @param files reaches the file system
     * @param path of the file
     * @return what is in it
     * @throws DataException if it is no such file
     * @throws IOException if it cannot be read
     */
    public static SparkCheckpoint load(HadoopFiles files, String path) throws IOException {
        Map<String, byte[]> entries = new HashMap<>();
        try (InputStream in = files.open(path);
                ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries.put(entry.getName(), zip.readAllBytes());
            }
        }
        if (!entries.containsKey(STATE) || !entries.containsKey(NETWORK)) {
            throw new DataException(path + ": no checkpoint of a training on Spark");
        }
        State state = JSON.readValue(entries.get(STATE), State.class);
        Model network = new NetworkBytes(state.graph(), entries.get(NETWORK)).network();
        return new SparkCheckpoint(network, state.position());
    }
}
