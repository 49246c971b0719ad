package org.lamina.zoo.data.iterator;

import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.lamina.zoo.data.DataException;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;

/**
 * Iterates over labelled examples in memory, in order or shuffled.
 *
 * <p>The order of a shuffled pass depends only on the seed and the number of the pass: after {@link
 * #setEpoch} with the number of completed passes, interrupted training resumes with the same
 * batches. {@link #reset} starts the next pass, unless no batch of the current one was taken yet,
 * so that an extra reset skips nothing. Batches are copies, which a preprocessor may change. The
 * last one of a pass may be smaller.
 */
public abstract class InMemoryIterator implements PassIterator {
    private static final long serialVersionUID = 1L;

    /** Separates pairs of seed and pass: seed s in pass p + 1 differs from seed s + 1 in pass p. */
    private static final long PASS_FACTOR = 0x9E3779B97F4A7C15L;

    private final int examples;
    private final List<String> classNames;
    private final int batch;
    private final boolean shuffle;
    private final long seed;
    private int epoch;
    private int position;
    private int[] order;
    private Random random;
    private DataSetPreProcessor preProcessor;

    /**
     * An iterator at the start of its first pass.
     *
     * @param batch examples in a batch
     * @param shuffle whether each pass has its own random order
     * @param seed of all random numbers
     * @throws DataException if {@code batch} is below 1
     */
    protected InMemoryIterator(
            int examples, List<String> classNames, int batch, boolean shuffle, long seed) {
        if (batch < 1) {
            throw new DataException("Batch size %s must be 1 or more", batch);
        }
        this.examples = examples;
        this.classNames = classNames;
        this.batch = batch;
        this.shuffle = shuffle;
        this.seed = seed;
        setEpoch(0);
    }

    /**
     * A batch of new arrays.
     *
     * @param numbers the examples to take, in this order
     * @param random of this pass
     */
    protected abstract DataSet gather(int[] numbers, Random random);

    /** The numbers below {@code count} in a random order. */
    public static int[] permutation(int count, RandomGenerator random) {
        int[] order = IntStream.range(0, count).toArray();
        for (int i = count - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return order;
    }

    /** Number of the current pass, from 0. */
    public final int epoch() {
        return epoch;
    }

    @Override
    public final void setEpoch(int number) {
        if (number < 0) {
            throw new DataException("Epoch number %s must be 0 or more", number);
        }
        epoch = number;
        position = 0;
        random = new Random(seed + PASS_FACTOR * (number + 1));
        order = shuffle ? permutation(examples, random) : IntStream.range(0, examples).toArray();
        startPass();
    }

    @Override
    public final int examples() {
        return examples;
    }

    @Override
    public final boolean hasNext() {
        return position < examples;
    }

    @Override
    public final DataSet next() {
        return next(batch);
    }

    @Override
    public final DataSet next(int num) {
        if (!hasNext()) {
            throw new NoSuchElementException("All " + examples + " examples were taken; reset()");
        }
        int end = Math.min(examples, position + num);
        DataSet next = gather(Arrays.copyOfRange(order, position, end), random);
        position = end;
        next.setLabelNames(classNames);
        if (preProcessor != null) {
            preProcessor.preProcess(next);
        }
        return next;
    }

    @Override
    public final int totalOutcomes() {
        return classNames.size();
    }

    @Override
    public final boolean resetSupported() {
        return true;
    }

    /** {@inheritDoc} False: copying from memory is faster than handing batches between threads. */
    @Override
    public final boolean asyncSupported() {
        return false;
    }

    @Override
    public final void reset() {
        if (position > 0) {
            setEpoch(epoch + 1);
        }
    }

    @Override
    public final int batch() {
        return batch;
    }

    @Override
    public final void setPreProcessor(DataSetPreProcessor value) {
        this.preProcessor = value;
        startPass();
    }

    private void startPass() {
        if (preProcessor instanceof PassPreProcessor each) {
            each.startPass(epoch);
        }
    }

    @Override
    public final DataSetPreProcessor getPreProcessor() {
        return preProcessor;
    }

    @Override
    public final List<String> getLabels() {
        return classNames;
    }
}
