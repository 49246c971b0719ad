package org.lamina.zoo.data.epochs;

import java.util.Arrays;
import java.util.Random;
import org.lamina.zoo.data.iterator.InMemoryIterator;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Iterates an {@link EpochSet} in batches {@code [N, 1, channels, samples]} with one-hot labels, in
 * the set's order or shuffled.
 */
public final class EpochIterator extends InMemoryIterator {
    private static final long serialVersionUID = 1L;

    private final EpochSet set;
    private final int[] classes;

    private EpochIterator(EpochSet set, int batch, boolean shuffle, long seed) {
        super(set.size(), set.classNames(), batch, shuffle, seed);
        this.set = set;
        this.classes = set.classes();
    }

    /**
     * @param set epochs to iterate over
     * @param batch epochs in a batch
     * @return an iterator in the order of the set, for evaluation
     */
    public static EpochIterator inOrder(EpochSet set, int batch) {
        return new EpochIterator(set, batch, false, 0);
    }

    /**
     * @param set epochs to iterate over
     * @param batch epochs in a batch
     * @param seed of the random order
     * @return an iterator with a new random order in each pass, for training
     */
    public static EpochIterator shuffled(EpochSet set, int batch, long seed) {
        return new EpochIterator(set, batch, true, seed);
    }

    @Override
    protected DataSet gather(int[] epochs, Random random) {
        int[] picked = Arrays.stream(epochs).map(epoch -> classes[epoch]).toArray();
        return new DataSet(set.gather(epochs), EpochSet.oneHot(picked, totalOutcomes()));
    }

    @Override
    public int inputColumns() {
        return set.channels().size() * set.samples();
    }
}
