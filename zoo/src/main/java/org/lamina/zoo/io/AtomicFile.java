package org.lamina.zoo.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Writes a file so that it always has either its old or its new content in full, whenever the
 * program or the machine stops.
 */
public final class AtomicFile {
    private static final String TEMPORARY = ".tmp";
    private static final int UUID_LENGTH = 36;

    static volatile Moves moves = Moves.NOTHING;

    private AtomicFile() {}

    /** Where tests end the program, as a power cut would. */
    interface Moves {
        Moves NOTHING = new Moves() {};

        default void beforeMove(Path target) {}

        default void afterMove(Path target) {}
    }

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Body {
        /**
         * @param out where to write; closed by the caller
         * @throws IOException if writing fails; the file then keeps its old content
         */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Writes a temporary file beside the target and moves it there.
     *
     * @param target the file to create or replace; its folder must exist
     * @param body writes the content
     * @throws IOException if it cannot be written; {@code target} is then as it was
     */
    public static void write(Path target, Body body) throws IOException {
        Path absolute = target.toAbsolutePath();
        checkWritable(target);
        // Not Files.createTempFile: its files are their owner's only, whatever the umask says.
        Path temporary = absolute.resolveSibling(prefix(absolute) + UUID.randomUUID() + TEMPORARY);
        try {
            try (FileChannel channel =
                            FileChannel.open(
                                    temporary,
                                    StandardOpenOption.CREATE_NEW,
                                    StandardOpenOption.WRITE);
                    OutputStream out =
                            new BufferedOutputStream(Channels.newOutputStream(channel))) {
                body.writeTo(out);
                out.flush();
                // Without it the move may reach the disk before the content does.
                channel.force(true);
            }
            move(temporary, absolute);
        } catch (FileSystemException e) {
            throw naming(target, e);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * @param target the file to create or replace; its folder must exist
     * @param text its content, written in UTF-8
     * @throws IOException if it cannot be written; {@code target} is then as it was
     */
    public static void write(Path target, String text) throws IOException {
        write(target, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Checks before the work whether a file can be created or replaced, as far as that can be
     * known.
     *
     * @param target the file to be written later
     * @throws FileSystemException if its folder is not there or cannot be written to, or if the
     *     target is itself a folder
     */
    public static void checkWritable(Path target) throws FileSystemException {
        Path parent = target.toAbsolutePath().getParent();
        String problem = null;
        if (Files.isDirectory(target)) {
            problem = "is a folder, not a file";
        } else if (parent == null || !Files.isDirectory(parent)) {
            problem = "there is no folder " + parent;
        } else if (!Files.isWritable(parent)) {
            problem = "the folder " + parent + " cannot be written to";
        }
        if (problem != null) {
            throw new FileSystemException(target.toString(), null, problem);
        }
    }

    private static String prefix(Path target) {
        return "." + target.getFileName() + "-";
    }

    /**
     * Removes the temporary files left by a program that was killed while it wrote a file. Call it
     * when no other program can be writing that file.
     *
     * @param target the file that was written
     * @throws IOException if its folder cannot be listed or a file cannot be removed
     */
    public static void removeLeftovers(Path target) throws IOException {
        Path absolute = target.toAbsolutePath();
        Path folder = absolute.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            return;
        }
        String prefix = prefix(absolute);
        List<Path> leftovers = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(
                        folder, file -> isLeftover(file.getFileName().toString(), prefix))) {
            files.forEach(leftovers::add);
        }
        for (Path leftover : leftovers) {
            Files.deleteIfExists(leftover);
        }
    }

    private static boolean isLeftover(String name, String prefix) {
        return name.startsWith(prefix)
                && name.endsWith(TEMPORARY)
                && name.length() == prefix.length() + UUID_LENGTH + TEMPORARY.length();
    }

    private static void move(Path from, Path to) throws IOException {
        moves.beforeMove(to);
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
        moves.afterMove(to);
    }

    /** The user knows the target, not the temporary file. */
    private static FileSystemException naming(Path target, FileSystemException e) {
        String reason = e.getReason();
        if (reason == null) {
            reason = e.getClass().getSimpleName().replace("Exception", "");
        }
        FileSystemException named = new FileSystemException(target.toString(), null, reason);
        named.initCause(e);
        return named;
    }
}
