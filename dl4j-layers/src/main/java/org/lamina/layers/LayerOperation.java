package org.lamina.layers;

import java.io.Serializable;
import java.util.List;
import java.util.function.BiConsumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One step of a {@link SequentialLayer}: a kernel and the names of its parameters. */
interface LayerOperation extends Serializable {

    /**
     * Context of a pass.
     *
     * @param params the layer's parameters by name
     * @param training whether this is a training pass
     * @param masks of the layer's input and after each of its windows, {@code [N, 1, spatial...]};
     *     empty without a mask
     * @param statistics receives a batch's statistics in a training pass, by the name of the
     *     running statistic
     */
    record Pass(
            SpecLayerImpl.Params params,
            boolean training,
            List<INDArray> masks,
            BiConsumer<String, INDArray> statistics) {

        /** A parameter; null if the layer does not have it. */
        INDArray param(String name) {
            return params.get(name);
        }

        /** Mask of the layer's input, or null. */
        INDArray mask() {
            return masks.isEmpty() ? null : masks.get(0);
        }

        /** Mask of the layer's output, or null. */
        INDArray outputMask() {
            return masks.isEmpty() ? null : masks.get(masks.size() - 1);
        }
    }

    /**
     * Shape of the output.
     *
     * @param input shape {@code [N, C, spatial...]}
     */
    long[] outputShape(long[] input);

    /**
     * Forward pass.
     *
     * @param y receives the output; 'c' order without gaps
     */
    void forward(INDArray x, Pass pass, INDArray y);

    /**
     * Backward pass.
     *
     * @param x input of the forward pass
     * @param dy gradient of the output
     * @param dx receives the gradient of the input; null if it is not needed
     * @param gradients receives the gradients of the parameters, by name
     */
    void backward(INDArray x, Pass pass, INDArray dy, INDArray dx, SpecLayerImpl.Params gradients);
}
