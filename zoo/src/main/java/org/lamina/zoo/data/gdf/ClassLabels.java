package org.lamina.zoo.data.gdf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.RecordingFormat;
import us.hebi.matlab.mat.format.BufferAllocator;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.format.Mat5Reader;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sources;

/**
 * The true labels of the BCI Competitions: a MAT file (version 5 to 7) that has the name of the
 * recording, with a variable {@code classlabel} that numbers the class of each trial from 1.
 *
 * @param file name of the MAT file
 * @param classes of the trials; 0 where it is unknown
 */
record ClassLabels(String file, int[] classes) {
    private static final String VARIABLE = "classlabel";
    private static final long MOST_BYTES = 16 << 20;
    private static final List<MatlabType> NUMBERS =
            List.of(
                    MatlabType.Double,
                    MatlabType.Single,
                    MatlabType.Int8,
                    MatlabType.UInt8,
                    MatlabType.Int16,
                    MatlabType.UInt16,
                    MatlabType.Int32,
                    MatlabType.UInt32);

    /** What a file says about its own size is not to be trusted. */
    private static final BufferAllocator BOUNDED =
            new BufferAllocator() {
                @Override
                public ByteBuffer allocate(int bytes) {
                    if (bytes > MOST_BYTES) {
                        throw new IllegalArgumentException(bytes + " bytes of values");
                    }
                    return ByteBuffer.allocate(bytes);
                }

                @Override
                public void release(ByteBuffer buffer) {
                    // Memory of the heap
                }
            };

    /** Name of the file that labels of a recording may be in. */
    static String fileOf(String recording) {
        return RecordingFormat.stem(recording) + ".mat";
    }

    /**
     * Those of a recording.
     *
     * @throws IOException if there is such a file, but it cannot be read
     * @throws DataException if it holds labels that are none
     */
    static Optional<ClassLabels> of(Path recording) throws IOException {
        Path file = recording.resolveSibling(fileOf(recording.getFileName().toString()));
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException("it is larger than labels are");
        }
        Matrix labels = variable(Files.readAllBytes(file));
        return labels == null
                ? Optional.empty()
                : Optional.of(
                        new ClassLabels(
                                file.getFileName().toString(),
                                classes(file.getFileName().toString(), labels)));
    }

    private static Matrix variable(byte[] bytes) throws IOException {
        try {
            Mat5Reader reader =
                    Mat5.newReader(Sources.wrap(bytes))
                            .disableSubsystemProcessing()
                            .setBufferAllocator(BOUNDED)
                            .setEntryFilter(
                                    entry ->
                                            entry.getName().equals(VARIABLE)
                                                    && NUMBERS.contains(entry.getType()));
            for (MatFile.Entry entry : reader.readMat().getEntries()) {
                if (entry.getValue() instanceof Matrix matrix) {
                    return matrix;
                }
            }
            return null;
        } catch (RuntimeException e) {
            throw new IOException("it is damaged or no MAT file of version 5 to 7", e);
        }
    }

    private static int[] classes(String file, Matrix labels) {
        int[] classes = new int[labels.getNumElements()];
        for (int i = 0; i < classes.length; i++) {
            double value = labels.getDouble(i);
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
