package org.lamina.zoo.data.image;

import java.util.Arrays;
import java.util.Random;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.iterator.InMemoryIterator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Iterates over an {@link ImageSet} in batches {@code [N, channels, height, width]} of levels from
 * 0 to 1; labels are one-hot, with optional smoothing.
 *
 * <p>Order and augmentation depend only on the seed and the number of the pass.
 */
public final class ImageIterator extends InMemoryIterator {

    private static final long serialVersionUID = 1L;

    /** Largest shift of an augmented image as a fraction of its size. */
    private static final double SHIFT = 0.08;

    private final ImageSet set;
    private final boolean augment;
    private final double smoothing;

    private ImageIterator(
            ImageSet set,
            int batch,
            boolean training,
            boolean augment,
            double smoothing,
            long seed) {
        super(set.size(), set.classNames(), batch, training, seed);
        if (!(smoothing >= 0 && smoothing < 1)) {
            throw new DataException("Label smoothing %s must be in [0, 1)", smoothing);
        }
        this.set = set;
        this.augment = augment;
        this.smoothing = smoothing;
    }

    /** In the order of the set, for evaluation. */
    public static ImageIterator inOrder(ImageSet set, int batch) {
        return new ImageIterator(set, batch, false, false, 0, 0);
    }

    /**
     * In a new random order in each pass, for training.
     *
     * @param augment whether images are randomly mirrored and shifted by a few pixels
     * @param smoothing label smoothing: the share of a label spread over all classes, in [0, 1)
     * @param seed of order and augmentation
     */
    public static ImageIterator shuffled(
            ImageSet set, int batch, boolean augment, double smoothing, long seed) {
        return new ImageIterator(set, batch, true, augment, smoothing, seed);
    }

    @Override
    protected DataSet gather(int[] images, Random random) {
        int count = images.length;
        int classes = totalOutcomes();
        float[] levels = new float[count * set.pixelsOfImage()];
        float[] labels = new float[count * classes];
        Arrays.fill(labels, (float) (smoothing / classes));
        for (int n = 0; n < count; n++) {
            copy(images[n], random, levels, n * set.pixelsOfImage());
            labels[n * classes + set.label(images[n])] += (float) (1 - smoothing);
        }
        INDArray x =
                Nd4j.create(
                        levels, new long[] {count, set.channels(), set.height(), set.width()}, 'c');
        return new DataSet(x, Nd4j.create(labels, new long[] {count, classes}, 'c'));
    }

    /** Copies an image, with optional augmentation; pixels beyond the border are 0. */
    private void copy(int image, Random random, float[] to, int offset) {
        int height = set.height();
        int width = set.width();
        boolean mirror = augment && random.nextBoolean();
        int down = augment ? shift(height, random) : 0;
        int right = augment ? shift(width, random) : 0;
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

    private static int shift(int size, Random random) {
        int most = (int) Math.round(SHIFT * size);
        return random.nextInt(2 * most + 1) - most;
    }

    @Override
    public int inputColumns() {
        return set.pixelsOfImage();
    }
}
