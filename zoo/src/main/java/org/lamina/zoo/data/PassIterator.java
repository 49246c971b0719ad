package org.lamina.zoo.data;

import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Iterates examples in passes; order and content of a pass depend on its number, not on the passes
 * before it.
 */
public interface PassIterator extends DataSetIterator {

    /**
     * Goes to the start of a pass, as if the passes before it had been taken.
     *
     * @param number of the pass, from 0
     */
    void setEpoch(int number);

    /** Number of examples of a pass. */
    int examples();

    /** Number of batches of a pass. */
    default int batches() {
        return (examples() + batch() - 1) / batch();
    }
}
