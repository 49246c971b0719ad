package org.lamina.zoo.data.augment;

import java.util.Arrays;
import org.lamina.zoo.data.DataException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The examples of a batch as Java arrays, each with its unmasked samples.
 *
 * @param array the features of the batch
 * @param values of all samples, masked ones too, in 'c' order
 * @param starts first sample of each example
 * @param signals {@code [examples][channels][samples]}
 */
record Examples(INDArray array, double[] values, int[] starts, double[][][] signals) {

    /**
     * @param features {@code [N, channels, samples]}, optionally with an axis of size 1 before the
     *     channels
     * @param mask {@code [N, samples]}; null if there is none
     */
    static Examples of(INDArray features, INDArray mask) {
        int count = (int) features.size(0);
        int channels = (int) features.size(-2);
        int samples = (int) features.size(-1);
        double[] values = features.castTo(DataType.DOUBLE).dup('c').data().asDouble();
        int[] starts = new int[count];
        double[][][] signals = new double[count][channels][];
        for (int n = 0; n < count; n++) {
            int length = samples;
            if (mask != null) {
                int[] range = range(n, mask, samples);
                starts[n] = range[0];
                length = range[1] - range[0];
            }
            for (int c = 0; c < channels; c++) {
                int from = (n * channels + c) * samples + starts[n];
                signals[n][c] = Arrays.copyOfRange(values, from, from + length);
            }
        }
        return new Examples(features, values, starts, signals);
    }

    /** First unmasked sample, and the one after the last. */
    private static int[] range(int n, INDArray mask, int samples) {
        if (mask.rank() != 2 || mask.size(1) != samples) {
            throw new DataException(
                    "Augmentation: features mask of shape %s; expected [N, %d]",
                    Arrays.toString(mask.shape()), samples);
        }
        int first = 0;
        while (first < samples && mask.getDouble(n, first) == 0) {
            first++;
        }
        int end = first;
        while (end < samples && mask.getDouble(n, end) != 0) {
            end++;
        }
        for (int t = end; t < samples; t++) {
            if (mask.getDouble(n, t) != 0) {
                throw new DataException(
                        "Augmentation: the mask of example %s has a gap; it must have none", n);
            }
        }
        if (end == first) {
            throw new DataException("Augmentation: all of example %s is masked", n);
        }
        return new int[] {first, end};
    }

    /** A new array with the current signals; masked samples are unchanged. */
    INDArray features() {
        int channels = signals[0].length;
        int samples = (int) array.size(-1);
        for (int n = 0; n < signals.length; n++) {
            for (int c = 0; c < channels; c++) {
                double[] row = signals[n][c];
                System.arraycopy(
                        row, 0, values, (n * channels + c) * samples + starts[n], row.length);
            }
        }
        return Nd4j.createFromArray(values).castTo(array.dataType()).reshape(array.shape());
    }
}
