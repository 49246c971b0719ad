package org.lamina.zoo.data;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files whose content is there, unlike that of pipes, which may never come. */
public final class RegularFile {
    private RegularFile() {}

    /**
     * @param file to be read; if there is none, reading it says so
     * @throws DataException if it is a folder, pipe or device
     */
    public static void check(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new DataException(
                    "%s: not a regular file; a pipe or device must be saved to a file first", file);
        }
    }
}
