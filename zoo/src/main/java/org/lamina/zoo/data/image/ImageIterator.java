package org.lamina.zoo.data.image;

import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.PassIterator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Iterates an {@link ImageSet} in batches {@code [N, channels, height, width]} of levels from 0 to
 * 1; labels are one-hot, smoothed if asked for.
 *
 * <p>Order and augmentation of a pass follow from the seed and the number of the pass. {@link
 * #reset} starts the next pass.
 */
public final class ImageIterator implements PassIterator {

    private static final long serialVersionUID = 1L;

    /** Largest shift of an augmented image as a share of its size. */
    private static final double SHIFT = 0.08;

    private final ImageSet set;
    private final int batch;
    private final boolean training;
    private final boolean augment;
    private final double smoothing;
    private final long seed;
    private int pass;
    private int position;
    private int[] order;
    private Random random;
    private DataSetPreProcessor preProcessor;

    private ImageIterator(
            ImageSet set,
            int batch,
            boolean training,
            boolean augment,
            double smoothing,
            long seed) {
        if (batch < 1) {
            throw new DataException("Batch size " + batch + " must be 1 or more");
        }
        if (!(smoothing >= 0 && smoothing < 1)) {
            throw new DataException("Label smoothing " + smoothing + " must be in [0, 1)");
        }
        this.set = set;
        this.batch = batch;
        this.training = training;
        this.augment = augment;
        this.smoothing = smoothing;
        this.seed = seed;
        setEpoch(0);
    }

    /** In the set's order, for evaluation. */
    public static ImageIterator inOrder(ImageSet set, int batch) {
        return new ImageIterator(set, batch, false, false, 0, 0);
    }

    /**
     * In another order in each pass, for training.
     *
     * @param augment whether images are mirrored at random and shifted by some pixels
     * @param smoothing share of the label that is spread over all classes, in [0, 1)
     * @param seed of order and augmentation
     */
    public static ImageIterator shuffled(
            ImageSet set, int batch, boolean augment, double smoothing, long seed) {
        return new ImageIterator(set, batch, true, augment, smoothing, seed);
    }

    @Override
    public void setEpoch(int number) {
        if (number < 0) {
            throw new DataException("Epoch number " + number + " must be 0 or more");
        }
        pass = number;
        position = 0;
        random = new Random(seed + 0x9E3779B97F4A7C15L * (number + 1));
        order = new int[set.size()];
        Arrays.setAll(order, i -> i);
        if (training) {
            for (int i = order.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int swap = order[i];
                order[i] = order[j];
                order[j] = swap;
            }
        }
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
            throw new NoSuchElementException("All " + order.length + " images were taken; reset()");
        }
        int count = Math.min(num, order.length - position);
        int classes = set.classNames().size();
        float[] levels = new float[count * set.pixelsOfImage()];
        float[] labels = new float[count * classes];
        Arrays.fill(labels, (float) (smoothing / classes));
        for (int n = 0; n < count; n++) {
            int image = order[position++];
            copy(image, levels, n * set.pixelsOfImage());
            labels[n * classes + set.label(image)] += (float) (1 - smoothing);
        }
        INDArray x =
                Nd4j.create(
                        levels, new long[] {count, set.channels(), set.height(), set.width()}, 'c');
        DataSet next = new DataSet(x, Nd4j.create(labels, new long[] {count, classes}, 'c'));
        next.setLabelNames(set.classNames());
        if (preProcessor != null) {
            preProcessor.preProcess(next);
        }
        return next;
    }

    /** An image, mirrored and shifted if it is to be; what comes in at the border is 0. */
    private void copy(int image, float[] to, int offset) {
        int height = set.height();
        int width = set.width();
        boolean mirror = augment && random.nextBoolean();
        int down = augment ? shift(height) : 0;
        int right = augment ? shift(width) : 0;
        int next = offset;
        for (int c = 0; c < set.channels(); c++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    int fromY = y - down;
                    int fromX = (mirror ? width - 1 - x : x) - right;
                    boolean within = fromY >= 0 && fromY < height && fromX >= 0 && fromX < width;
                    to[next++] = within ? set.level(image, c, fromY, fromX) / 255f : 0;
                }
            }
        }
    }

    private int shift(int size) {
        int most = (int) Math.round(SHIFT * size);
        return random.nextInt(2 * most + 1) - most;
    }

    @Override
    public void reset() {
        setEpoch(position > 0 ? pass + 1 : pass);
    }

    @Override
    public int inputColumns() {
        return set.pixelsOfImage();
    }

    @Override
    public int totalOutcomes() {
        return set.classNames().size();
    }

    @Override
    public boolean resetSupported() {
        return true;
    }

    /** {@inheritDoc} False: everything is in memory. */
    @Override
    public boolean asyncSupported() {
        return false;
    }

    @Override
    public int batch() {
        return batch;
    }

    @Override
    public void setPreProcessor(DataSetPreProcessor value) {
        this.preProcessor = value;
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
