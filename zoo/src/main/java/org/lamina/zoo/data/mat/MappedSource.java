package org.lamina.zoo.data.mat;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.InflaterInputStream;
import org.lamina.zoo.data.DataException;
import us.hebi.matlab.mat.format.BufferAllocator;
import us.hebi.matlab.mat.types.AbstractSource;
import us.hebi.matlab.mat.types.Source;
import us.hebi.matlab.mat.types.Sources;

/**
 * The bytes of a MAT file of version 5. Large uncompressed arrays stay in the memory-mapped file;
 * all others together may use half of the memory.
 */
final class MappedSource extends AbstractSource implements BufferAllocator {
    private static final int LARGE = 1 << 16;

    /** Largest compression ratio of Deflate. */
    private static final int MOST_INFLATED = 1032;

    /** Unneeded variables are decompressed to verify their checksum, since names may be damaged. */
    private static final long MOST_PASSED_OVER = 4L << 30;

    private final String name;
    private final ByteBuffer file;
    private long left = Runtime.getRuntime().maxMemory() / 2;
    private boolean afterTag;
    private boolean expected;
    private long passedOver;
    private ByteBuffer lent;

    MappedSource(Path path) throws IOException {
        super(LARGE);
        this.name = String.valueOf(path.getFileName());
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new DataException(
                        "%s: larger than 2 GB; save the samples in an .fdt file (preferences of"
                                + " EEGLAB)",
                        name);
            }
            this.file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        }
    }

    @Override
    public AbstractSource order(ByteOrder order) {
        file.order(order);
        return super.order(order);
    }

    /** Called right after the tag of an array, whose content follows. */
    @Override
    public ByteBuffer allocate(int bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("an array of " + bytes + " bytes");
        }
        if (afterTag && bytes >= LARGE && bytes <= file.remaining()) {
            lent = file.slice(file.position(), bytes);
            return lent;
        }
        if (bytes > LARGE && bytes / MOST_INFLATED > file.capacity()) {
            throw new DataException(
                    "%s: an array of %s bytes is more than the file can hold", name, bytes);
        }
        left -= bytes;
        if (left < 0) {
            throw new DataException(
                    "%s: its compressed arrays do not fit into memory; increase java -Xmx, or save"
                            + " the samples in an .fdt file",
                    name);
        }
        return ByteBuffer.allocate(bytes);
    }

    @Override
    public void release(ByteBuffer buffer) {
        left += buffer.hasArray() ? buffer.capacity() : 0;
    }

    @Override
    public int readInt() throws IOException {
        int value = super.readInt();
        afterTag = true;
        return value;
    }

    @Override
    public void readByteBuffer(ByteBuffer buffer) throws IOException {
        if (buffer == lent) {
            file.position(file.position() + buffer.remaining());
            buffer.position(buffer.limit());
            lent = null;
            afterTag = false;
        } else {
            super.readByteBuffer(buffer);
        }
    }

    @Override
    public void readBytes(byte[] bytes, int offset, int length) throws IOException {
        afterTag = false;
        checkLeft(length);
        file.get(bytes, offset, length);
    }

    /**
     * @param wanted whether the next variable is read, so that the end of its compressed data is
     *     checked
     */
    boolean expect(boolean wanted) {
        expected = wanted;
        return wanted;
    }

    /** The checksum is at the end. */
    @Override
    public Source readInflated(int bytes, int bufferBytes) throws IOException {
        InputStream inflated =
                new InflaterInputStream(readBytesAsStream(bytes)) {
                    @Override
                    public void close() throws IOException {
                        passedOver += expected ? 0 : skip(MOST_PASSED_OVER - passedOver);
                        if (read() >= 0) {
                            throw new IOException("a variable is longer than its declared size");
                        }
                        super.close();
                    }
                };
        return Sources.wrapInputStream(inflated, LARGE).order(order());
    }

    @Override
    protected InputStream readBytesAsStream(long bytes) throws IOException {
        afterTag = false;
        checkLeft(bytes);
        ByteBuffer part = file.slice(file.position(), (int) bytes);
        file.position(file.position() + (int) bytes);
        return new InputStream() {
            @Override
            public int read() {
                return part.hasRemaining() ? part.get() & 0xFF : -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                if (!part.hasRemaining()) {
                    return -1;
                }
                int some = Math.min(length, part.remaining());
                part.get(target, offset, some);
                return some;
            }
        };
    }

    private void checkLeft(long bytes) throws EOFException {
        if (bytes < 0 || bytes > file.remaining()) {
            throw new EOFException("the file ends early");
        }
    }

    @Override
    public long getPosition() {
        return file.position();
    }

    @Override
    public boolean isMutatedByChildren() {
        return false;
    }

    @Override
    public void close() {
        // The map exists as long as an array uses it
    }
}
