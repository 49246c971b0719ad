package org.lamina.zoo.weights;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Reads and writes the elements of arrays, little-endian as in files and in ND4J's memory. */
final class Tensors {

    /** Maximum rank of ND4J's arrays. */
    static final int MAX_RANK = 32;

    private static final int PIECE = 1 << 20;

    private Tensors() {}

    /** Bytes of an array's elements. */
    static long bytes(INDArray array) {
        return array.isEmpty() ? 0 : array.length() * array.dataType().width();
    }

    /**
     * Number of bytes of an array.
     *
     * @throws WeightsException if a size is negative or the product too large
     */
    static long bytes(TensorType type, long[] shape, String array) {
        try {
            long length = type.size();
            for (long size : shape) {
                if (size < 0) {
                    throw new WeightsException(
                            array + ": shape " + Arrays.toString(shape) + "; sizes are 0 or more");
                }
                length = Math.multiplyExact(length, size);
            }
            return length;
        } catch (ArithmeticException e) {
            throw new WeightsException(
                    array + ": shape " + Arrays.toString(shape) + " is too large for any memory");
        }
    }

    /**
     * Fails if an array does not fit.
     *
     * @param left bytes that may still be allocated
     * @param limit bytes that may be allocated in all
     */
    static void checkMemory(long bytes, long left, long limit, String array) {
        if (bytes > left) {
            throw new WeightsException(
                    "%s: with its %s bytes the arrays take more than the %s bytes that the"
                            + " available memory allows",
                    array, bytes, limit);
        }
    }

    /**
     * Reads an array.
     *
     * @param order of its elements in the file
     * @throws EOFException if the channel ends before the array
     */
    static INDArray read(TensorType type, long[] shape, char order, ReadableByteChannel in)
            throws IOException {
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            INDArray array = Nd4j.create(type.dataType(), shape, order);
            long bytes = array.isEmpty() ? 0 : array.length() * type.size();
            for (long at = 0; at < bytes; at += PIECE) {
                ByteBuffer piece = piece(array, at, bytes);
                while (piece.hasRemaining()) {
                    if (in.read(piece) < 0) {
                        throw new EOFException();
                    }
                }
            }
            if (bytes > 0) {
                Nd4j.getAffinityManager().tagLocation(array, AffinityManager.Location.HOST);
            }
            return order == 'c' ? array : array.dup('c');
        }
    }

    /** Writes the elements of an array in C order. */
    static void write(INDArray array, OutputStream out) throws IOException {
        if (array.isEmpty()) {
            return;
        }
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            INDArray dense = array.dup('c');
            Nd4j.getAffinityManager().ensureLocation(dense, AffinityManager.Location.HOST);
            long bytes = dense.length() * dense.dataType().width();
            WritableByteChannel channel = Channels.newChannel(out);
            for (long at = 0; at < bytes; at += PIECE) {
                ByteBuffer piece = piece(dense, at, bytes);
                while (piece.hasRemaining()) {
                    channel.write(piece);
                }
            }
        }
    }

    /** The memory of an array from a position on; a buffer holds less than 2 GiB. */
    private static ByteBuffer piece(INDArray array, long at, long bytes) {
        BytePointer pointer = new BytePointer(array.data().pointer()).capacity(bytes);
        return pointer.position(at).limit(Math.min(at + PIECE, bytes)).asByteBuffer();
    }

    /** Reverses the bytes of each element. */
    static void swap(byte[] bytes, int size) {
        for (int from = 0; from < bytes.length; from += size) {
            for (int i = from, j = from + size - 1; i < j; i++, j--) {
                byte b = bytes[i];
                bytes[i] = bytes[j];
                bytes[j] = b;
            }
        }
    }
}
