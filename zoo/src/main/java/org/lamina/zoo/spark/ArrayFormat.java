package org.lamina.zoo.spark;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager.Location;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The format of arrays in files and on the wire: blocks of bytes as they are in memory
 * (little-endian wherever ND4J runs). ND4J's own format is written and read one number at a time.
 */
final class ArrayFormat {
    private static final byte NONE = 0;
    private static final byte BLOCKS = 1;
    private static final byte OTHER = 2;
    private static final int BLOCK = 1 << 16;

    private ArrayFormat() {}

    /**
     * @param array to write; may be null
     */
    static void write(INDArray array, OutputStream stream) throws IOException {
        DataOutputStream out = new DataOutputStream(stream);
        byte kind = kind(array);
        out.writeByte(kind);
        if (kind == OTHER) {
            Nd4j.write(array, out);
        } else if (kind != NONE) {
            out.writeByte(array.dataType().toInt());
            out.writeByte(array.rank());
            for (long n : array.shape()) {
                out.writeLong(n);
            }
            ByteBuffer values = values(contiguous(array));
            byte[] block = new byte[Math.min(BLOCK, values.remaining())];
            while (values.hasRemaining()) {
                int count = Math.min(BLOCK, values.remaining());
                values.get(block, 0, count);
                out.write(block, 0, count);
            }
        }
        out.flush();
    }

    private static byte kind(INDArray array) {
        if (array == null) {
            return NONE;
        }
        // Strings have no width; a Java buffer has 2 GiB at most.
        int width = array.dataType().width();
        boolean blocks =
                width > 0 && !array.isEmpty() && array.length() <= Integer.MAX_VALUE / width;
        return blocks ? BLOCKS : OTHER;
    }

    private static INDArray contiguous(INDArray array) {
        boolean whole =
                array.ordering() == 'c'
                        && Shape.hasDefaultStridesForShape(array)
                        && array.offset() == 0
                        && array.data().length() == array.length();
        return whole ? array : array.dup('c');
    }

    private static ByteBuffer values(INDArray array) {
        Nd4j.getExecutioner().commit();
        Nd4j.getAffinityManager().ensureLocation(array, Location.HOST);
        ByteBuffer values = array.data().asNio();
        return values.limit((int) array.length() * array.dataType().width());
    }

    /**
     * @return the array that was written, or null
     * @throws IOException if it is not an array or is truncated
     */
    static INDArray read(InputStream stream) throws IOException {
        DataInputStream in = new DataInputStream(stream);
        byte kind = in.readByte();
        return switch (kind) {
            case NONE -> null;
            case BLOCKS -> values(in, DataType.fromInt(in.readUnsignedByte()));
            case OTHER -> other(in);
            default -> throw new IOException("no array: begins with " + kind);
        };
    }

    private static INDArray other(InputStream in) throws IOException {
        try {
            return Nd4j.read(in);
        } catch (RuntimeException e) {
            // ND4J's exception at the end of the stream.
            throw new IOException("no array: " + e.getMessage(), e);
        }
    }

    private static INDArray values(DataInputStream in, DataType type) throws IOException {
        long[] shape = new long[in.readUnsignedByte()];
        long bytes = type.width();
        for (int i = 0; i < shape.length; i++) {
            shape[i] = in.readLong();
            if (shape[i] < 1 || shape[i] > Integer.MAX_VALUE / bytes) {
                throw new IOException("no array: axis " + i + " has length " + shape[i]);
            }
            bytes *= shape[i];
        }
        INDArray array = Nd4j.createUninitialized(type, shape, 'c');
        ByteBuffer values = values(array);
        byte[] block = new byte[Math.min(BLOCK, values.remaining())];
        while (values.hasRemaining()) {
            int count = in.readNBytes(block, 0, Math.min(BLOCK, values.remaining()));
            if (count == 0) {
                throw new EOFException("cut short");
            }
            values.put(block, 0, count);
        }
        Nd4j.getAffinityManager().tagLocation(array, Location.HOST);
        return array;
    }
}
