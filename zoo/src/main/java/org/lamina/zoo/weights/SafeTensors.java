package org.lamina.zoo.weights;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.zoo.weights.SafeTensorsHeader.Entry;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The safetensors format: 8 bytes with the header's length (little-endian), a JSON object that
 * gives for each array its type, shape and place, followed by the arrays' elements without gaps.
 */
final class SafeTensors {

    private SafeTensors() {}

    static StateDict read(Path file, long maxBytes) throws IOException {
        try (FileChannel in = FileChannel.open(file)) {
            ByteBuffer header = header(file, in);
            long start = (long) Long.BYTES + header.limit();
            List<Entry> entries = SafeTensorsHeader.read(file, header.array());
            checkPlaces(file, entries, in.size() - start, maxBytes);
            StateDict arrays = new StateDict();
            for (Entry entry : entries) {
                in.position(start + entry.begin());
                arrays.put(entry.name(), Tensors.read(entry.type(), entry.shape(), 'c', in));
            }
            return arrays;
        } catch (EOFException e) {
            throw new WeightsException(file + ": ends while it is read", e);
        }
    }

    private static ByteBuffer header(Path file, FileChannel in) throws IOException {
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        fill(file, in, length);
        long bytes = length.getLong(0);
        long there = in.size() - Long.BYTES;
        if (bytes < 2 || bytes > SafeTensorsHeader.MAX_BYTES || bytes > there) {
            throw new WeightsException(
                    "%s: header length %s; allowed are 2 to %s bytes in this file of %s",
                    file,
                    Long.toUnsignedString(bytes),
                    Math.min(SafeTensorsHeader.MAX_BYTES, there),
                    in.size());
        }
        ByteBuffer header = ByteBuffer.allocate((int) bytes);
        fill(file, in, header);
        return header;
    }

    private static void fill(Path file, FileChannel in, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (in.read(buffer) < 0) {
                throw new WeightsException(
                        file + ": no safetensors file, it has only " + in.size() + " bytes");
            }
        }
    }

    /** The arrays must fill the file without gaps or overlaps. */
    private static void checkPlaces(Path file, List<Entry> entries, long data, long maxBytes) {
        List<Entry> byPlace = new ArrayList<>(entries);
        byPlace.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long end = 0;
        for (Entry entry : byPlace) {
            if (entry.begin() != end || entry.end() > data) {
                throw new WeightsException(
                        "%s: array '%s' lies at bytes %s to %s of the data; it must begin at %s,"
                                + " where the one before it ends, and end by %s",
                        file, entry.name(), entry.begin(), entry.end(), end, data);
            }
            Tensors.checkMemory(
                    entry.end() - entry.begin(),
                    maxBytes - end,
                    maxBytes,
                    file + ": array '" + entry.name() + "'");
            end = entry.end();
        }
        if (end != data) {
            throw new WeightsException(
                    "%s: the arrays end at byte %s of the data, which end at %s", file, end, data);
        }
    }

    static void check(StateDict arrays) {
        arrays.arrays().forEach((name, array) -> TensorType.of(array.dataType(), name));
        if (arrays.get(SafeTensorsHeader.METADATA) != null) {
            throw new WeightsException(
                    "no array of a safetensors file can be named " + SafeTensorsHeader.METADATA);
        }
    }

    static void write(StateDict arrays, OutputStream out) throws IOException {
        // The widest elements first, so that each array begins at a multiple of its element size,
        // as readers that map the file into memory require.
        List<Map.Entry<String, INDArray>> sorted = new ArrayList<>(arrays.arrays().entrySet());
        sorted.sort(Comparator.comparingInt(e -> -e.getValue().dataType().width()));
        Map<String, Long> begins = new LinkedHashMap<>();
        long end = 0;
        for (Map.Entry<String, INDArray> entry : sorted) {
            begins.put(entry.getKey(), end);
            end += Tensors.bytes(entry.getValue());
        }
        byte[] header = SafeTensorsHeader.write(arrays, begins);
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.write(length.putLong(header.length).array());
        out.write(header);
        for (Map.Entry<String, INDArray> entry : sorted) {
            Tensors.write(entry.getValue(), out);
        }
    }
}
