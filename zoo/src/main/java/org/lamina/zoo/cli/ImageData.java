package org.lamina.zoo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.lamina.zoo.data.image.ImageSet;
import org.lamina.zoo.data.image.ShapeImages;

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
        ImageSet train =
                settings.generated()
                        ? ShapeImages.draw(SHAPES, SHAPE_SIZE, settings.seed)
                        : ImageSet.training(Path.of(settings.data));
        ImageSet test =
                settings.generated()
                        ? generatedTest(settings.seed)
                        : ImageSet.test(Path.of(settings.data), train);
        return new ImageData(settings.examples == 0 ? train : train.first(settings.examples), test);
    }

    /** The shapes that a model trained with this seed is tested with. */
    static ImageSet generatedTest(long seed) {
        return ShapeImages.draw(SHAPES / 3, SHAPE_SIZE, seed + 1);
    }

    static String describe(ImageSettings settings) {
        return settings.generated()
                ? "generated shapes"
                : "images in " + Path.of(settings.data).getFileName();
    }

    /** Tells other data apart, whether to learn from or to measure with. */
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
