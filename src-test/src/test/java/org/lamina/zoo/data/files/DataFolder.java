package org.lamina.zoo.data.files;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * Real recordings that are not part of the repository; tests that need them are skipped without.
 */
public final class DataFolder {
    private DataFolder() {}

    /**
     * @param name of a folder below the data folder
     * @return that folder; where it is missing, the calling test is skipped with a message
     */
    public static Path require(String name) {
        Path root = Path.of(System.getProperty("lamina.data", defaultRoot().toString()));
        Path folder = root.resolve(name);
        Assumptions.assumeTrue(
                Files.isDirectory(folder),
                "skipped: no folder " + folder + " (set the system property lamina.data)");
        return folder;
    }

    /**
     * {@code ../shared/data} beside the repository, whose root is the topmost folder with a pom.
     */
    private static Path defaultRoot() {
        Path root = Path.of("").toAbsolutePath();
        while (root.getParent() != null && Files.exists(root.getParent().resolve("pom.xml"))) {
            root = root.getParent();
        }
        return root.resolveSibling("shared").resolve("data");
    }
}
