package org.lamina.zoo.keras;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer to be written.
 *
 * @param config its arguments
 * @param inputs names of the layers that it reads
 * @param shape of its output without the minibatch, -1 for an open size
 * @param weights in Keras's order
 */
record KerasLayer(
        String name,
        String className,
        ObjectNode config,
        List<String> inputs,
        long[] shape,
        List<Weight> weights) {

    /** An array by its name in Keras. */
    record Weight(String name, INDArray value) {}
}
