package org.lamina.zoo.modelfile;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.lamina.zoo.io.AtomicFile;
import org.lamina.zoo.training.TrainingState;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Everything needed to resume an interrupted training run: the model with the state of its updater,
 * and where training stood. The file is a {@link ModelFile} with two more entries.
 *
 * @param model the network at that point, with the state of its updater
 * @param state where training stands
 * @param fingerprint of the training set, so that resuming with other data is noticed
 */
public record Checkpoint(ModelFile model, TrainingState state, long fingerprint) {
    static final String STATE = "training.json";
    static final String BEST = "best.bin";
    static final String AVERAGE = "average.bin";

    private record Saved(TrainingState state, long fingerprint) {}

    /**
     * Writes the file atomically.
     *
     * @param file to create or replace
     * @throws IOException if it cannot be written
     */
    public void save(Path file) throws IOException {
        AtomicFile.write(file, this::write);
    }

    /**
     * Writes the content of the file.
     *
     * @param out where to write; not closed
     * @throws IOException if that fails
     */
    public void write(OutputStream out) throws IOException {
        Map<String, byte[]> entries = new HashMap<>();
        entries.put(STATE, ModelFile.JSON.writeValueAsBytes(new Saved(state, fingerprint)));
        put(entries, BEST, state.best());
        put(entries, AVERAGE, state.average());
        model.write(out, true, entries);
    }

    private static void put(Map<String, byte[]> entries, String name, INDArray parameters)
            throws IOException {
        if (parameters != null) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DataOutputStream out = new DataOutputStream(bytes)) {
                Nd4j.write(parameters, out);
            }
            entries.put(name, bytes.toByteArray());
        }
    }

    /** Null if there is no such entry. */
    private static INDArray get(
            Map<String, byte[]> entries, String name, ModelFile model, LoadOptions options)
            throws IOException {
        if (!entries.containsKey(name)) {
            return null;
        }
        INDArray parameters = StoredNetwork.array(name, entries.get(name), options);
        INDArray own = model.network().params();
        if (parameters.length() != own.length()) {
            throw new IOException(
                    String.format(
                            "%s has %d values, the network %d parameters",
                            name, parameters.length(), own.length()));
        }
        return parameters.reshape(own.shape());
    }

    /**
     * Reads a file that {@link #save} wrote.
     *
     * @param file to read
     * @return what is in it
     * @throws ModelFileException if it is missing, is not a checkpoint, or is damaged
     */
    public static Checkpoint load(Path file) throws ModelFileException {
        return load(file, LoadOptions.defaults());
    }

    /**
     * Reads a file that {@link #save} wrote.
     *
     * @param file to read
     * @param options what is accepted
     * @return what is in it
     * @throws ModelFileException if it is missing, is not a checkpoint, or is damaged
     */
    public static Checkpoint load(Path file, LoadOptions options) throws ModelFileException {
        return ModelFile.reading(file.toString(), () -> of(ModelFile.entries(file), options));
    }

    private static Checkpoint of(Map<String, byte[]> entries, LoadOptions options)
            throws IOException {
        if (!entries.containsKey(STATE)) {
            throw new IOException("no checkpoint (it has no " + STATE + ")");
        }
        ModelFile model = ModelFile.of(entries, true, options);
        Saved saved = ModelFile.json(entries, STATE, Saved.class);
        if (saved.state() == null) {
            throw new IOException(STATE + " does not say where training stands");
        }
        TrainingState state =
                saved.state()
                        .withBest(get(entries, BEST, model, options))
                        .withAverage(get(entries, AVERAGE, model, options));
        return new Checkpoint(model, state, saved.fingerprint());
    }
}
