package org.lamina.zoo.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.nd4j.linalg.dataset.DataSet;

/** The format of a minibatch in a file: features, labels and their masks, one after the other. */
final class BatchFormat {
    private BatchFormat() {}

    static void write(DataSet batch, OutputStream out) throws IOException {
        ArrayFormat.write(batch.getFeatures(), out);
        ArrayFormat.write(batch.getLabels(), out);
        ArrayFormat.write(batch.getFeaturesMaskArray(), out);
        ArrayFormat.write(batch.getLabelsMaskArray(), out);
    }

    /**
     * @throws IOException if it is not such a file or is truncated
     */
    static DataSet read(InputStream in) throws IOException {
        return new DataSet(
                ArrayFormat.read(in),
                ArrayFormat.read(in),
                ArrayFormat.read(in),
                ArrayFormat.read(in));
    }
}
