package org.lamina.zoo.data;

import java.nio.file.Files;
import java.nio.file.Path;

/** Check for regular files: reading a pipe or device may block forever. */
public final class RegularFile {
    private RegularFile() {}

    /**
     * @param file to be read; it is not an error if it does not exist
     * @throws DataException if it is a folder, pipe or device
     */
    public static void check(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new DataException(
                    "%s: not a regular file; a pipe or device must be saved to a file first", file);
        }
    }
}
