package org.lamina.zoo.data.iterator;

import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** Iterates over examples in passes whose order and content depend only on their number. */
public interface PassIterator extends DataSetIterator {

    /**
     * Moves to the start of a pass.
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
