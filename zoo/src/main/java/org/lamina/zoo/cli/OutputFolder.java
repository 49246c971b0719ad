package org.lamina.zoo.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.lamina.zoo.io.AtomicFile;

/** The files of one training run, which has the folder to itself until it is closed. */
final class OutputFolder implements AutoCloseable {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private static final ObjectWriter JSON =
            new ObjectMapper().writer(SerializationFeature.INDENT_OUTPUT);

    private final Path path;

    /** The lock file, open and locked; the system unlocks it however the program ends. */
    private FileChannel lock;

    private OutputFolder(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    /**
     * Opens the folder of a new run: checks now, not after training, that it is writable, and
     * removes the files of an earlier run, so that none of them is mistaken for this run's.
     *
     * @param wanted null for a new folder in the working folder
     */
    static OutputFolder create(Path wanted, String network) {
        try {
            OutputFolder folder = new OutputFolder(wanted == null ? newFolder(network) : wanted);
            folder.open();
            for (Path file : folder.files()) {
                Files.deleteIfExists(file);
            }
            return folder;
        } catch (IOException e) {
            throw notWritable(wanted == null ? Path.of("") : wanted, e);
        }
    }

    /** Opens the folder of a run to resume, which is left as it is if it has no checkpoint. */
    static OutputFolder resume(Path path) {
        try {
            OutputFolder folder = new OutputFolder(path);
            if (Files.exists(folder.checkpoint())) {
                folder.open();
            }
            return folder;
        } catch (IOException e) {
            throw notWritable(path, e);
        }
    }

    /** Named after network and time, and numbered where runs start in the same second. */
    private static Path newFolder(String network) throws IOException {
        String name = network + "-" + LocalDateTime.now(ZoneId.systemDefault()).format(STAMP);
        for (int number = 1; ; number++) {
            try {
                return Files.createDirectory(Path.of(number == 1 ? name : name + "-" + number));
            } catch (FileAlreadyExistsException e) {
                // Another run's.
            }
        }
    }

    /**
     * Creates the folder if necessary, checks that it is writable, and removes what a killed run
     * left.
     */
    private void open() throws IOException {
        Files.createDirectories(path);
        lock();
        try {
            Path trial = path.resolve(".trial");
            AtomicFile.write(trial, "");
            Files.delete(trial);
            for (Path file : files()) {
                AtomicFile.removeLeftovers(file);
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void lock() throws IOException {
        while (lock == null) {
            FileChannel file =
                    FileChannel.open(
                            lockFile(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (isTaken(file)) {
                file.close();
                throw new UsageException(
                        "%s: another run is writing its results there; wait until it ends, or name"
                                + " another folder with --out",
                        path);
            }
            // Unless a run that ended meanwhile has removed it
            if (Files.exists(lockFile())) {
                lock = file;
            } else {
                file.close();
            }
        }
    }

    private static boolean isTaken(FileChannel file) {
        try {
            return file.tryLock() == null;
        } catch (OverlappingFileLockException e) {
            // By this program
            return true;
        } catch (IOException e) {
            // A file system without locks
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        if (lock != null) {
            Files.deleteIfExists(lockFile());
            lock.close();
            lock = null;
        }
    }

    private Path lockFile() {
        return path.resolve(".lock");
    }

    /** All files of a run. */
    private List<Path> files() {
        return List.of(checkpoint(), predictions(), model(), metrics(), report());
    }

    private static UsageException notWritable(Path path, IOException e) {
        return new UsageException(
                path + ": results cannot be written there (" + reason(e) + ")", e);
    }

    /** Checks now, not after the work, that the file of {@code --out} can be written. */
    static void checkFile(Path out) {
        if (out == null) {
            return;
        }
        try {
            AtomicFile.checkWritable(out);
            AtomicFile.removeLeftovers(out);
        } catch (IOException e) {
            throw new UsageException("--out " + e.getMessage(), e);
        }
    }

    /** Writes results as indented JSON. */
    static void writeJson(Path file, Object results) throws IOException {
        AtomicFile.write(file, JSON.writeValueAsString(results) + "\n");
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

    /** Class probabilities of a cross-validation. */
    Path predictions() {
        return path.resolve("predictions.csv");
    }

    Path checkpoint() {
        return path.resolve("checkpoint.zip");
    }
}
