package org.lamina.zoo.data;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Decompresses gzip up to a ratio of 100, which measured data never reach: a few megabytes could
 * expand to gigabytes of zeros.
 */
public final class BoundedGzip extends FilterInputStream {
    private static final long MOST_TIMES = 100;
    private static final long ALWAYS_ALLOWED = 32L << 20;

    private final String file;
    private final Counted packed;
    private long unpacked;

    /** Counts the bytes read. */
    private static final class Counted extends FilterInputStream {
        private long bytes;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            bytes += value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = super.read(target, offset, length);
            bytes += Math.max(0, n);
            return n;
        }
    }

    /**
     * @param packed content of the file, from its beginning
     * @param file its path
     * @return its decompressed content; reading throws {@link DataException} if the ratio is
     *     exceeded
     * @throws DataException if the trailer of the file already exceeds the ratio
     * @throws IOException if these are not gzip data
     */
    public static InputStream of(InputStream packed, Path file) throws IOException {
        if (isTooLarge(declaredSize(file), Files.size(file))) {
            // Decompressing takes a tenth of the time of parsing.
            try (InputStream trial = unpacking(Files.newInputStream(file), file)) {
                trial.transferTo(OutputStream.nullOutputStream());
            } catch (EOFException | ZipException e) {
                // The file is truncated, so these bytes are not its trailer
            }
        }
        return unpacking(packed, file);
    }

    private static BoundedGzip unpacking(InputStream packed, Path file) throws IOException {
        Counted counted = new Counted(packed);
        return new BoundedGzip(
                new GZIPInputStream(counted, 1 << 16), counted, String.valueOf(file.getFileName()));
    }

    /** The size according to the last four bytes, which may be wrong. */
    private static long declaredSize(Path file) throws IOException {
        ByteBuffer size = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            channel.position(Math.max(0, channel.size() - Integer.BYTES));
            while (size.hasRemaining() && channel.read(size) >= 0) {
                // Until all bytes are read
            }
        }
        return Integer.toUnsignedLong(size.getInt(0));
    }

    private BoundedGzip(InputStream in, Counted packed, String file) {
        super(in);
        this.packed = packed;
        this.file = file;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        count(value < 0 ? 0 : 1);
        return value;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int n = super.read(target, offset, length);
        count(Math.max(0, n));
        return n;
    }

    private void count(int more) {
        unpacked += more;
        if (isTooLarge(unpacked, packed.bytes)) {
            throw new DataException(
                    "%s: unpacks to more than %s times its size, which is not plausible for"
                            + " measured data; if it is right, decompress it yourself (gunzip)",
                    file, MOST_TIMES);
        }
    }

    private static boolean isTooLarge(long bytes, long packedBytes) {
        return bytes > ALWAYS_ALLOWED && bytes > MOST_TIMES * packedBytes;
    }
}
