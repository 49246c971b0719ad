package org.lamina.zoo.spark;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An array, or null, with an efficient form in Java's serialization. */
final class SentArray implements Serializable {
    private transient INDArray array;

    SentArray(INDArray array) {
        this.array = array;
    }

    INDArray array() {
        return array;
    }

    long bytes() {
        return array == null ? 0 : array.length() * array.dataType().width();
    }

    /** An array of its own with the same values. */
    SentArray copy() {
        return new SentArray(array == null ? null : array.dup());
    }

    /** Adds another of the same shape. */
    void add(SentArray other) {
        if (array != null) {
            array.addi(other.array);
        }
    }

    void divide(int divisor) {
        if (array != null) {
            array.divi(divisor);
        }
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        ArrayFormat.write(array, out);
    }

    private void readObject(ObjectInputStream in) throws IOException {
        array = ArrayFormat.read(in);
    }
}
