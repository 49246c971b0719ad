package org.lamina.zoo.data.reader;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.SampleSource;

/**
 * Little-endian samples that stay in their file and are read on demand. The file is a sequence of
 * data records of equal size, and each record holds some consecutive samples of every channel.
 * Multiplexed files are records of one sample per channel, vectorized files a single record.
 *
 * @param path of the file, which must not change
 * @param size of the file, to detect changes
 * @param start position of the first record
 * @param recordBytes size of a record
 * @param rows the channels, with the same number of samples per record
 * @param first sample of each channel, counted from the beginning of the first record
 * @param length samples of each channel
 */
public record FileSamples(
        Path path, long size, long start, long recordBytes, List<Row> rows, long first, int length)
        implements SampleSource {
    /** Runs shorter than this are read faster together with the bytes between them. */
    private static final int LEAST_BYTES = 256;

    private static final int BLOCK = 1 << 20;

    /**
     * Position of the samples of a channel in a record, and their scale: a stored value {@code v}
     * represents {@code (v gain + offset) scale}.
     *
     * @param at byte offset in the record
     * @param perRecord samples per record
     * @param type of a stored value
     * @param gain physical units per digital step
     * @param offset physical value of a stored 0
     * @param scale of the physical unit
     */
    public record Row(
            long at, int perRecord, SampleType type, double gain, double offset, double scale) {}

    /** Receives stored values. */
    @FunctionalInterface
    public interface ValueConsumer {
        /**
         * @param sample its index, counted from the first requested one
         * @param value as stored
         */
        void accept(int sample, double value);
    }

    /** Copies the list. */
    public FileSamples {
        rows = List.copyOf(rows);
    }

    @Override
    public void copy(int channel, int from, float[] target, int offset, int count) {
        Row row = rows.get(channel);
        double gain = row.gain();
        double zero = row.offset();
        double scale = row.scale();
        eachStored(
                channel,
                from,
                count,
                (sample, value) ->
                        target[offset + sample] = (float) ((value * gain + zero) * scale));
    }

    /**
     * Reads stored values.
     *
     * @param channel row index
     * @param from first sample
     * @param count number of samples
     * @param consumer receives each
     * @throws DataException if they cannot be read
     */
    public void eachStored(int channel, int from, int count, ValueConsumer consumer) {
        Row row = rows.get(channel);
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            if (file.size() != size) {
                throw new IOException("the file changed while in use");
            }
            if (row.perRecord() * (long) row.type().bytes() < LEAST_BYTES) {
                readScattered(file, row, first + from, count, consumer);
            } else {
                readTogether(file, row, first + from, count, consumer);
            }
        } catch (IOException e) {
            throw new DataException("%s cannot be read: %s", path, e.getMessage(), e);
        }
    }

    /** Reads many records at once, including the bytes between the samples of the channel. */
    private void readScattered(
            FileChannel file, Row row, long from, int count, ValueConsumer consumer)
            throws IOException {
        int width = row.type().bytes();
        int perRecord = row.perRecord();
        long end = (from + count - 1) / perRecord + 1;
        int most = (int) Math.max(1, Math.min(BLOCK / recordBytes, end - from / perRecord));
        ByteBuffer bytes = buffer((most - 1) * recordBytes + (long) perRecord * width);
        int done = 0;
        while (done < count) {
            long record = (from + done) / perRecord;
            long after = Math.min(record + most, end);
            long span = (after - record - 1) * recordBytes + (long) perRecord * width;
            fill(file, bytes, start + record * recordBytes + row.at(), (int) span);
            for (long r = record; r < after && done < count; r++) {
                int at = (int) ((r - record) * recordBytes);
                for (int i = (int) (from + done - r * perRecord);
                        i < perRecord && done < count;
                        i++) {
                    consumer.accept(done++, row.type().value(bytes, at + i * width));
                }
            }
        }
    }

    /** Reads only the samples of the channel, one record at a time. */
    private void readTogether(
            FileChannel file, Row row, long from, int count, ValueConsumer consumer)
            throws IOException {
        int width = row.type().bytes();
        int perRecord = row.perRecord();
        int most = Math.min(Math.min(BLOCK / width, perRecord), count);
        ByteBuffer bytes = buffer((long) most * width);
        int done = 0;
        while (done < count) {
            long record = (from + done) / perRecord;
            int within = (int) ((from + done) % perRecord);
            int some = Math.min(Math.min(most, perRecord - within), count - done);
            long position = start + record * recordBytes + row.at() + (long) within * width;
            fill(file, bytes, position, some * width);
            for (int i = 0; i < some; i++) {
                consumer.accept(done++, row.type().value(bytes, i * width));
            }
        }
    }

    /**
     * Reads bytes of a file at once.
     *
     * @param file to read from
     * @param position of the first byte
     * @param count number of bytes
     * @return the bytes, in little-endian order
     * @throws IOException if reading fails or the file is too short
     */
    public static ByteBuffer bytes(FileChannel file, long position, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        fill(file, bytes, position, count);
        return bytes;
    }

    private static ByteBuffer buffer(long size) {
        return ByteBuffer.allocateDirect(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void fill(FileChannel file, ByteBuffer bytes, long position, int count)
            throws IOException {
        bytes.clear().limit(count);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, position + bytes.position()) < 0) {
                throw new EOFException("it ends early");
            }
        }
    }
}
