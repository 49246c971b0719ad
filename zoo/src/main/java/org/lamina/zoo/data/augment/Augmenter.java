package org.lamina.zoo.data.augment;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.iterator.PassPreProcessor;
import org.lamina.zoo.data.iterator.Seeds;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Augments training batches; use it with iterators for training only, never for evaluation.
 *
 * <p>Features are {@code [N, channels, samples]} or {@code [N, 1, channels, samples]}, labels
 * {@code [N, classes]}. If a features mask {@code [N, samples]} marks an example as shorter, only
 * its unmasked samples are used and changed.
 *
 * <p>The random numbers depend on the seed, the number of the pass and that of the batch in it.
 * {@link org.lamina.zoo.data.iterator.InMemoryIterator} announces each pass; with other iterators
 * all batches count as one pass.
 */
public final class Augmenter implements PassPreProcessor {
    private static final long serialVersionUID = 1L;

    private final DataSetPreProcessor first;
    private final List<Augmentation> augmentations;
    private final long seed;
    private int pass;
    private int batch;

    /**
     * @param augmentations applied one after the other
     * @param seed of all random numbers
     */
    public Augmenter(List<? extends Augmentation> augmentations, long seed) {
        this(null, augmentations, seed);
    }

    /**
     * @param first applied before the augmentations, usually a normalizer; null for none
     * @param augmentations applied one after the other
     * @param seed of all random numbers
     */
    public Augmenter(
            DataSetPreProcessor first, List<? extends Augmentation> augmentations, long seed) {
        this.first = first;
        this.augmentations = List.copyOf(augmentations);
        this.seed = seed;
    }

    @Override
    public void startPass(int number) {
        pass = number;
        batch = 0;
        if (first instanceof PassPreProcessor each) {
            each.startPass(number);
        }
    }

    @Override
    public void preProcess(DataSet set) {
        if (first != null) {
            first.preProcess(set);
        }
        RandomGenerator random = new SplittableRandom(Seeds.mix(seed, pass, batch++));
        INDArray features = set.getFeatures();
        INDArray labels = set.getLabels();
        check(features, labels);
        Examples examples = Examples.of(features, set.getFeaturesMaskArray());
        double[][] classes = labels.castTo(DataType.DOUBLE).toDoubleMatrix();
        for (Augmentation augmentation : augmentations) {
            augmentation.apply(examples.signals(), classes, random);
        }
        set.setFeatures(examples.features());
        set.setLabels(Nd4j.createFromArray(classes).castTo(labels.dataType()));
    }

    private static void check(INDArray features, INDArray labels) {
        int rank = features.rank();
        if (rank != 3 && (rank != 4 || features.size(1) != 1)) {
            throw new DataException(
                    "Augmentation: features of shape %s; expected [N, channels, samples] or [N, 1,"
                            + " channels, samples]",
                    Arrays.toString(features.shape()));
        }
        if (labels.rank() != 2) {
            throw new DataException(
                    "Augmentation: labels of shape %s; expected [N, classes]",
                    Arrays.toString(labels.shape()));
        }
    }
}
