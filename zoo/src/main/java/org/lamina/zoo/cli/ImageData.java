package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.lamina.zoo.data.image.ImageFolder;
import org.lamina.zoo.data.image.ImageGeometry;
import org.lamina.zoo.data.image.ImageSet;
import org.lamina.zoo.data.simulation.ShapeImages;
import org.lamina.zoo.modelfile.ModelCard;

/**
 * The images of a training run.
 *
 * @param train to learn from
 * @param test to measure with
 */
record ImageData(ImageSet train, ImageSet test) {
    private static final int SHAPES = 3000;
    private static final int SHAPE_SIZE = 28;

    static ImageData load(ImageSettings settings) throws IOException {
        ImageData all = settings.generated() ? generated(settings.seed) : read(settings);
        return settings.examples == 0
                ? all
                : new ImageData(all.train.first(settings.examples), all.test);
    }

    private static ImageData generated(long seed) {
        return new ImageData(ShapeImages.draw(SHAPES, SHAPE_SIZE, seed), generatedTest(seed));
    }

    private static ImageData read(ImageSettings settings) throws IOException {
        Path folder = Path.of(settings.data);
        if (settings.inFolders()) {
            ImageFolder.Split split =
                    ImageFolder.split(
                            folder, settings.geometry(), settings.testShare, settings.seed);
            return new ImageData(split.train(), split.test());
        }
        ImageSet train = ImageSet.training(folder);
        return new ImageData(train, ImageSet.test(folder, train));
    }

    /** The shapes that a model trained with this seed is tested with. */
    static ImageSet generatedTest(long seed) {
        return ShapeImages.draw(SHAPES / 3, SHAPE_SIZE, seed + 1);
    }

    /** Labelled images to measure a model with. */
    static ImageSet test(Path folder, ModelCard card, ImageSettings trained) throws IOException {
        ModelCard.ImageSize size = card.image();
        return ImageSet.isIdx(folder)
                ? ImageSet.test(folder, card.classes(), size.height(), size.width())
                : ImageFolder.test(
                        folder, card.classes(), geometry(card, trained), size.channels());
    }

    /** How image files are converted to the size of a model's images. */
    static ImageGeometry geometry(ModelCard card, ImageSettings trained) {
        return new ImageGeometry(
                card.image().height(),
                card.image().width(),
                trained.crop == null ? 1 : trained.crop);
    }

    static String describe(ImageSettings settings) {
        return settings.generated()
                ? "generated shapes"
                : "images in " + Path.of(settings.data).getFileName();
    }

    /** A checksum of training and test data. */
    long fingerprint() {
        CRC32 crc = new CRC32();
        add(train, crc);
        add(test, crc);
        return crc.getValue();
    }

    private static void add(ImageSet set, CRC32 crc) {
        for (int n = 0; n < set.size(); n++) {
            crc.update(set.label(n));
            for (int c = 0; c < set.channels(); c++) {
                for (int i = 0; i < set.height() * set.width(); i++) {
                    crc.update(set.level(n, c, i / set.width(), i % set.width()));
                }
            }
        }
    }
}
