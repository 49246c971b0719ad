package org.lamina.zoo.training;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * All that an interrupted training run goes on from: the model with the updater's state, and where
 * training stood. The file is a {@link ModelFile} with two more entries.
 *
 * @param model the network as it is at that point, with its updater state
 * @param state where training stands
 * @param fingerprint of the training set, so that going on with other data is noticed
 */
public record Checkpoint(ModelFile model, TrainingState state, long fingerprint) {
    private static final String STATE = "training.json";
    private static final String BEST = "best.bin";
    private static final String AVERAGE = "average.bin";

    private record Saved(TrainingState state, long fingerprint) {}

    /**
     * Writes the file, whole or not at all.
     *
     * @param file to make or replace
     * @throws IOException if it cannot be written
     */
    public void save(Path file) throws IOException {
        Map<String, byte[]> entries = new HashMap<>();
        entries.put(STATE, ModelFile.JSON.writeValueAsBytes(new Saved(state, fingerprint)));
        put(entries, BEST, state.best());
        put(entries, AVERAGE, state.average());
        model.save(file, true, entries);
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
    private static INDArray get(Map<String, byte[]> entries, String name) throws IOException {
        if (!entries.containsKey(name)) {
            return null;
        }
        try (DataInputStream in =
                new DataInputStream(new ByteArrayInputStream(entries.get(name)))) {
            return Nd4j.read(in);
        }
    }

    /**
     * Reads a file that {@link #save} wrote.
     *
     * @param file to read
     * @return what is in it
     * @throws ModelFileException if it is missing, is no checkpoint or is damaged
     */
    public static Checkpoint load(Path file) throws ModelFileException {
        Map<String, byte[]> entries = ModelFile.entries(file);
        ModelFile model = ModelFile.load(file, entries);
        if (!entries.containsKey(STATE)) {
            throw new ModelFileException(
                    file + ": a model, but no checkpoint (it has no " + STATE + ")", null);
        }
        try {
            Saved saved = ModelFile.JSON.readValue(entries.get(STATE), Saved.class);
            TrainingState state =
                    saved.state().withBest(get(entries, BEST)).withAverage(get(entries, AVERAGE));
            return new Checkpoint(model, state, saved.fingerprint());
        } catch (IOException | RuntimeException e) {
            throw ModelFile.damaged(file, e);
        }
    }
}
