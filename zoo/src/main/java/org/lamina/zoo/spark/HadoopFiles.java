package org.lamina.zoo.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.files.FileTree;
import org.lamina.zoo.io.AtomicFile;

/**
 * Files shared by driver and executors: on a local path that all machines see, in HDFS, S3 or any
 * other file system of Hadoop. Serializable for executors.
 */
public final class HadoopFiles implements Serializable {
    private final SerializableConfiguration configuration;

    private HadoopFiles(SerializableConfiguration configuration) {
        this.configuration = configuration;
    }

    /**
     * @param context with the Hadoop configuration of the file systems
     */
    public static HadoopFiles of(JavaSparkContext context) {
        return new HadoopFiles(new SerializableConfiguration(context.hadoopConfiguration()));
    }

    /** Reads a local file. */
    @FunctionalInterface
    public interface LocalReader<T> {
        /**
         * @param file to read
         * @throws IOException if that fails
         */
        T read(java.nio.file.Path file) throws IOException;
    }

    /**
     * The path with its file system, for tasks on other machines.
     *
     * @param path with or without a scheme
     * @throws DataException if there is no such file system
     */
    public String qualified(String path) {
        Path given = new Path(path);
        try {
            FileSystem system = given.getFileSystem(configuration.value());
            return system.makeQualified(given).toString();
        } catch (IOException e) {
            throw new DataException(path + ": " + e.getMessage(), e);
        }
    }

    /**
     * The files of a folder, sorted by name, hidden ones left out.
     *
     * @throws DataException if there is no such folder or it cannot be listed
     */
    public List<String> list(String folder) {
        return list(folder, FileStatus::isFile);
    }

    private List<String> list(String folder, Predicate<FileStatus> which) {
        Path path = new Path(folder);
        List<String> files = new ArrayList<>();
        try {
            FileSystem system = path.getFileSystem(configuration.value());
            if (!system.getFileStatus(path).isDirectory()) {
                throw new DataException(folder + " is a file; a folder is needed");
            }
            for (FileStatus status : system.listStatus(path)) {
                String name = status.getPath().getName();
                if (which.test(status) && !name.startsWith(".") && !name.startsWith("_")) {
                    files.add(status.getPath().toString());
                }
            }
        } catch (FileNotFoundException e) {
            throw new DataException("No folder " + folder, e);
        } catch (IOException e) {
            throw new DataException(folder + " cannot be listed: " + e.getMessage(), e);
        }
        files.sort(null);
        return files;
    }

    /**
     * The file system of a folder, by paths without scheme and host.
     *
     * @param folder in it
     */
    FileTree treeOf(String folder) {
        return new FileTree() {
            @Override
            public List<java.nio.file.Path> files(java.nio.file.Path path) {
                return paths(path, FileStatus::isFile);
            }

            @Override
            public List<java.nio.file.Path> folders(java.nio.file.Path path) {
                return paths(path, FileStatus::isDirectory);
            }

            private List<java.nio.file.Path> paths(
                    java.nio.file.Path path, Predicate<FileStatus> which) {
                return list(inSystemOf(folder, path), which).stream()
                        .map(HadoopFiles::withoutSystem)
                        .toList();
            }
        };
    }

    static java.nio.file.Path withoutSystem(String path) {
        return java.nio.file.Path.of(new Path(path).toUri().getPath());
    }

    /** A path of {@link #treeOf} with its file system. */
    String inSystemOf(String folder, java.nio.file.Path path) {
        return new Path(new Path(qualified(folder)), path.toString().replace('\\', '/')).toString();
    }

    /** Whether there is such a file. */
    public boolean exists(String path) throws IOException {
        Path file = new Path(path);
        return file.getFileSystem(configuration.value()).exists(file);
    }

    /** Opens a file. */
    public InputStream open(String path) throws IOException {
        Path file = new Path(path);
        return file.getFileSystem(configuration.value()).open(file);
    }

    /** Removes a file or a folder with all that is in it, if there is one. */
    public void delete(String path) throws IOException {
        Path file = new Path(path);
        file.getFileSystem(configuration.value()).delete(file, true);
    }

    /**
     * Writes a file atomically, even if the writer is killed or several attempts of a task write
     * it.
     *
     * @param path of the file; folders are created
     * @param body writes the content
     */
    public void write(String path, AtomicFile.Body body) throws IOException {
        Path target = new Path(path);
        FileSystem system = target.getFileSystem(configuration.value());
        Path temporary =
                new Path(target.getParent(), "." + target.getName() + "-" + UUID.randomUUID());
        try {
            try (OutputStream out = system.create(temporary, true)) {
                body.writeTo(out);
            }
            replace(system, temporary, target);
        } finally {
            system.delete(temporary, false);
        }
    }

    /**
     * Removes the temporary files left by a program that was killed while it wrote a file. Call it
     * when no other program can be writing that file.
     *
     * @param path of the file that was written
     */
    public void removeLeftovers(String path) throws IOException {
        Path target = new Path(path);
        FileSystem system = target.getFileSystem(configuration.value());
        if (system.exists(target.getParent())) {
            String prefix = "." + target.getName() + "-";
            for (FileStatus status : system.listStatus(target.getParent())) {
                if (status.getPath().getName().startsWith(prefix)) {
                    system.delete(status.getPath(), false);
                }
            }
        }
    }

    private static boolean isLocal(FileSystem system) {
        return system.getScheme().equals("file");
    }

    /** Atomic if the file system supports it; not all do. */
    private void replace(FileSystem system, Path temporary, Path target) throws IOException {
        if (isLocal(system)) {
            // The checksum of the replaced file; that of the new file is renamed in a second step.
            java.nio.file.Path local = java.nio.file.Path.of(target.toUri().getPath());
            Files.deleteIfExists(local.resolveSibling("." + target.getName() + ".crc"));
            rename(system, temporary, target);
            return;
        }
        try {
            FileContext.getFileContext(system.getUri(), configuration.value())
                    .rename(
                            system.makeQualified(temporary),
                            system.makeQualified(target),
                            Options.Rename.OVERWRITE);
        } catch (UnsupportedFileSystemException e) {
            if (!system.rename(temporary, target)) {
                system.delete(target, false);
                rename(system, temporary, target);
            }
        }
    }

    private static void rename(FileSystem system, Path from, Path to) throws IOException {
        if (!system.rename(from, to)) {
            throw new IOException(to + " cannot be written");
        }
    }

    /**
     * Passes a file to a reader that needs a local one: the file itself if it is local, otherwise a
     * temporary copy of the same name, beside copies of its companions.
     *
     * @param path of the file
     * @param companions of a copy of the file: names of files in the same folder, or paths, which
     *     may be missing
     * @param reader of the file
     */
    public <T> T readLocally(
            String path, LocalReader<List<String>> companions, LocalReader<T> reader)
            throws IOException {
        Path file = new Path(path);
        FileSystem system = file.getFileSystem(configuration.value());
        if (isLocal(system)) {
            return reader.read(java.nio.file.Path.of(file.toUri().getPath()));
        }
        java.nio.file.Path folder = Files.createTempDirectory("lamina-");
        List<java.nio.file.Path> copies = new ArrayList<>();
        try {
            java.nio.file.Path local = copy(system, file, folder.resolve(file.getName()));
            copies.add(local);
            for (String name : companions.read(local)) {
                Path companion = new Path(file.getParent(), name);
                if (system.exists(companion)) {
                    copies.add(copy(system, companion, folder.resolve(companion.getName())));
                }
            }
            return reader.read(local);
        } finally {
            for (java.nio.file.Path copy : copies) {
                Files.deleteIfExists(copy);
            }
            Files.delete(folder);
        }
    }

    private static java.nio.file.Path copy(FileSystem system, Path from, java.nio.file.Path to)
            throws IOException {
        try (InputStream in = system.open(from)) {
            Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
        }
        return to;
    }
}
