package org.lamina.zoo.data.recording;

import org.lamina.zoo.data.DataException;

/** The samples of a {@link Recording}, in memory or in a file. */
public interface SampleSource {
    /**
     * @return number of samples of each channel
     */
    int length();

    /**
     * Copies a range of one channel. Thread-safe.
     *
     * @param channel row index
     * @param from first sample
     * @param target destination
     * @param offset index in {@code target}
     * @param count number of samples
     * @throws DataException if they cannot be read
     */
    void copy(int channel, int from, float[] target, int offset, int count);

    /**
     * @param rows {@code [channels][samples]}, at least one channel, all of the same length
     * @return these samples, in memory
     */
    static SampleSource of(float[][] rows) {
        return new SampleSource() {
            @Override
            public int length() {
                return rows[0].length;
            }

            @Override
            public void copy(int channel, int from, float[] target, int offset, int count) {
                System.arraycopy(rows[channel], from, target, offset, count);
            }
        };
    }
}
