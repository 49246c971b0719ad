package org.lamina.zoo.data;

import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Iterates an {@link EpochSet} in batches, in the set's order or shuffled.
 *
 * <p>The order of a shuffled pass depends on the seed and the number of the pass only: training
 * that was interrupted goes on with the same batches after {@link #setEpoch} was given the number
 * of passes done. {@link #reset} starts the next pass, unless nothing of the present one was taken
 * yet (so that a caller's extra reset does not skip one). Batches are copies that a preprocessor
 * may change; the last one of a pass may be smaller.
 */
public final class EpochIterator implements PassIterator {
    private static final long serialVersionUID = 1L;

    private final EpochSet set;
    private final int batch;
    private final boolean shuffle;
    private final long seed;
    private final int[] classes;
    private int epoch;
    private int position;
    private int[] order;
    private DataSetPreProcessor preProcessor;

    private EpochIterator(EpochSet set, int batch, boolean shuffle, long seed) {
        if (batch < 1) {
            throw new DataException("Batch size " + batch + " must be 1 or more");
        }
        this.set = set;
        this.batch = batch;
        this.shuffle = shuffle;
        this.seed = seed;
        this.classes = set.classes();
        this.order = orderOf(0);
    }

    /**
     * @param set what to iterate
     * @param batch epochs in a batch
     * @return an iterator in the set's order, for evaluation
     */
    public static EpochIterator inOrder(EpochSet set, int batch) {
        return new EpochIterator(set, batch, false, 0);
    }

    /**
     * @param set what to iterate
     * @param batch epochs in a batch
     * @param seed of the order
     * @return an iterator that shuffles anew for each pass, for training
     */
    public static EpochIterator shuffled(EpochSet set, int batch, long seed) {
        return new EpochIterator(set, batch, true, seed);
    }

    private int[] orderOf(int pass) {
        int[] indices = new int[classes.length];
        Arrays.setAll(indices, i -> i);
        if (shuffle) {
            // An odd factor keeps (seed, pass) pairs apart: seed s, pass p+1 is not seed s+1, pass
            // p
            Random random = new Random(seed + 0x9E3779B97F4A7C15L * (pass + 1));
            for (int i = indices.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int swap = indices[i];
                indices[i] = indices[j];
                indices[j] = swap;
            }
        }
        return indices;
    }

    /**
     * @return number of the present pass, from 0
     */
    public int epoch() {
        return epoch;
    }

    @Override
    public void setEpoch(int number) {
        if (number < 0) {
            throw new DataException("Epoch number " + number + " must be 0 or more");
        }
        epoch = number;
        position = 0;
        order = orderOf(number);
    }

    @Override
    public int examples() {
        return set.size();
    }

    @Override
    public boolean hasNext() {
        return position < order.length;
    }

    @Override
    public DataSet next() {
        return next(batch);
    }

    @Override
    public DataSet next(int num) {
        if (!hasNext()) {
            throw new NoSuchElementException("All " + order.length + " epochs were taken; reset()");
        }
        int[] indices = Arrays.copyOfRange(order, position, Math.min(order.length, position + num));
        position += indices.length;
        int columns = totalOutcomes();
        float[] oneHot = new float[indices.length * columns];
        for (int i = 0; i < indices.length; i++) {
            oneHot[i * columns + classes[indices[i]]] = 1;
        }
        INDArray labels = Nd4j.create(oneHot, new long[] {indices.length, columns}, 'c');
        DataSet next = new DataSet(set.gather(indices), labels);
        next.setLabelNames(set.classNames());
        if (preProcessor != null) {
            preProcessor.preProcess(next);
        }
        return next;
    }

    @Override
    public int inputColumns() {
        return set.channels().size() * set.samples();
    }

    @Override
    public int totalOutcomes() {
        return set.classNames().size();
    }

    @Override
    public boolean resetSupported() {
        return true;
    }

    /**
     * {@inheritDoc} False: everything is in memory, a copy is made faster than it is handed over.
     */
    @Override
    public boolean asyncSupported() {
        return false;
    }

    @Override
    public void reset() {
        if (position > 0) {
            setEpoch(epoch + 1);
        }
    }

    @Override
    public int batch() {
        return batch;
    }

    @Override
    public void setPreProcessor(DataSetPreProcessor preProcessor) {
        this.preProcessor = preProcessor;
    }

    @Override
    public DataSetPreProcessor getPreProcessor() {
        return preProcessor;
    }

    @Override
    public List<String> getLabels() {
        return set.classNames();
    }
}
