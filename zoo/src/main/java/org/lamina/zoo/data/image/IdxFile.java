package org.lamina.zoo.data.image;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipException;
import org.lamina.zoo.data.BoundedGzip;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.RegularFile;

/**
 * An array of bytes in the IDX format of MNIST, with or without gzip.
 *
 * <p>Two zero bytes, the type (8 for unsigned bytes, the only one here), the number of dimensions,
 * their sizes as big-endian 4-byte numbers, then the elements, the last dimension fastest.
 *
 * @param sizes of the dimensions
 * @param bytes the elements
 */
public record IdxFile(int[] sizes, byte[] bytes) {

    private static final int UNSIGNED_BYTE = 8;

    /** Bytes read at a time: a header may claim any size, so memory grows with the data present. */
    private static final int PIECE = 1 << 20;

    private static final int GZIP_MAGIC = 0x1f8b;

    /**
     * Reads a file.
     *
     * @param dimensions the required number of dimensions
     * @throws DataException naming the file, what is wrong and what is allowed
     * @throws IOException if reading fails
     */
    public static IdxFile read(Path file, int dimensions) throws IOException {
        RegularFile.check(file);
        try (DataInputStream in = new DataInputStream(open(file))) {
            int magic = in.readInt();
            int expected = UNSIGNED_BYTE << 8 | dimensions;
            if (magic != expected) {
                throw new DataException(
                        "%s: begins with 0x%08x; an IDX file of unsigned bytes with %d dimension%s"
                                + " begins with 0x%08x",
                        file, magic, dimensions, dimensions == 1 ? "" : "s", expected);
            }
            int[] sizes = new int[dimensions];
            long length = 1;
            for (int d = 0; d < dimensions; d++) {
                sizes[d] = in.readInt();
                if (sizes[d] < 1) {
                    throw new DataException(
                            "%s: dimension %s has size %s; at least 1", file, d, sizes[d]);
                }
                length *= sizes[d];
                if (length > Integer.MAX_VALUE - 8) {
                    throw new DataException(
                            "%s: sizes %s are too large", file, Arrays.toString(sizes));
                }
            }
            return new IdxFile(sizes, elements(file, in, (int) length));
        } catch (NoSuchFileException e) {
            throw new DataException("%s: there is no such file", file, e);
        } catch (EOFException e) {
            throw new DataException("%s: truncated", file, e);
        } catch (ZipException e) {
            throw new DataException("%s: the gzip data are damaged: %s", file, e.getMessage(), e);
        }
    }

    private static InputStream open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), PIECE);
        try {
            in.mark(2);
            int first = in.read() << 8 | in.read();
            in.reset();
            return first == GZIP_MAGIC ? BoundedGzip.of(in, file) : in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private static byte[] elements(Path file, InputStream in, int length) throws IOException {
        byte[] bytes = new byte[Math.min(length, PIECE)];
        int read = 0;
        while (read < length) {
            if (read == bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * bytes.length));
            }
            int count = in.read(bytes, read, bytes.length - read);
            if (count < 0) {
                throw new DataException("%s: ends after %d of its %d elements", file, read, length);
            }
            read += count;
        }
        if (in.read() >= 0) {
            throw new DataException("%s: has more than its %s elements", file, length);
        }
        return bytes;
    }
}
