package org.lamina.onednn;

import java.util.Optional;
import java.util.function.LongFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The slices in which a convolution processes a batch. oneDNN pads few channels to {@value
 * #CHANNEL_BLOCK} in reordered arrays: for a slice of the batch they need less memory and fit the
 * cache. A training step of EEGNet on 64x1x22x256 adds 1.0 to 1.2 instead of 1.3 to 1.7 times the
 * memory that PyTorch's adds, and takes 0.5 to 0.6 times its time, no more than before. With more
 * channels a larger batch is faster.
 */
final class BatchSlices {

    private static final int CHANNEL_BLOCK = 16;

    /** Elements of input and output in a slice. */
    private static final long ELEMENTS = 1 << 19;

    /** And at least this many per weight, since every slice reorders the weights. */
    private static final long ELEMENTS_FOR_EACH_WEIGHT = 4;

    private final long batch;
    private final long size;

    private BatchSlices(long batch, long size) {
        this.batch = batch;
        this.size = size;
    }

    /** The batch as a whole. */
    static BatchSlices one(INDArray x) {
        return new BatchSlices(x.size(0), x.size(0));
    }

    /** Slices for a convolution with input x, weight w and output y. */
    static BatchSlices of(INDArray x, INDArray w, INDArray y) {
        if (Math.min(x.size(1), y.size(1)) >= CHANNEL_BLOCK) {
            return one(x);
        }
        long most = Math.max(ELEMENTS, ELEMENTS_FOR_EACH_WEIGHT * w.length());
        long slices = (x.length() + y.length() + most - 1) / most;
        return new BatchSlices(x.size(0), Math.max(1, x.size(0) / slices));
    }

    boolean several() {
        return size < batch;
    }

    /** Runs a primitive on the examples starting at an index. */
    interface Run {
        void on(Primitive primitive, long firstExample);
    }

    /**
     * Processes the slices in sequence.
     *
     * @param primitives gives the primitive for a number of examples
     * @return false if oneDNN does not support it; nothing is done then
     */
    boolean run(LongFunction<Optional<Primitive>> primitives, Run run) {
        Optional<Primitive> full = primitives.apply(size);
        Optional<Primitive> last = batch % size == 0 ? full : primitives.apply(batch % size);
        if (full.isEmpty() || last.isEmpty()) {
            return false;
        }
        for (long first = 0; first < batch; first += size) {
            run.on(first + size <= batch ? full.get() : last.get(), first);
        }
        return true;
    }
}
