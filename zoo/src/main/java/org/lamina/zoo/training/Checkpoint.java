package org.lamina.zoo.training;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
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
        if (state.best() != null) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DataOutputStream out = new DataOutputStream(bytes)) {
                Nd4j.write(state.best(), out);
            }
            entries.put(BEST, bytes.toByteArray());
        }
        model.save(file, true, entries);
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
            TrainingState state = saved.state();
            if (entries.containsKey(BEST)) {
                try (DataInputStream in =
                        new DataInputStream(new ByteArrayInputStream(entries.get(BEST)))) {
                    state = state.withBest(Nd4j.read(in));
                }
            }
            return new Checkpoint(model, state, saved.fingerprint());
        } catch (IOException | RuntimeException e) {
            throw ModelFile.damaged(file, e);
        }
    }
}
