package org.lamina.zoo.data.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.simulation.ShapeImages;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

class ImageSetTest {

    /** Seven images of 2 x 3 whose levels tell image and place. */
    private static ImageSet counting() {
        byte[] pixels = new byte[7 * 6];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (10 * (i / 6) + i % 6 + 1);
        }
        return new ImageSet(
                pixels, new int[] {0, 1, 2, 0, 1, 2, 0}, 1, 2, 3, List.of("a", "b", "c"));
    }

    @Test
    void readsAFolder(@TempDir Path folder) throws IOException {
        MnistFolder.write(folder, 6, 5, 28);
        ImageSet train = ImageSet.training(folder);
        assertEquals(6, train.size());
        assertEquals(List.of("0", "1", "2", "3"), train.classNames());
        assertArrayEquals(new int[] {28, 28}, new int[] {train.height(), train.width()});
        ImageSet test = ImageSet.test(folder, train);
        assertEquals(5, test.size());
        ImageSet drawn = ShapeImages.draw(6, 28, 1);
        for (int image = 0; image < 6; image++) {
            assertEquals(drawn.label(image), train.label(image));
            assertEquals(drawn.level(image, 0, 13, 20), train.level(image, 0, 13, 20));
        }
    }

    @Test
    void aFolderThatDoesNotFitIsRefused(@TempDir Path folder) throws IOException {
        assertMessage("there is no such folder", () -> ImageSet.training(folder.resolve("none")));
        assertMessage("has neither train-images-idx3-ubyte nor", () -> ImageSet.training(folder));
        MnistFolder.write(folder, 6, 5, 28);
        ImageSet train = ImageSet.training(folder);
        MnistFolder.writeLabels(folder, "train", 5);
        assertMessage(
                "5 labels; train-images-idx3-ubyte.gz has 6", () -> ImageSet.training(folder));
        assertMessage("the training images have 0 to 1", () -> ImageSet.test(folder, twoClasses()));
        assertMessage(
                "test images of 28 x 28; the training images have 12 x 12",
                () -> ImageSet.test(folder, ShapeImages.draw(4, 12, 1)));
        assertEquals(6, train.size());
    }

    private static ImageSet twoClasses() {
        return new ImageSet(new byte[28 * 28], new int[1], 1, 28, 28, List.of("0", "1"));
    }

    @Test
    void wrongNumbersAreRefused() {
        List<String> names = List.of("a", "b");
        assertMessage("no image", () -> new ImageSet(new byte[0], new int[0], 1, 2, 2, names));
        assertMessage("3 pixels", () -> new ImageSet(new byte[3], new int[1], 1, 2, 2, names));
        assertMessage(
                "label 2 of image 1; must be 0 to 1",
                () -> new ImageSet(new byte[8], new int[] {0, 2}, 1, 2, 2, names));
    }

    @Test
    void theFirstImagesAreASet() {
        ImageSet two = counting().first(2);
        assertEquals(2, two.size());
        assertEquals(counting().level(1, 0, 1, 2), two.level(1, 0, 1, 2));
        assertEquals(7, counting().first(100).size());
    }

    @Test
    void shapesAreTheSameForASeed() {
        assertEquals(level(1), level(1));
        assertNotEquals(level(1), level(2));
        int[] labels = ShapeImages.draw(8, 20, 3).labels();
        assertArrayEquals(new int[] {0, 1, 2, 3, 0, 1, 2, 3}, labels);
    }

    private static List<Integer> level(long seed) {
        ImageSet set = ShapeImages.draw(4, 20, seed);
        return List.of(set.level(0, 0, 3, 4), set.level(1, 0, 10, 10), set.level(3, 0, 15, 9));
    }

    @Test
    void iteratesInOrder() {
        ImageIterator iterator = ImageIterator.inOrder(counting(), 3);
        int seen = 0;
        while (iterator.hasNext()) {
            DataSet batch = iterator.next();
            for (int n = 0; n < batch.numExamples(); n++) {
                INDArray image = batch.getFeatures().slice(n);
                assertEquals((10 * seen + 6) / 255.0, image.getDouble(0, 1, 2), 1e-6);
                assertEquals(1, batch.getLabels().getDouble(n, seen % 3), 0);
                assertEquals(1, batch.getLabels().getRow(n).sumNumber().doubleValue(), 0);
                seen++;
            }
        }
        assertEquals(7, seen);
        assertThrows(java.util.NoSuchElementException.class, iterator::next);
    }

    @Test
    void shufflesEveryPassInAnotherOrder() {
        ImageIterator iterator = ImageIterator.shuffled(counting(), 7, false, 0.3, 5);
        float[] first = firstPixels(iterator.next());
        iterator.reset();
        DataSet again = iterator.next();
        float[] second = firstPixels(again);
        assertFalse(Arrays.equals(first, second));
        ImageIterator other = ImageIterator.shuffled(counting(), 7, false, 0.3, 5);
        other.reset(); // nothing taken yet
        assertArrayEquals(first, firstPixels(other.next()));
        Arrays.sort(first);
        Arrays.sort(second);
        assertArrayEquals(first, second);
        assertEquals(0.8, again.getLabels().maxNumber().doubleValue(), 1e-6);
        assertEquals(0.1, again.getLabels().minNumber().doubleValue(), 1e-6);
    }

    private static float[] firstPixels(DataSet batch) {
        float[] pixels = new float[batch.numExamples()];
        for (int n = 0; n < pixels.length; n++) {
            pixels[n] = batch.getFeatures().getFloat(n, 0, 0, 0);
        }
        return pixels;
    }

    /** An image comes mirrored or not, shifted by up to two pixels of 24. */
    @Test
    void augmentationMirrorsAndShifts() {
        byte[] pixels = new byte[24 * 24];
        pixels[10 * 24 + 5] = (byte) 255;
        ImageSet set = new ImageSet(pixels, new int[1], 1, 24, 24, List.of("dot", "none"));
        ImageIterator iterator = ImageIterator.shuffled(set, 1, true, 0, 2);
        boolean[] columns = new boolean[24];
        boolean[] rows = new boolean[24];
        for (int pass = 0; pass < 300; pass++) {
            iterator.reset();
            INDArray image = iterator.next().getFeatures().reshape(24 * 24);
            assertEquals(1, image.sumNumber().doubleValue(), 1e-6);
            int place = image.argMax(0).getInt(0);
            rows[place / 24] = true;
            columns[place % 24] = true;
        }
        for (int i = 0; i < 24; i++) {
            boolean nearDot = Math.abs(i - 5) <= 2 || Math.abs(i - 18) <= 2;
            assertEquals(nearDot, columns[i], "column " + i);
            assertEquals(Math.abs(i - 10) <= 2, rows[i], "row " + i);
        }
    }

    @Test
    void wrongOptionsAreRefused() {
        assertMessage("Batch size 0", () -> ImageIterator.inOrder(counting(), 0));
        assertMessage(
                "Label smoothing 1.0", () -> ImageIterator.shuffled(counting(), 1, true, 1, 0));
    }

    private static void assertMessage(
            String part, org.junit.jupiter.api.function.Executable action) {
        String message = assertThrows(DataException.class, action).getMessage();
        assertTrue(message.contains(part), message);
    }
}
