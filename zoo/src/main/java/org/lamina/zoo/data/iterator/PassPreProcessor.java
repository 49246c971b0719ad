package org.lamina.zoo.data.iterator;

import org.nd4j.linalg.dataset.api.DataSetPreProcessor;

/**
 * A random preprocessor of training batches that depends only on the number of the pass and of the
 * batch in it, so that interrupted training resumes with the same batches. {@link InMemoryIterator}
 * announces each pass.
 */
public interface PassPreProcessor extends DataSetPreProcessor {

    /**
     * Announces that the next batch is the first of a pass.
     *
     * @param number of the pass, from 0
     */
    void startPass(int number);
}
