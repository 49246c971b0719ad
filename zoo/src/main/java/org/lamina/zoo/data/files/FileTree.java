package org.lamina.zoo.data.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.lamina.zoo.data.DataException;

/** A file system in which data sets are found. */
public interface FileTree {
    /** The local file system. */
    FileTree LOCAL =
            new FileTree() {
                @Override
                public List<Path> files(Path folder) {
                    return list(folder, Files::isRegularFile);
                }

                @Override
                public List<Path> folders(Path folder) {
                    return list(folder, Files::isDirectory);
                }
            };

    /**
     * @param folder to list
     * @return the files in it, sorted
     * @throws DataException if it cannot be listed
     */
    List<Path> files(Path folder);

    /**
     * @param folder to list
     * @return the folders in it, sorted
     * @throws DataException if it cannot be listed
     */
    List<Path> folders(Path folder);

    /**
     * Lists a local folder.
     *
     * @param folder to list
     * @param which entries to list
     * @return these entries, sorted
     * @throws DataException if it cannot be listed
     */
    static List<Path> list(Path folder, Predicate<Path> which) {
        try (Stream<Path> list = Files.list(folder)) {
            return list.filter(which).sorted().toList();
        } catch (IOException e) {
            throw new DataException("%s cannot be listed: %s", folder, e.getMessage(), e);
        }
    }
}
