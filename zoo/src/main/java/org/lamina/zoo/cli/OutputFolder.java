package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import org.lamina.zoo.training.AtomicFile;

/**
 * The files of one training run.
 *
 * @param path the folder
 */
record OutputFolder(Path path) {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    /** Makes the folder if need be, and finds out now, not after training, if it can be written. */
    static OutputFolder create(Path wanted, String network) {
        return create(
                wanted == null
                        ? Path.of(network + "-" + LocalDateTime.now().format(STAMP))
                        : wanted);
    }

    /** The same for a folder that is named. */
    static OutputFolder create(Path path) {
        try {
            Files.createDirectories(path);
            Files.delete(Files.createTempFile(path, ".", ".tmp"));
        } catch (IOException e) {
            throw new UsageException(
                    path + ": results cannot be written there (" + reason(e) + ")", e);
        }
        return new OutputFolder(path);
    }

    /** Finds out now, not after the work, if the file of {@code --out} can be written. */
    static void checkFile(Path out) {
        if (out == null) {
            return;
        }
        try {
            AtomicFile.checkWritable(out);
        } catch (FileSystemException e) {
            throw new UsageException("--out " + e.getMessage(), e);
        }
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName().replace("Exception", "") + ": " + e.getMessage();
    }

    Path model() {
        return path.resolve("model.zip");
    }

    Path metrics() {
        return path.resolve("metrics.json");
    }

    Path report() {
        return path.resolve("report.html");
    }

    Path checkpoint() {
        return path.resolve("checkpoint.zip");
    }
}
