package org.lamina.zoo.data;

/** The samples of a {@link Recording}, in memory or in a file. */
public interface SampleSource {
    /**
     * @return number of samples of each channel
     */
    int length();

    /**
     * Copies a range of one channel. May be called by several threads at once.
     *
     * @param channel row index
     * @param from first sample
     * @param target where to copy to
     * @param offset index in {@code target}
     * @param count number of samples
     * @throws DataException if they cannot be read
     */
    void copy(int channel, int from, float[] target, int offset, int count);
}
