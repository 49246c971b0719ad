package org.lamina.zoo.data.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.weights.StateDict;
import org.nd4j.linalg.api.ndarray.INDArray;

class ImageFolderTest {
    private static final ImageGeometry SMALL = new ImageGeometry(4, 4, 1);

    @TempDir Path folder;

    private StateDict reference;

    @BeforeEach
    void read() throws Exception {
        reference =
                StateDict.read(
                        Path.of(ImageFolderTest.class.getResource("/zoo/images.npz").toURI()));
    }

    private static void write(Path file, int type, int height, int width, int rgb)
            throws IOException {
        Files.createDirectories(file.getParent());
        BufferedImage image = new BufferedImage(width, height, type);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, rgb);
            }
        }
        String name = file.getFileName().toString();
        assertTrue(ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile()));
    }

    private Path colorImage() throws IOException {
        INDArray levels = reference.get("color");
        int height = (int) levels.size(1);
        int width = (int) levels.size(2);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int rgb = 0;
                for (int c = 0; c < 3; c++) {
                    rgb = rgb << 8 | levels.getInt(c, y, x);
                }
                image.setRGB(x, y, rgb);
            }
        }
        Path file = folder.resolve("image.png");
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    /** To one level: Pillow rounds between columns and rows. */
    @ParameterizedTest
    @CsvSource({
        "color_down,16,16,1",
        "color_up,60,80,0.8",
        "color_same,37,53,1",
        "gray_down,16,16,1"
    })
    void sizesAndCropsAsPillow(String name, int height, int width, double crop) throws IOException {
        INDArray expected = reference.get(name);
        ImageSet set =
                ImageFolder.unlabelled(
                        List.of(colorImage()),
                        List.of("a", "b"),
                        new ImageGeometry(height, width, crop),
                        (int) expected.size(0));
        for (int c = 0; c < expected.size(0); c++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    assertEquals(
                            expected.getFloat(c, y, x),
                            set.level(0, c, y, x),
                            1,
                            c + "," + y + "," + x);
                }
            }
        }
    }

    private void writeClasses(Path where, int each) throws IOException {
        for (int n = 0; n < each; n++) {
            int level = 10 * n + 7;
            int gray = level << 16 | level << 8 | level;
            write(where.resolve("cats/" + n + ".png"), BufferedImage.TYPE_INT_RGB, 4, 6, gray);
            write(where.resolve("dogs/more/" + n + ".png"), BufferedImage.TYPE_INT_RGB, 6, 4, gray);
        }
    }

    @Test
    void aShareOfEachClassIsTheTestSet() throws IOException {
        writeClasses(folder, 10);
        ImageFolder.Split split = ImageFolder.split(folder, SMALL, 0.3, 5);
        assertEquals(List.of("cats", "dogs"), split.train().classNames());
        assertEquals(List.of(14, 6, 1), sizes(split));
        assertEquals(3, Arrays.stream(split.test().labels()).sum());
        // Every image in one of the sets, by its level
        int[] seen = new int[20];
        for (ImageSet set : List.of(split.train(), split.test())) {
            for (int n = 0; n < set.size(); n++) {
                seen[set.label(n) * 10 + (set.level(n, 0, 1, 1) - 7) / 10]++;
            }
        }
        assertTrue(Arrays.stream(seen).allMatch(count -> count == 1), Arrays.toString(seen));
        ImageFolder.Split again = ImageFolder.split(folder, SMALL, 0.3, 5);
        assertArrayEquals(split.train().labels(), again.train().labels());
        assertEquals(split.test().level(2, 0, 0, 0), again.test().level(2, 0, 0, 0));
        // Not class by class
        assertTrue(Arrays.stream(split.train().first(7).labels()).distinct().count() > 1);
    }

    private static List<Integer> sizes(ImageFolder.Split split) {
        return List.of(split.train().size(), split.test().size(), split.train().channels());
    }

    @Test
    void trainAndTestMayBeFolders() throws IOException {
        writeClasses(folder.resolve("train"), 3);
        writeClasses(folder.resolve("test"), 2);
        assertEquals(List.of(6, 4, 1), sizes(ImageFolder.split(folder, SMALL, 0.3, 5)));
        ImageSet test = ImageFolder.test(folder, List.of("birds", "cats", "dogs"), SMALL, 1);
        assertArrayEquals(new int[] {1, 1, 2, 2}, test.labels());
        write(folder.resolve("test/cows/1.png"), BufferedImage.TYPE_INT_RGB, 4, 4, 0);
        assertMessage("cows: no such class; available: cats, dogs", folder);
    }

    /** Gray, color, palette, transparency, 16 bits, JPEG: one image in color, and all are. */
    @Test
    void grayAndColorMayBeMixed() throws IOException {
        int level = 0x646464;
        write(folder.resolve("a/1.png"), BufferedImage.TYPE_INT_RGB, 4, 4, level);
        write(folder.resolve("a/2.png"), BufferedImage.TYPE_BYTE_INDEXED, 4, 4, 0xffffff);
        write(folder.resolve("a/3.jpg"), BufferedImage.TYPE_INT_RGB, 4, 4, level);
        write(folder.resolve("b/1.png"), BufferedImage.TYPE_INT_ARGB, 4, 4, 0x80000000 | level);
        for (int type : new int[] {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_USHORT_GRAY}) {
            BufferedImage gray = new BufferedImage(4, 4, type);
            int value = type == BufferedImage.TYPE_BYTE_GRAY ? 100 : 100 * 257;
            for (int i = 0; i < 16; i++) {
                gray.getRaster().setSample(i % 4, i / 4, 0, value);
            }
            ImageIO.write(gray, "png", folder.resolve("b/gray" + type + ".png").toFile());
        }
        ImageSet grays = ImageFolder.test(folder, List.of("a", "b"), SMALL, 1);
        for (int n = 0; n < grays.size(); n++) {
            assertEquals(n == 1 ? 255 : 100, grays.level(n, 0, 2, 2), n == 2 ? 1 : 0, "image " + n);
        }
        assertEquals(1, ImageFolder.split(folder, SMALL, 0.3, 1).train().channels());
        write(folder.resolve("b/9.png"), BufferedImage.TYPE_INT_RGB, 4, 4, 0xff0000);
        write(folder.resolve("b/8.png"), BufferedImage.TYPE_INT_RGB, 4, 4, 0xff0000);
        write(folder.resolve("b/7.png"), BufferedImage.TYPE_INT_RGB, 4, 4, 0xff0000);
        ImageSet colors = ImageFolder.split(folder, SMALL, 0.2, 1).train();
        assertEquals(3, colors.channels());
    }

    @Test
    void unusableFilesAreNamed() throws IOException {
        assertMessage("0 folders in it; images must be in two folders or more", folder);
        writeClasses(folder, 3);
        Path bad = folder.resolve("cats/bad.png");
        Files.writeString(bad, "no image");
        assertMessage("bad.png: is neither a PNG nor a JPEG file", folder);
        byte[] good = Files.readAllBytes(folder.resolve("cats/1.png"));
        Files.write(bad, Arrays.copyOf(good, good.length / 2));
        assertMessage("bad.png: cannot be read (", folder);
        // A header that claims 2^31 - 1 by 2^31 - 1 pixels
        byte[] huge = good.clone();
        for (int i = 16; i < 24; i++) {
            huge[i] = (byte) (i % 4 == 0 ? 0x7f : 0xff);
        }
        Files.write(bad, huge);
        assertMessage("bad.png: ", folder);
        Files.delete(bad);
        Files.createDirectory(folder.resolve("empty"));
        assertMessage("empty: no PNG or JPEG file in it", folder);
        assertThrows(DataException.class, () -> new ImageGeometry(0, 3, 1));
        assertThrows(DataException.class, () -> new ImageGeometry(3, 3, 1.1));
    }

    private static void assertMessage(String part, Path folder) {
        String message =
                assertThrows(DataException.class, () -> ImageFolder.split(folder, SMALL, 0.3, 5))
                        .getMessage();
        assertTrue(message.contains(part), message);
    }

    /**
     * Exif's table of where the stored first row and first column are in the upright image; the
     * four quarters have different levels.
     */
    @ParameterizedTest
    @CsvSource({
        "1,10 70 130 190", "2,70 10 190 130", "3,190 130 70 10", "4,130 190 10 70",
        "5,10 130 70 190", "6,130 10 190 70", "7,190 70 130 10", "8,70 190 10 130"
    })
    void imagesAreUprightByTheirExifOrientation(int orientation, String quarters)
            throws IOException {
        BufferedImage image = new BufferedImage(32, 64, BufferedImage.TYPE_INT_RGB);
        int[] levels = {10, 70, 130, 190};
        for (int y = 0; y < 64; y++) {
            for (int x = 0; x < 32; x++) {
                image.setRGB(x, y, levels[2 * (y / 32) + x / 16] * 0x010101);
            }
        }
        boolean turned = orientation > 4;
        ImageGeometry geometry = new ImageGeometry(turned ? 32 : 64, turned ? 64 : 32, 1);
        for (boolean little : new boolean[] {false, true}) {
            byte[] tiff = tiff(orientation, little);
            byte[] jpeg =
                    inserted(
                            image,
                            "jpg",
                            2,
                            ByteBuffer.allocate(10 + tiff.length)
                                    .putShort((short) 0xffe1)
                                    .putShort((short) (8 + tiff.length))
                                    .put("Exif\0\0".getBytes(StandardCharsets.ISO_8859_1))
                                    .put(tiff));
            CRC32 sum = new CRC32();
            sum.update("eXIf".getBytes(StandardCharsets.ISO_8859_1));
            sum.update(tiff);
            byte[] png =
                    inserted(
                            image,
                            "png",
                            33,
                            ByteBuffer.allocate(12 + tiff.length)
                                    .putInt(tiff.length)
                                    .put("eXIf".getBytes(StandardCharsets.ISO_8859_1))
                                    .put(tiff)
                                    .putInt((int) sum.getValue()));
            for (Path file :
                    List.of(
                            Files.write(folder.resolve("a.jpg"), jpeg),
                            Files.write(folder.resolve("a.png"), png))) {
                ImageSet set =
                        ImageFolder.unlabelled(List.of(file), List.of("a", "b"), geometry, 1);
                List<String> found = new ArrayList<>();
                for (int quarter = 0; quarter < 4; quarter++) {
                    int y = (2 * (quarter / 2) + 1) * geometry.height() / 4;
                    int x = (2 * (quarter % 2) + 1) * geometry.width() / 4;
                    found.add(
                            String.valueOf(
                                    10 + Math.round((set.level(0, 0, y, x) - 10) / 60f) * 60));
                }
                assertEquals(quarters, String.join(" ", found), file.toString());
            }
        }
    }

    private static byte[] inserted(BufferedImage image, String format, int at, ByteBuffer part)
            throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, format, out);
        byte[] file = out.toByteArray();
        return ByteBuffer.allocate(file.length + part.capacity())
                .put(file, 0, at)
                .put(part.array())
                .put(file, at, file.length - at)
                .array();
    }

    private static byte[] tiff(int orientation, boolean little) {
        return ByteBuffer.allocate(26)
                .order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN)
                .putShort((short) (little ? 0x4949 : 0x4d4d))
                .putShort((short) 42)
                .putInt(8)
                .putShort((short) 1)
                .putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .array();
    }
}
