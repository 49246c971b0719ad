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

/** A file of MATLAB's, of version 5 (also called 6 or 7) or 7.3. */
public interface MatFile extends Closeable {
    int HEADER_BYTES = 128;
    int USER_BLOCK = 512;

    /** A structure array. */
    interface MatStruct {
        /** Number of elements. */
        int size();

        /**
         * What a field holds: a String, a {@link MatStruct} or a {@link MatArray} of numbers; what
         * is in a cell if that is the only one; null if there is no such field, or for whatever
         * else there may be.
         */
        Object value(String field, int element);
    }

    /** An array of numbers. */
    interface MatArray {
        /** Its dimensions; where MATLAB has two of them there may be a third of 1. */
        long[] dimensions();

        /** The first number; there must be one. */
        double first();

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

    /**
     * Opens a file.
     *
     * @param names of the variables that are read
     * @throws DataException if it is no MAT file
     */
    static MatFile open(Path path, Set<String> names) throws IOException {
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
        throw new DataException(
                "%s: no MAT file of version 5 or 7.3, which EEGLAB writes", path.getFileName());
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
