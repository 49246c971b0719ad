package org.lamina.zoo.training;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

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
        Path temporary =
                Files.createTempFile(
                        absolute.getParent(), "." + absolute.getFileName() + "-", ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE);
                    OutputStream out =
                            new BufferedOutputStream(Channels.newOutputStream(channel))) {
                body.writeTo(out);
                out.flush();
                // Without it the move may reach the disk before the content does.
                channel.force(true);
            }
            readableLikeOtherFiles(temporary);
            move(temporary, absolute);
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

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Temporary files are made for their owner's eyes only; results are not secret. */
    private static void readableLikeOtherFiles(Path file) throws IOException {
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(
                    file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        }
    }
}
