package org.lamina.zoo.modelfile;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bytedeco.javacpp.indexer.Bfloat16Indexer;
import org.bytedeco.javacpp.indexer.HalfIndexer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.options.ArrayOptionsHelper;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Reads what {@code Nd4j.write} wrote: the array's description (rank, shape, strides, type, order)
 * and its values, each a buffer preceded by a mode, a length and a type. {@code Nd4j.read} trusts
 * all of these numbers, and a wrong one writes beyond its memory. Here they must agree with each
 * other and with the number of bytes before memory is allocated.
 */
final class StoredArray {
    /** The mode in files since DL4J 1.0.0-beta4. */
    private static final String MODE = "MIXED_DATA_TYPES";

    private static final int MOST_AXES = 32;

    private StoredArray() {}

    /**
     * Reads the next array.
     *
     * @param in positioned at its beginning, and afterwards behind it
     * @throws IOException if it is not an array, or if values are not finite and must be
     */
    static INDArray read(ByteBuffer in, LoadOptions options) throws IOException {
        try {
            return read(in, options.nonFinite());
        } catch (BufferUnderflowException e) {
            throw new IOException("the array is cut short", e);
        }
    }

    /**
     * The one array of an entry.
     *
     * @throws IOException if it is not exactly one array
     */
    static INDArray only(byte[] entry, LoadOptions options) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(entry);
        INDArray array = read(in, options);
        if (in.hasRemaining()) {
            throw new IOException(in.remaining() + " bytes follow the array");
        }
        return array;
    }

    private static INDArray read(ByteBuffer in, boolean nonFinite) throws IOException {
        long numbers = length(in, DataType.INT64.name());
        long rank = in.getLong();
        if (rank < 1 || rank > MOST_AXES || numbers != 2 * rank + 4) {
            throw new IOException("an array of rank " + rank + " described by " + numbers);
        }
        long[] shape = longs(in, (int) rank);
        long[] strides = longs(in, (int) rank);
        long flags = in.getLong();
        // The element-wise stride, which follows from the strides.
        in.getLong();
        long order = in.getLong();
        if (order != 'c' && order != 'f') {
            throw new IOException("order " + order + " of an array is neither 'c' nor 'f'");
        }
        long length = checkedLength(shape, strides, (char) order);
        in.mark();
        mode(in);
        in.getLong();
        DataType type = type(text(in));
        in.reset();
        long values = length(in, type.name());
        if (values != length || !describes(flags, type)) {
            throw new IOException(
                    String.format(
                            "an array of shape %s has %d values of type %s",
                            Arrays.toString(shape), values, type));
        }
        if (in.remaining() / type.width() < values) {
            throw new IOException(
                    String.format(
                            "an array of %d values of type %s in %d bytes",
                            values, type, in.remaining()));
        }
        INDArray array = values(in, type, (int) values, nonFinite);
        return rank == 1 ? array : array.reshape((char) order, shape);
    }

    /** Number of values, checked for overflow; strides must leave no gaps. */
    private static long checkedLength(long[] shape, long[] strides, char order) throws IOException {
        long length = 1;
        for (int i = 0; i < shape.length; i++) {
            int axis = order == 'c' ? shape.length - 1 - i : i;
            long size = shape[axis];
            if (size < 1 || size > Integer.MAX_VALUE / length) {
                throw new IOException("an array of shape " + Arrays.toString(shape));
            }
            if (size > 1 && strides[axis] != length) {
                throw new IOException(
                        String.format(
                                "an array of shape %s with strides %s in order '%s'",
                                Arrays.toString(shape), Arrays.toString(strides), order));
            }
            length *= size;
        }
        return length;
    }

    private static INDArray values(ByteBuffer in, DataType type, int count, boolean nonFinite)
            throws IOException {
        if (type == DataType.DOUBLE) {
            double[] values = new double[count];
            in.asDoubleBuffer().get(values);
            in.position(in.position() + count * Double.BYTES);
            for (int i = 0; i < count && !nonFinite; i++) {
                checkFinite(values[i], i);
            }
            return Nd4j.createFromArray(values);
        }
        float[] values = new float[count];
        if (type == DataType.FLOAT) {
            in.asFloatBuffer().get(values);
            in.position(in.position() + count * Float.BYTES);
        } else {
            for (int i = 0; i < count; i++) {
                int bits = in.getShort();
                values[i] =
                        type == DataType.FLOAT16
                                ? HalfIndexer.toFloat(bits)
                                : Bfloat16Indexer.toFloat(bits);
            }
        }
        for (int i = 0; i < count && !nonFinite; i++) {
            checkFinite(values[i], i);
        }
        return Nd4j.createFromArray(values).castTo(type);
    }

    private static void checkFinite(double value, int index) throws IOException {
        if (!Double.isFinite(value)) {
            throw new NonFiniteException("value " + index + " is " + value);
        }
    }

    /** A value that is not finite where it must be. */
    static final class NonFiniteException extends IOException {
        NonFiniteException(String message) {
            super(message);
        }
    }

    private static boolean describes(long flags, DataType type) {
        try {
            return ArrayOptionsHelper.dataType(flags) == type;
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** Reads the header of a buffer of a given type; returns its length. */
    private static long length(ByteBuffer in, String type) throws IOException {
        mode(in);
        long length = in.getLong();
        String found = text(in);
        if (!found.equals(type)) {
            throw new IOException("a buffer of type " + found + " in place of " + type);
        }
        return length;
    }

    private static void mode(ByteBuffer in) throws IOException {
        String mode = text(in);
        if (!mode.equals(MODE)) {
            throw new IOException("no array of DL4J since 1.0.0-beta4: begins with '" + mode + "'");
        }
    }

    private static DataType type(String name) throws IOException {
        for (DataType type :
                new DataType[] {
                    DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16
                }) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        throw new IOException("an array of type " + name + ", not FLOAT, DOUBLE, HALF, BFLOAT16");
    }

    /**
     * Reads what {@code DataOutputStream.writeUTF} wrote: names, which are ASCII and short here.
     */
    static String text(ByteBuffer in) throws IOException {
        int length = Short.toUnsignedInt(in.getShort());
        if (length > 256) {
            throw new IOException("a name of " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static long[] longs(ByteBuffer in, int count) {
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = in.getLong();
        }
        return values;
    }
}
