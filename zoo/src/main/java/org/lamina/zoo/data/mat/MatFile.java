package org.lamina.zoo.data.mat;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.SampleSource;

/** A MAT file of version 5 (also called 6 or 7) or 7.3. */
public interface MatFile extends Closeable {
    int HEADER_BYTES = 128;
    int USER_BLOCK = 512;

    /** A structure array. */
    interface MatStruct {
        /** Number of elements. */
        int size();

        /**
         * Value of a field: a String, a {@link MatStruct} or a {@link MatArray}; the content of a
         * cell if it is the only one; null if there is no such field or it has another type.
         */
        Object value(String field, int element);
    }

    /** An array of numbers. */
    interface MatArray {
        /** Its dimensions; a matrix may have a third one of 1. */
        long[] dimensions();

        /**
         * The numbers, in MATLAB's order.
         *
         * @param most how many there may be
         * @throws DataException if there are more
         */
        double[] values(int most);

        /**
         * Samples as columns of one value for each channel.
         *
         * @param rows indices of the channels to give
         * @param length number of samples, which is the number of columns
         */
        SampleSource samples(int[] rows, int length);

        /** Number of elements. */
        default long size() {
            return Arrays.stream(dimensions()).reduce(1, Math::multiplyExact);
        }
    }

    /** The variables, as a structure of one element. */
    MatStruct variables();

    /** Uses the variables of an open file. */
    @FunctionalInterface
    interface Use<T> {
        T of(MatStruct variables) throws IOException;
    }

    /**
     * Reads from a file.
     *
     * @param names of the variables that are needed
     * @param use what to do with them while the file is open
     * @return what that returns
     * @throws DataException if it is not a MAT file or is damaged
     */
    static <T> T read(Path path, Set<String> names, Use<T> use) {
        try (MatFile file = open(path, names)) {
            return use.of(file.variables());
        } catch (DataException e) {
            throw e;
        } catch (RuntimeException | IOException | StackOverflowError | OutOfMemoryError e) {
            throw damaged(String.valueOf(path.getFileName()), e);
        }
    }

    /** The libraries report damaged files by exceptions of all kinds. */
    private static DataException damaged(String file, Throwable e) {
        Throwable cause = e;
        for (; cause.getCause() != null; cause = cause.getCause()) {
            if (cause.getCause() instanceof DataException known) {
                return known;
            }
        }
        String reason =
                cause instanceof OutOfMemoryError
                        ? "its arrays do not fit into memory"
                        : cause.getMessage() == null
                                ? cause.getClass().getSimpleName()
                                : cause.getMessage();
        return new DataException("%s: damaged MAT file: %s", file, reason, e);
    }

    private static MatFile open(Path path, Set<String> names) throws IOException {
        byte[] start;
        try (InputStream in = Files.newInputStream(path)) {
            start = in.readNBytes(USER_BLOCK + 8);
        }
        if (isHdf5(start, 0) || isHdf5(start, USER_BLOCK)) {
            return new Mat73File(path);
        }
        if (start.length >= HEADER_BYTES
                && (endsIn(start, 0, 1, 'I', 'M') || endsIn(start, 1, 0, 'M', 'I'))) {
            return new Mat5File(path, names);
        }
        throw new DataException("%s: not a MAT file of version 5 or 7.3", path.getFileName());
    }

    private static boolean isHdf5(byte[] start, int at) {
        byte[] signature = "\u0089HDF\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1);
        return start.length >= at + signature.length
                && Arrays.equals(start, at, at + signature.length, signature, 0, signature.length);
    }

    /** Version 1.0, which is 0x0100, and the mark "MI", both in the byte order of the file. */
    private static boolean endsIn(byte[] start, int... end) {
        for (int i = 0; i < end.length; i++) {
            if (start[HEADER_BYTES - end.length + i] != end[i]) {
                return false;
            }
        }
        return true;
    }
}
