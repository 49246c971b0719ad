package org.lamina.zoo.data.gdf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.mat.MatFile;
import org.lamina.zoo.data.mat.MatFile.MatArray;
import org.lamina.zoo.data.recording.RecordingFormat;

/**
 * The true labels of the BCI Competitions: a MAT file with the name of the recording and a variable
 * {@code classlabel} with the class of each trial, counted from 1.
 *
 * @param file name of the MAT file
 * @param classes of the trials; 0 if unknown
 */
record ClassLabels(String file, int[] classes) {
    private static final String VARIABLE = "classlabel";
    private static final int MOST = 1_000_000;

    /** Name of the file that may hold the labels of a recording. */
    static String fileOf(String recording) {
        return RecordingFormat.stem(recording) + ".mat";
    }

    /**
     * The labels of a recording, if there are any.
     *
     * @throws IOException if their file cannot be read
     * @throws DataException if a label is not a class
     */
    static Optional<ClassLabels> of(Path recording) throws IOException {
        String name = fileOf(recording.getFileName().toString());
        Path file = recording.resolveSibling(name);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        double[] labels;
        try {
            labels =
                    MatFile.read(
                            file,
                            Set.of(VARIABLE),
                            variables ->
                                    variables.value(VARIABLE, 0) instanceof MatArray array
                                            ? array.values(MOST)
                                            : null);
        } catch (DataException e) {
            throw new IOException(e.getMessage(), e);
        }
        return labels == null
                ? Optional.empty()
                : Optional.of(new ClassLabels(name, classes(name, labels)));
    }

    private static int[] classes(String file, double[] labels) {
        int[] classes = new int[labels.length];
        for (int i = 0; i < classes.length; i++) {
            double value = labels[i];
            if (Double.isNaN(value)) {
                continue;
            }
            if (value != Math.rint(value) || value < 1 || value > GdfTrials.MOST_CLASSES) {
                throw new DataException(
                        "%s: %s %d is %s; it must be a whole number from 1 to %d",
                        file, VARIABLE, i + 1, value, GdfTrials.MOST_CLASSES);
            }
            classes[i] = (int) value;
        }
        return classes;
    }
}
