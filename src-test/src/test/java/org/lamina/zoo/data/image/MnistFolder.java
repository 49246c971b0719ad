package org.lamina.zoo.data.image;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.lamina.zoo.data.simulation.ShapeImages;

/** Writes drawn shapes as a folder in the form of MNIST: zipped for training, plain for tests. */
public final class MnistFolder {

    private MnistFolder() {}

    /**
     * Writes all four files.
     *
     * @param train number of training images
     * @param test number of test images
     * @param size height and width
     */
    public static void write(Path folder, int train, int test, int size) throws IOException {
        writeImages(folder, "train", ShapeImages.draw(train, size, 1));
        writeLabels(folder, "train", train);
        writeImages(folder, "t10k", ShapeImages.draw(test, size, 2));
        writeLabels(folder, "t10k", test);
    }

    private static DataOutputStream open(Path folder, String part, String name) throws IOException {
        boolean zip = part.equals("train");
        Path file = folder.resolve(part + name + (zip ? ".gz" : ""));
        var out = Files.newOutputStream(file);
        return new DataOutputStream(zip ? new GZIPOutputStream(out) : out);
    }

    private static void writeImages(Path folder, String part, ImageSet images) throws IOException {
        try (DataOutputStream out = open(folder, part, "-images-idx3-ubyte")) {
            out.writeInt(0x803);
            out.writeInt(images.size());
            out.writeInt(images.height());
            out.writeInt(images.width());
            for (int n = 0; n < images.size(); n++) {
                for (int i = 0; i < images.height() * images.width(); i++) {
                    out.writeByte(images.level(n, 0, i / images.width(), i % images.width()));
                }
            }
        }
    }

    /** Labels of so many drawn shapes. */
    static void writeLabels(Path folder, String part, int count) throws IOException {
        try (DataOutputStream out = open(folder, part, "-labels-idx1-ubyte")) {
            out.writeInt(0x801);
            out.writeInt(count);
            for (int n = 0; n < count; n++) {
                out.writeByte(n % 4);
            }
        }
    }
}
