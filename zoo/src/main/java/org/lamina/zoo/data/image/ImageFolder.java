package org.lamina.zoo.data.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.NameList;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.data.iterator.InMemoryIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images in one folder per class, named after it: {@code CLASS/*.png}, {@code *.jpg}, {@code
 * *.jpeg}, also in subfolders. A folder {@code train} and a folder {@code test} of such folders
 * hold the training and test set; without them, a fraction of the images of each class becomes the
 * test set.
 *
 * <p>Training images are shuffled, so that the first ones include all classes. Images have one
 * channel if all training images are gray, otherwise three.
 */
public final class ImageFolder {
    private static final Logger log = LoggerFactory.getLogger(ImageFolder.class);

    private final Path folder;
    private final List<String> classNames;
    private final List<Path> files;
    private final List<Integer> labels;

    /** A training and a test set. */
    public record Split(ImageSet train, ImageSet test) {}

    private ImageFolder(
            Path folder, List<String> classNames, List<Path> files, List<Integer> labels) {
        this.folder = folder;
        this.classNames = classNames;
        this.files = files;
        this.labels = labels;
    }

    /**
     * Reads training and test set.
     *
     * @param folder of folders of classes, or of {@code train} and {@code test}
     * @param geometry of the images
     * @param testShare fraction of each class in the test set if there is no folder {@code test}
     * @param seed of the choice
     * @throws DataException naming the folder or file, what is wrong and what is allowed
     * @throws IOException if reading fails
     */
    public static Split split(Path folder, ImageGeometry geometry, double testShare, long seed)
            throws IOException {
        if (Files.isDirectory(folder.resolve("test"))) {
            ImageFolder training = open(folder.resolve("train"), null);
            ImageSet train = training.shuffled(seed).read(geometry, 0);
            ImageFolder test = open(folder.resolve("test"), training.classNames);
            return new Split(train, test.read(geometry, train.channels()));
        }
        ImageFolder all = open(folder, null);
        boolean[] tested =
                EpochSet.chooseStratified(
                        all.labels.stream().mapToInt(Integer::intValue).toArray(),
                        all.classNames,
                        testShare,
                        seed);
        ImageSet train = all.where(tested, false).shuffled(seed).read(geometry, 0);
        return new Split(train, all.where(tested, true).read(geometry, train.channels()));
    }

    /**
     * Reads images to evaluate on: those in the folder {@code test}, if there is one.
     *
     * @param folder of folders of classes, or of {@code train} and {@code test}
     * @param classNames that the images are of
     * @param geometry of the images
     * @param channels 3, or 1 for gray
     */
    public static ImageSet test(
            Path folder, List<String> classNames, ImageGeometry geometry, int channels)
            throws IOException {
        Path test = folder.resolve("test");
        return open(Files.isDirectory(test) ? test : folder, classNames).read(geometry, channels);
    }

    /**
     * Reads images without classes.
     *
     * @param files of the images
     * @param classNames of a model
     * @param geometry of the images
     * @param channels 3, or 1 for gray
     */
    public static ImageSet unlabelled(
            List<Path> files, List<String> classNames, ImageGeometry geometry, int channels)
            throws IOException {
        return new ImageFolder(null, classNames, files, Collections.nCopies(files.size(), 0))
                .read(geometry, channels);
    }

    /** Whether a file is an image by its ending. */
    public static boolean isImage(Path file) {
        return ImageFile.hasEnding(file);
    }

    /** The images in a folder and those within it, in the order of their names. */
    public static List<Path> images(Path folder) throws IOException {
        List<Path> images = new ArrayList<>();
        List<String> others = new ArrayList<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                if (ImageFile.hasEnding(file)) {
                    images.add(file);
                } else if (!file.getFileName().toString().startsWith(".")) {
                    others.add(file.getFileName().toString());
                }
            }
        }
        if (!others.isEmpty()) {
            log.warn(
                    "{}: {} files that are neither PNG nor JPEG are ignored: {}",
                    folder,
                    others.size(),
                    NameList.of(others));
        }
        return images;
    }

    private static ImageFolder open(Path folder, List<String> expected) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new DataException("%s: there is no such folder", folder);
        }
        List<Path> classes;
        try (Stream<Path> list = Files.list(folder)) {
            classes =
                    list.filter(Files::isDirectory)
                            .filter(f -> !f.getFileName().toString().startsWith("."))
                            .sorted()
                            .toList();
        }
        List<String> names =
                classes.stream().map(f -> f.getFileName().toString()).collect(Collectors.toList());
        if (expected == null && names.size() < 2) {
            throw new DataException(
                    "%s: %d folders in it; images must be in two folders or more, one for each"
                            + " class, or in MNIST's files, train-images-idx3-ubyte and so on",
                    folder, names.size());
        }
        List<String> classNames = expected == null ? names : expected;
        List<Path> files = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (Path of : classes) {
            int label = classNames.indexOf(of.getFileName().toString());
            if (label < 0) {
                throw new DataException(
                        "%s: no such class; available: %s", of, NameList.of(classNames));
            }
            List<Path> images = images(of);
            if (images.isEmpty()) {
                throw new DataException("%s: no PNG or JPEG file in it", of);
            }
            files.addAll(images);
            labels.addAll(Collections.nCopies(images.size(), label));
        }
        return new ImageFolder(folder, classNames, files, labels);
    }

    private ImageFolder where(boolean[] chosen, boolean value) {
        return at(IntStream.range(0, chosen.length).filter(i -> chosen[i] == value).toArray());
    }

    private ImageFolder shuffled(long seed) {
        return at(InMemoryIterator.permutation(files.size(), new Random(seed)));
    }

    private ImageFolder at(int[] indices) {
        return new ImageFolder(
                folder,
                classNames,
                IntStream.of(indices).mapToObj(files::get).toList(),
                IntStream.of(indices).mapToObj(labels::get).toList());
    }

    /**
     * @param channels 3, 1, or 0 for as many as the images have
     */
    private ImageSet read(ImageGeometry geometry, int channels) throws IOException {
        if (files.isEmpty()) {
            throw new DataException("%s: no PNG or JPEG file in it", folder);
        }
        int area = geometry.height() * geometry.width();
        int kept = channels == 0 ? 3 : channels;
        long bytes = (long) files.size() * kept * area;
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new DataException(
                    "%d images of %d x %d are too many; a smaller size (--image-size) or fewer"
                            + " images fit",
                    files.size(), geometry.height(), geometry.width());
        }
        byte[] pixels = new byte[(int) bytes];
        AtomicBoolean color = new AtomicBoolean();
        List<IOException> failed = Collections.synchronizedList(new ArrayList<>());
        IntStream.range(0, files.size())
                .parallel()
                .forEach(
                        n -> {
                            try {
                                ImageFile image = ImageFile.read(files.get(n));
                                image.levels(geometry, kept, pixels, n * kept * area);
                                if (!color.get() && !image.isGray()) {
                                    color.set(true);
                                }
                            } catch (IOException e) {
                                failed.add(e);
                            }
                        });
        if (!failed.isEmpty()) {
            throw failed.get(0);
        }
        boolean gray = channels == 0 && !color.get();
        return new ImageSet(
                gray ? everyThird(pixels, area) : pixels,
                labels.stream().mapToInt(Integer::intValue).toArray(),
                gray ? 1 : kept,
                geometry.height(),
                geometry.width(),
                classNames);
    }

    /** The first of three equal channels of each image. */
    private static byte[] everyThird(byte[] pixels, int area) {
        byte[] first = new byte[pixels.length / 3];
        for (int n = 0; n < first.length / area; n++) {
            System.arraycopy(pixels, 3 * n * area, first, n * area, area);
        }
        return first;
    }
}
