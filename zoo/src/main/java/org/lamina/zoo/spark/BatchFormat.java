package org.lamina.zoo.spark;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How a file holds a minibatch: features, labels and their masks, single precision in blocks.
 * {@code DataSet}'s own form is read one number at a time, which takes as long as an update of
 * EEGNet.
 */
final class BatchFormat {
    private static final byte NONE = 0;
    private static final byte FLOATS = 1;
    private static final byte OTHER = 2;
    private static final int BLOCK = 1 << 16;

    private BatchFormat() {}

    static void write(DataSet batch, OutputStream stream) throws IOException {
        DataOutputStream out = new DataOutputStream(stream);
        write(batch.getFeatures(), out);
        write(batch.getLabels(), out);
        write(batch.getFeaturesMaskArray(), out);
        write(batch.getLabelsMaskArray(), out);
        out.flush();
    }

    /**
     * @throws IOException if it is no such file or was cut short
     */
    static DataSet read(InputStream stream) throws IOException {
        DataInputStream in = new DataInputStream(stream);
        return new DataSet(array(in), array(in), array(in), array(in));
    }

    private static void write(INDArray array, DataOutputStream out) throws IOException {
        if (array == null) {
            out.writeByte(NONE);
            return;
        }
        if (array.dataType() != DataType.FLOAT) {
            out.writeByte(OTHER);
            Nd4j.write(array, out);
            return;
        }
        out.writeByte(FLOATS);
        out.writeByte(array.rank());
        for (long n : array.shape()) {
            out.writeLong(n);
        }
        float[] values = array.dup('c').data().asFloat();
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        for (int done = 0; done < values.length; done += BLOCK / Float.BYTES) {
            int count = Math.min(BLOCK / Float.BYTES, values.length - done);
            block.asFloatBuffer().put(values, done, count);
            out.write(block.array(), 0, count * Float.BYTES);
        }
    }

    private static INDArray array(DataInputStream in) throws IOException {
        byte kind = in.readByte();
        switch (kind) {
            case NONE:
                return null;
            case FLOATS:
                return floats(in);
            case OTHER:
                return other(in);
            default:
                throw new IOException("no minibatch: begins with " + kind);
        }
    }

    private static INDArray other(InputStream in) throws IOException {
        try {
            return Nd4j.read(in);
        } catch (RuntimeException e) {
            // ND4J's way to say that the stream ended.
            throw new IOException("no array: " + e.getMessage(), e);
        }
    }

    private static INDArray floats(DataInputStream in) throws IOException {
        long[] shape = new long[in.readUnsignedByte()];
        long length = 1;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = in.readLong();
            if (shape[i] < 1 || shape[i] > Integer.MAX_VALUE) {
                throw new IOException("no minibatch: axis " + i + " has length " + shape[i]);
            }
            length *= shape[i];
        }
        float[] values = new float[Math.toIntExact(length)];
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        for (int done = 0; done < values.length; done += BLOCK / Float.BYTES) {
            int count = Math.min(BLOCK / Float.BYTES, values.length - done);
            int read = in.readNBytes(block.array(), 0, count * Float.BYTES);
            if (read < count * Float.BYTES) {
                throw new EOFException("cut short");
            }
            block.asFloatBuffer().get(values, done, count);
        }
        return Nd4j.create(values, shape, 'c');
    }
}
