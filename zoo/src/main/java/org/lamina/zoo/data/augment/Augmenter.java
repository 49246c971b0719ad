package org.lamina.zoo.data.augment;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.PassPreProcessor;
import org.lamina.zoo.data.Seeds;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Augments training batches; give it to the iterator that is trained with, never to one that is
 * evaluated with.
 *
 * <p>Features are {@code [N, channels, samples]} or {@code [N, 1, channels, samples]}, labels
 * {@code [N, classes]}. Where a features mask {@code [N, samples]} says that an example is shorter,
 * only its own samples are changed, as if there were no others.
 *
 * <p>The random numbers follow from the seed, the number of the pass and that of the batch in it.
 * An {@link org.lamina.zoo.data.InMemoryIterator} tells where a pass starts; with other iterators
 * batches are counted through.
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
     * @param seed of everything random
     */
    public Augmenter(List<? extends Augmentation> augmentations, long seed) {
        this(null, augmentations, seed);
    }

    /**
     * @param first applied before the augmentations, usually a normalizer; null for none
     * @param augmentations applied one after the other
     * @param seed of everything random
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
