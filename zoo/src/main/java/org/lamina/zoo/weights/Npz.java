package org.lamina.zoo.weights;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** NumPy's format for several arrays: a zip archive with an entry {@code NAME.npy} for each. */
final class Npz {

    private static final String EXTENSION = ".npy";

    /** Maximum number of bytes that deflate can expand a byte to. */
    private static final long MAX_INFLATION = 1032;

    /** The earliest time in a zip archive, so that the same arrays give the same file. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private Npz() {}

    static StateDict read(Path file, long maxBytes) throws IOException {
        StateDict arrays = new StateDict();
        long left = maxBytes;
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String array = file + ": entry '" + entry.getName() + "'";
                if (!entry.getName().endsWith(EXTENSION)) {
                    throw new WeightsException(array + "; the names must end with " + EXTENSION);
                }
                String name =
                        entry.getName().substring(0, entry.getName().length() - EXTENSION.length());
                if (arrays.get(name) != null) {
                    throw new WeightsException(array + " is there twice");
                }
                try (CheckedInputStream in =
                        new CheckedInputStream(zip.getInputStream(entry), new CRC32())) {
                    NpyHeader header = NpyHeader.read(in, array);
                    long bytes = Tensors.bytes(header.type(), header.shape(), array);
                    Tensors.checkMemory(bytes, left, maxBytes, array);
                    if (bytes / MAX_INFLATION > entry.getCompressedSize()) {
                        throw ends(array, null);
                    }
                    left -= bytes;
                    arrays.put(name, elements(in, header, array));
                    if (in.getChecksum().getValue() != entry.getCrc()) {
                        throw new WeightsException(array + ": its check sum is wrong");
                    }
                } catch (EOFException e) {
                    throw ends(array, e);
                }
            }
        } catch (ZipException e) {
            throw new WeightsException(file + ": no or a damaged npz file: " + e.getMessage(), e);
        }
        return arrays;
    }

    private static WeightsException ends(String array, Exception cause) {
        return new WeightsException(array + ": ends before its elements do", cause);
    }

    private static INDArray elements(InputStream in, NpyHeader header, String array)
            throws IOException {
        ReadableByteChannel channel =
                header.bigEndian()
                        ? new Swapping(in, header.type().size())
                        : Channels.newChannel(in);
        INDArray elements = Tensors.read(header.type(), header.shape(), header.order(), channel);
        if (in.read() >= 0) {
            throw new WeightsException(array + ": goes on after its elements");
        }
        return elements;
    }

    /** Reads whole elements, their bytes reversed. */
    private record Swapping(InputStream in, int size) implements ReadableByteChannel {
        @Override
        public int read(ByteBuffer to) throws IOException {
            byte[] bytes = in.readNBytes(to.remaining());
            if (bytes.length < to.remaining()) {
                throw new EOFException();
            }
            Tensors.swap(bytes, size);
            to.put(bytes);
            return bytes.length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    static void check(StateDict arrays) {
        arrays.arrays()
                .forEach(
                        (name, array) -> {
                            if (TensorType.of(array.dataType(), name).numpy() == null) {
                                throw new WeightsException(
                                        "%s: NumPy has no data type %s; write a .safetensors file",
                                        name, array.dataType());
                            }
                        });
    }

    static void write(StateDict arrays, OutputStream out) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out);
        zip.setMethod(ZipOutputStream.STORED);
        for (Map.Entry<String, INDArray> entry : arrays.arrays().entrySet()) {
            INDArray array = entry.getValue();
            byte[] header =
                    NpyHeader.bytes(TensorType.of(array.dataType(), entry.getKey()), array.shape());
            CRC32 sum = new CRC32();
            sum.update(header);
            Tensors.write(array, new CheckedOutputStream(OutputStream.nullOutputStream(), sum));
            ZipEntry element = new ZipEntry(entry.getKey() + EXTENSION);
            element.setTimeLocal(TIME);
            element.setSize(
                    header.length
                            + (array.isEmpty() ? 0 : array.length() * array.dataType().width()));
            element.setCrc(sum.getValue());
            zip.putNextEntry(element);
            zip.write(header);
            Tensors.write(array, zip);
            zip.closeEntry();
        }
        zip.finish();
    }
}
