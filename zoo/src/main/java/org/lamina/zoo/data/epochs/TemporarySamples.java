package org.lamina.zoo.data.epochs;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.SampleSource;

/**
 * Samples in a temporary file, one channel after the other, in the folder given by the system
 * property {@code java.io.tmpdir}. The file is deleted on close or when the program ends.
 * Thread-safe.
 */
final class TemporarySamples implements SampleSource, Closeable {
    static final String ENDING = ".samples";

    /** Samples written or read at a time. */
    private static final int BLOCK = 1 << 16;

    private final String name;
    private final int length;
    private final FileChannel file;

    /**
     * @param name of the recording, for errors
     * @param channels number of channels
     * @param length samples of each channel
     * @throws DataException if the folder has too little space
     */
    TemporarySamples(String name, int channels, int length) {
        this.name = name;
        this.length = length;
        long needed = (long) channels * length * Float.BYTES;
        try {
            Path path = Files.createTempFile("lamina", ENDING);
            this.file =
                    FileChannel.open(
                            path,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.DELETE_ON_CLOSE);
            long free = Files.getFileStore(path.getParent()).getUsableSpace();
            if (free < needed) {
                file.close();
                throw failed(
                        String.format("%d MB needed, %d MB free", needed >> 20, free >> 20), null);
            }
        } catch (IOException e) {
            throw failed(e.getMessage(), e);
        }
    }

    private DataException failed(String reason, IOException cause) {
        return new DataException(
                "%s: the filtered samples cannot be stored in %s: %s; use another folder (java"
                        + " -Djava.io.tmpdir=DIR -jar ...) or more memory (java -Xmx...)",
                name, System.getProperty("java.io.tmpdir"), reason, cause);
    }

    @Override
    public int length() {
        return length;
    }

    /** Stores a channel. */
    void put(int channel, float[] samples) {
        ByteBuffer bytes = buffer(Math.min(BLOCK, length));
        try {
            for (int done = 0; done < length; done += BLOCK) {
                int count = Math.min(BLOCK, length - done);
                bytes.clear().limit(count * Float.BYTES);
                bytes.asFloatBuffer().put(samples, done, count);
                long position = position(channel, done);
                while (bytes.hasRemaining()) {
                    position += file.write(bytes, position);
                }
            }
        } catch (IOException e) {
            throw failed(e.getMessage(), e);
        }
    }

    @Override
    public void copy(int channel, int from, float[] target, int offset, int count) {
        ByteBuffer bytes = buffer(Math.min(BLOCK, count));
        try {
            for (int done = 0; done < count; done += BLOCK) {
                int some = Math.min(BLOCK, count - done);
                bytes.clear().limit(some * Float.BYTES);
                long position = position(channel, from + done);
                while (bytes.hasRemaining()) {
                    int read = file.read(bytes, position);
                    if (read < 0) {
                        throw new EOFException("the temporary file ends early");
                    }
                    position += read;
                }
                bytes.flip();
                bytes.asFloatBuffer().get(target, offset + done, some);
            }
        } catch (IOException e) {
            throw failed(e.getMessage(), e);
        }
    }

    private static ByteBuffer buffer(int samples) {
        return ByteBuffer.allocate(samples * Float.BYTES).order(ByteOrder.nativeOrder());
    }

    private long position(int channel, int sample) {
        return ((long) channel * length + sample) * Float.BYTES;
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw failed(e.getMessage(), e);
        }
    }
}
