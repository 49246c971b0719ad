package org.lamina.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_add;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_desc_init;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_gt;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_max;
import static org.bytedeco.dnnl.global.dnnl.dnnl_binary_mul;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_binary_desc_t;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_primitive_attr;

/**
 * Several additions, multiplications, maxima or comparisons in one pass over {@code [N, C, S]},
 * whose cost is memory access, not arithmetic.
 */
final class Elementwise {

    /** An operation with one value per channel, or with an array of the same shape. */
    enum Step {
        ADD_CHANNEL(dnnl_binary_add, true),
        MULTIPLY_CHANNEL(dnnl_binary_mul, true),
        ADD_ARRAY(dnnl_binary_add, false),
        MULTIPLY_ARRAY(dnnl_binary_mul, false),
        MAX_CHANNEL(dnnl_binary_max, true),
        MAX_ARRAY(dnnl_binary_max, false),

        /** 1 where the operand is exceeded and for NaN, otherwise 0. */
        ABOVE_CHANNEL(dnnl_binary_gt, true);

        private final int algorithm;
        private final boolean channel;

        Step(int algorithm, boolean channel) {
            this.algorithm = algorithm;
            this.channel = channel;
        }
    }

    private final long examples;
    private final long channels;
    private final long positions;
    private final Step[] steps;

    /** These steps, in sequence, for arrays of this shape. */
    Elementwise(long examples, long channels, long positions, Step... steps) {
        this.examples = examples;
        this.channels = channels;
        this.positions = positions;
        this.steps = steps;
    }

    /**
     * This thread's primitive; its arguments are the input array, the output array, and the operand
     * of each step.
     *
     * @return empty if oneDNN does not support it
     */
    Optional<Primitive> primitive() {
        PrimitiveCache.Key key =
                new PrimitiveCache.Key(
                                "elementwise",
                                ThreadCount.forElements(examples * channels * positions))
                        .with(examples)
                        .with(channels)
                        .with(positions);
        for (Step step : steps) {
            key.with(step.ordinal());
        }
        return PrimitiveCache.get(key, this::make);
    }

    private dnnl_memory_desc_t layout(Step step) {
        return step.channel
                ? OneDnn.dense(1, channels, 1, 1)
                : OneDnn.dense(examples, channels, 1, positions);
    }

    private Primitive make() {
        dnnl_memory_desc_t array = OneDnn.dense(examples, channels, 1, positions);
        dnnl_binary_desc_t operation = new dnnl_binary_desc_t();
        OneDnn.check(
                dnnl_binary_desc_init(
                        operation, steps[0].algorithm, array, layout(steps[0]), array),
                "elementwise operation");
        List<PostOperations.Binary> rest =
                Arrays.stream(steps)
                        .skip(1)
                        .map(step -> new PostOperations.Binary(step.algorithm, layout(step)))
                        .toList();
        return new PostOperations(rest, null)
                .with("elementwise operation", attributes -> make(operation, attributes, array));
    }

    private Primitive make(
            dnnl_binary_desc_t operation,
            dnnl_primitive_attr attributes,
            dnnl_memory_desc_t array) {
        Primitive.Builder builder =
                new Primitive.Builder(operation, attributes, "elementwise operation")
                        .plain(DNNL_ARG_SRC_0, array)
                        .plain(DNNL_ARG_DST, array)
                        .plain(DNNL_ARG_SRC_1, layout(steps[0]));
        for (int i = 1; i < steps.length; i++) {
            builder.plain(PostOperations.place(i - 1), layout(steps[i]));
        }
        return builder.build();
    }
}
