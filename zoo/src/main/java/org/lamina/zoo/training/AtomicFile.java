package org.lamina.zoo.training;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes a file so that its name always leads to a whole one: the old content or the new, never
 * half of it, whenever the program or the machine stops.
 */
public final class AtomicFile {
    private AtomicFile() {}

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
     * @param target the file to make or replace; its folder must exist
     * @param body writes the content
     * @throws IOException if it cannot be written; {@code target} is then as it was
     */
    public static void write(Path target, Body body) throws IOException {
        Path absolute = target.toAbsolutePath();
        checkWritable(target);
        // Not Files.createTempFile: its files are their owner's only, whatever the umask says.
        Path temporary =
                absolute.resolveSibling(
                        "." + absolute.getFileName() + "-" + UUID.randomUUID() + ".tmp");
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
     * @param target the file to make or replace; its folder must exist
     * @param text its content, written in UTF-8
     * @throws IOException if it cannot be written; {@code target} is then as it was
     */
    public static void write(Path target, String text) throws IOException {
        write(target, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Finds out before the work whether a file can be made or replaced, as far as that can be
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

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
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
