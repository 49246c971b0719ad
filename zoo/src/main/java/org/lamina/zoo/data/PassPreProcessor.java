package org.lamina.zoo.data;

import org.nd4j.linalg.dataset.api.DataSetPreProcessor;

/**
 * A random preprocessor of training batches: what it does to a batch follows from the number of the
 * pass and of the batch in it, so that interrupted training resumes with the same batches. An
 * {@link InMemoryIterator} tells it when a pass starts.
 */
public interface PassPreProcessor extends DataSetPreProcessor {

    /**
     * The next batch is the first of this pass.
     *
     * @param number of the pass, from 0
     */
    void startPass(int number);
}
