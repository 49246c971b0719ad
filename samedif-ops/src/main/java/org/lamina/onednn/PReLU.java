package org.lamina.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_prelu_backward_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_prelu_forward_desc_init;

import java.util.Optional;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_prelu_desc_t;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code y = max(x, 0) + slope * min(x, 0)} with a slope for each channel of {@code [N, C, S]}, and
 * its gradients. Arrays are contiguous in 'c' order, of any shape.
 *
 * @param examples N
 * @param channels C
 * @param positions S
 */
public record PReLU(long examples, long channels, long positions) {

    /**
     * Forward pass.
     *
     * @return false if oneDNN does not support it; y is then unchanged
     */
    public boolean forward(INDArray x, INDArray slope, INDArray y) {
        Optional<Primitive> primitive = PrimitiveCache.get(key("PReLU"), this::forwardPrimitive);
        primitive.ifPresent(p -> p.execute(x, slope, y));
        return primitive.isPresent();
    }

    /**
     * Backward pass.
     *
     * @param dx receives the gradient of the input
     * @param dSlope receives the gradient of the slope
     * @return false if oneDNN does not support it; dx and dSlope are then unchanged
     */
    public boolean backward(INDArray x, INDArray slope, INDArray dy, INDArray dx, INDArray dSlope) {
        Optional<Primitive> primitive =
                PrimitiveCache.get(key("PReLU, gradients"), this::backwardPrimitive);
        primitive.ifPresent(p -> p.execute(x, slope, dy, dx, dSlope));
        return primitive.isPresent();
    }

    private PrimitiveCache.Key key(String operation) {
        return new PrimitiveCache.Key(
                        operation, ThreadCount.forElements(examples * channels * positions))
                .with(examples)
                .with(channels)
                .with(positions);
    }

    private dnnl_memory_desc_t array() {
        return OneDnn.dense(examples, channels, positions);
    }

    private dnnl_memory_desc_t slopes() {
        return OneDnn.dense(1, channels, 1);
    }

    private dnnl_prelu_desc_t forwardOperation() {
        dnnl_prelu_desc_t operation = new dnnl_prelu_desc_t();
        OneDnn.check(
                dnnl_prelu_forward_desc_init(operation, dnnl_forward_training, array(), slopes()),
                "PReLU");
        return operation;
    }

    private Primitive forwardPrimitive() {
        return new Primitive.Builder(forwardOperation(), null, "PReLU")
                .plain(DNNL_ARG_SRC, array())
                .plain(DNNL_ARG_WEIGHTS, slopes())
                .plain(DNNL_ARG_DST, array())
                .build();
    }

    private Primitive backwardPrimitive() {
        dnnl_prelu_desc_t operation = new dnnl_prelu_desc_t();
        OneDnn.check(
                dnnl_prelu_backward_desc_init(operation, array(), slopes(), array(), slopes()),
                "PReLU");
        return Primitive.Builder.backward(operation, forwardOperation(), "PReLU")
                .plain(DNNL_ARG_SRC, array())
                .plain(DNNL_ARG_WEIGHTS, slopes())
                .plain(DNNL_ARG_DIFF_DST, array())
                .plain(DNNL_ARG_DIFF_SRC, array())
                .plain(DNNL_ARG_DIFF_WEIGHTS, slopes())
                .build();
    }
}
