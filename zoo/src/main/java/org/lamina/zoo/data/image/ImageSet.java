package org.lamina.zoo.data.image;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lamina.zoo.data.DataException;

/** Labelled images of one size with 256 levels. */
public final class ImageSet implements Serializable {

    private static final long serialVersionUID = 1L;

    private final byte[] pixels;
    private final int[] labels;
    private final int channels;
    private final int height;
    private final int width;
    private final List<String> classNames;

    /**
     * A set.
     *
     * @param pixels levels, images in 'c' order {@code [N, channels, height, width]}
     * @param labels class index of each image
     * @param classNames names of the classes
     * @throws DataException if the numbers are inconsistent
     */
    public ImageSet(
            byte[] pixels,
            int[] labels,
            int channels,
            int height,
            int width,
            List<String> classNames) {
        this.pixels = pixels.clone();
        this.labels = labels.clone();
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.classNames = List.copyOf(classNames);
        if (labels.length == 0) {
            throw new DataException("Image set: no images");
        }
        if (pixels.length != (long) labels.length * channels * height * width) {
            throw new DataException(
                    "Image set: %d pixels do not match %d images of %d x %d x %d",
                    pixels.length, labels.length, channels, height, width);
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classNames.size()) {
                throw new DataException(
                        "Image set: label %d of image %d; must be 0 to %d",
                        labels[i], i, classNames.size() - 1);
            }
        }
    }

    /**
     * Reads the training images of a folder in the form of MNIST: {@code train-images-idx3-ubyte}
     * and {@code train-labels-idx1-ubyte}, with or without {@code .gz}. The classes are named by
     * their numbers, 0 to the largest label.
     *
     * @throws DataException naming the file, what is wrong and what is allowed
     * @throws IOException if reading fails
     */
    public static ImageSet training(Path folder) throws IOException {
        return read(folder, "train", null);
    }

    /**
     * Reads the test images of such a folder: {@code t10k-images-idx3-ubyte}, {@code
     * t10k-labels-idx1-ubyte}.
     *
     * @param training the images that were trained on, whose size and classes these must have
     */
    public static ImageSet test(Path folder, ImageSet training) throws IOException {
        return test(folder, training.classNames, training.height, training.width);
    }

    /**
     * Reads the test images of such a folder.
     *
     * @param classNames of the images that were trained on
     * @param height of those, which these must have, too
     * @param width of those
     */
    public static ImageSet test(Path folder, List<String> classNames, int height, int width)
            throws IOException {
        ImageSet test = read(folder, "t10k", classNames);
        if (test.height != height || test.width != width) {
            throw new DataException(
                    "%s: test images of %d x %d; the training images have %d x %d",
                    folder, test.height, test.width, height, width);
        }
        return test;
    }

    /** Whether a folder has images in the form of MNIST, to train on or to test with. */
    public static boolean isIdx(Path folder) {
        return Stream.of("train", "t10k")
                .map(part -> part + "-images-idx3-ubyte")
                .anyMatch(
                        name ->
                                Files.exists(folder.resolve(name))
                                        || Files.exists(folder.resolve(name + ".gz")));
    }

    /** Names the classes by their numbers if no names are given. */
    private static ImageSet read(Path folder, String part, List<String> names) throws IOException {
        Path imageFile = find(folder, part + "-images-idx3-ubyte");
        Path labelFile = find(folder, part + "-labels-idx1-ubyte");
        IdxFile images = IdxFile.read(imageFile, 3);
        IdxFile labels = IdxFile.read(labelFile, 1);
        int[] sizes = images.sizes();
        if (sizes[0] != labels.sizes()[0]) {
            throw new DataException(
                    "%s: %d labels; %s has %d images",
                    labelFile, labels.sizes()[0], imageFile.getFileName(), sizes[0]);
        }
        int[] numbers = new int[sizes[0]];
        Arrays.setAll(numbers, i -> labels.bytes()[i] & 0xff);
        int largest = Arrays.stream(numbers).max().orElseThrow();
        if (names != null && largest >= names.size()) {
            throw new DataException(
                    "%s: label %d; the training images have 0 to %d",
                    labelFile, largest, names.size() - 1);
        }
        List<String> classNames =
                names == null
                        ? IntStream.rangeClosed(0, largest).mapToObj(Integer::toString).toList()
                        : names;
        return new ImageSet(images.bytes(), numbers, 1, sizes[1], sizes[2], classNames);
    }

    private static Path find(Path folder, String name) {
        if (!Files.isDirectory(folder)) {
            throw new DataException("%s: there is no such folder", folder);
        }
        for (String ending : new String[] {"", ".gz"}) {
            Path file = folder.resolve(name + ending);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        throw new DataException("%s: has neither %s nor %s.gz", folder, name, name);
    }

    /** The first images, all if there are not that many. */
    public ImageSet first(int count) {
        if (count >= size()) {
            return this;
        }
        int kept = count;
        return new ImageSet(
                Arrays.copyOf(pixels, kept * pixelsOfImage()),
                Arrays.copyOf(labels, kept),
                channels,
                height,
                width,
                classNames);
    }

    /** Number of images. */
    public int size() {
        return labels.length;
    }

    /** Number of channels. */
    public int channels() {
        return channels;
    }

    /** Height in pixels. */
    public int height() {
        return height;
    }

    /** Width in pixels. */
    public int width() {
        return width;
    }

    /** Names of the classes. */
    public List<String> classNames() {
        return classNames;
    }

    /** Class index of an image. */
    public int label(int image) {
        return labels[image];
    }

    /**
     * @return number of images of each class
     */
    public int[] classCounts() {
        int[] counts = new int[classNames.size()];
        for (int n = 0; n < size(); n++) {
            counts[label(n)]++;
        }
        return counts;
    }

    /** Class indices of all images. */
    public int[] labels() {
        return labels.clone();
    }

    int pixelsOfImage() {
        return channels * height * width;
    }

    /** Level of a pixel, 0 to 255. */
    public int level(int image, int channel, int y, int x) {
        return pixels[((image * channels + channel) * height + y) * width + x] & 0xff;
    }
}
