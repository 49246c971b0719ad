package org.lamina.zoo.data.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.RegularFile;

/**
 * An image from a PNG or JPEG file: red, green and blue levels, 0 to 255, upright according to its
 * Exif orientation. Gray images have three equal channels; transparency is ignored.
 */
final class ImageFile {
    /** Limit on the size that a header may claim. */
    static final int MOST_PIXELS = 50_000_000;

    private static final Set<String> FORMATS = Set.of("png", "jpeg");

    private final int width;
    private final int height;
    private final float[][] channels;

    private ImageFile(BufferedImage image, int orientation) {
        boolean turned = ExifOrientation.swapsAxes(orientation);
        width = turned ? image.getHeight() : image.getWidth();
        height = turned ? image.getWidth() : image.getHeight();
        boolean gray =
                image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY
                        && !(image.getColorModel() instanceof IndexColorModel);
        channels = gray ? gray(image) : color(image);
        float[] first = channels[0];
        for (int c = 0; c < channels.length; c++) {
            channels[c] =
                    c > 0 && channels[c] == first
                            ? channels[0]
                            : ExifOrientation.upright(channels[c], image.getWidth(), orientation);
        }
    }

    /** The levels as stored: getRGB would convert linear gray to sRGB. */
    private static float[][] gray(BufferedImage image) {
        int[] levels =
                image.getRaster()
                        .getSamples(0, 0, image.getWidth(), image.getHeight(), 0, (int[]) null);
        float most = (1 << image.getSampleModel().getSampleSize(0)) - 1;
        float[] channel = new float[levels.length];
        for (int i = 0; i < levels.length; i++) {
            channel[i] = levels[i] * (255 / most);
        }
        return new float[][] {channel, channel, channel};
    }

    private static float[][] color(BufferedImage image) {
        int width = image.getWidth();
        int[] colors = image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
        float[][] channels = new float[3][colors.length];
        for (int i = 0; i < colors.length; i++) {
            channels[0][i] = colors[i] >> 16 & 0xff;
            channels[1][i] = colors[i] >> 8 & 0xff;
            channels[2][i] = colors[i] & 0xff;
        }
        return channels;
    }

    /** Whether a file has the extension of an image and is not hidden. */
    static boolean hasEnding(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && name.matches(".*\\.(png|jpg|jpeg)");
    }

    /**
     * @throws DataException naming the file, if it is not an image or cannot be used
     */
    static ImageFile read(Path file) throws IOException {
        RegularFile.check(file);
        try (ImageInputStream in = new FileImageInputStream(file.toFile())) {
            int orientation = ExifOrientation.of(in);
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            ImageReader reader = readers.hasNext() ? readers.next() : null;
            if (reader == null
                    || !FORMATS.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
                throw new DataException("%s: is neither a PNG nor a JPEG file", file);
            }
            try {
                reader.setInput(in, true, true);
                long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
                if (pixels > MOST_PIXELS) {
                    throw new DataException(
                            "%s: %d x %d pixels; at most %d can be read",
                            file, reader.getHeight(0), reader.getWidth(0), MOST_PIXELS);
                }
                return new ImageFile(reader.read(0), orientation);
            } catch (IOException | RuntimeException e) {
                if (e instanceof DataException) {
                    throw e;
                }
                // Thrown by the decoders of the JDK for damaged files and JPEG in CMYK
                throw new DataException(
                        "%s: cannot be read (%s); it is damaged, or has colors other than gray and"
                                + " RGB",
                        file, e.getMessage(), e);
            } finally {
                reader.dispose();
            }
        }
    }

    boolean isGray() {
        for (int i = 0; i < width * height; i++) {
            if (channels[0][i] != channels[1][i] || channels[0][i] != channels[2][i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * Crops and scales with antialiasing, by a triangle filter whose support grows with the scale:
     * Pillow's {@code resize} with {@code BILINEAR} and a {@code box}.
     *
     * @param count 3, or 1 for luminance (ITU-R 601-2)
     * @param to receives the levels, channel by channel
     * @param offset of the first
     */
    void levels(ImageGeometry geometry, int count, byte[] to, int offset) {
        double scale =
                geometry.crop()
                        * Math.min(
                                (double) width / geometry.width(),
                                (double) height / geometry.height());
        double[][] across = weights(width, geometry.width(), scale);
        double[][] down = weights(height, geometry.height(), scale);
        int next = offset;
        for (float[] channel : count == 3 ? channels : new float[][] {luminance()}) {
            for (double value : scaled(channel, across, down)) {
                to[next++] = (byte) Math.max(0, Math.min(255, Math.round(value)));
            }
        }
    }

    private float[] luminance() {
        if (channels[0] == channels[1]) {
            return channels[0];
        }
        float[] levels = new float[width * height];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = 0.299f * channels[0][i] + 0.587f * channels[1][i] + 0.114f * channels[2][i];
        }
        return levels;
    }

    /**
     * For each new pixel: the index of the first old pixel, then the weights of the old pixels from
     * there on.
     *
     * @param scale old pixels for each new one
     */
    private static double[][] weights(int old, int made, double scale) {
        double start = (old - made * scale) / 2;
        double support = Math.max(1, scale);
        double[][] weights = new double[made][];
        for (int i = 0; i < made; i++) {
            double center = start + (i + 0.5) * scale;
            int first = Math.max(0, (int) (center - support + 0.5));
            int end = Math.min(old, (int) (center + support + 0.5));
            double[] row = new double[1 + Math.max(1, end - first)];
            row[0] = first;
            double sum = 0;
            for (int k = first; k < end; k++) {
                row[1 + k - first] = Math.max(0, 1 - Math.abs((k + 0.5 - center) / support));
                sum += row[1 + k - first];
            }
            for (int k = 1; k < row.length; k++) {
                row[k] /= sum;
            }
            weights[i] = row;
        }
        return weights;
    }

    private double[] scaled(float[] channel, double[][] across, double[][] down) {
        double[] narrow = new double[height * across.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < across.length; x++) {
                double value = 0;
                int first = y * width + (int) across[x][0];
                for (int k = 1; k < across[x].length; k++) {
                    value += across[x][k] * channel[first + k - 1];
                }
                narrow[y * across.length + x] = value;
            }
        }
        double[] made = new double[down.length * across.length];
        for (int y = 0; y < down.length; y++) {
            for (int k = 1; k < down[y].length; k++) {
                int row = ((int) down[y][0] + k - 1) * across.length;
                for (int x = 0; x < across.length; x++) {
                    made[y * across.length + x] += down[y][k] * narrow[row + x];
                }
            }
        }
        return made;
    }
}
