package org.lamina.zoo.data.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import javax.imageio.stream.ImageInputStream;

/**
 * The orientation of a stored image: tag 0x0112 of the Exif data in the APP1 segment of a JPEG file
 * or the eXIf chunk of a PNG file. ImageIO does not apply it.
 */
final class ExifOrientation {
    static final int UPRIGHT = 1;

    private static final int TAG = 0x0112;
    private static final int JPEG = 0xffd8;
    private static final int APP1 = 0xffe1;
    private static final int START_OF_SCAN = 0xffda;
    private static final long PNG_SIGNATURE = 0x89504e470d0a1a0aL;
    private static final int EXIF_CHUNK = 0x65584966;
    private static final int END_CHUNK = 0x49454e44;
    private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.ISO_8859_1);

    private ExifOrientation() {}

    /**
     * @param in a JPEG or PNG file; its position is kept
     * @return 1 to 8, as Exif numbers them; 1 if the file has no or damaged Exif data
     */
    static int of(ImageInputStream in) throws IOException {
        in.mark();
        try {
            in.setByteOrder(ByteOrder.BIG_ENDIAN);
            in.seek(0);
            if (in.readUnsignedShort() == JPEG) {
                return ofJpeg(in);
            }
            in.seek(0);
            return in.readLong() == PNG_SIGNATURE ? ofPng(in) : UPRIGHT;
        } catch (EOFException e) {
            return UPRIGHT;
        } finally {
            in.reset();
        }
    }

    /** Whether the upright image is as wide as the stored one is high. */
    static boolean swapsAxes(int orientation) {
        return orientation > 4;
    }

    /**
     * @param stored levels, row by row
     * @param width of a row
     * @return the levels of the upright image, row by row
     */
    static float[] upright(float[] stored, int width, int orientation) {
        if (orientation == UPRIGHT) {
            return stored;
        }
        int height = stored.length / width;
        int across = swapsAxes(orientation) ? height : width;
        int down = swapsAxes(orientation) ? width : height;
        boolean flipX = Set.of(2, 3, 6, 7).contains(orientation);
        boolean flipY = Set.of(3, 4, 7, 8).contains(orientation);
        float[] upright = new float[stored.length];
        for (int y = 0; y < down; y++) {
            for (int x = 0; x < across; x++) {
                int a = flipX ? across - 1 - x : x;
                int b = flipY ? down - 1 - y : y;
                upright[y * across + x] =
                        swapsAxes(orientation) ? stored[a * width + b] : stored[b * width + a];
            }
        }
        return upright;
    }

    private static int ofJpeg(ImageInputStream in) throws IOException {
        int marker = in.readUnsignedShort();
        while (marker > 0xff00 && marker != START_OF_SCAN) {
            byte[] segment = new byte[Math.max(0, in.readUnsignedShort() - 2)];
            in.readFully(segment);
            if (marker == APP1
                    && Arrays.equals(segment, 0, Math.min(segment.length, 6), EXIF, 0, 6)) {
                return ofTiff(ByteBuffer.wrap(segment, 6, segment.length - 6).slice());
            }
            marker = in.readUnsignedShort();
        }
        return UPRIGHT;
    }

    private static int ofPng(ImageInputStream in) throws IOException {
        while (true) {
            int length = in.readInt();
            int type = in.readInt();
            if (type == END_CHUNK || length < 0) {
                return UPRIGHT;
            } else if (type == EXIF_CHUNK && length < 1 << 16) {
                byte[] chunk = new byte[length];
                in.readFully(chunk);
                return ofTiff(ByteBuffer.wrap(chunk));
            }
            in.seek(in.getStreamPosition() + length + Integer.BYTES);
        }
    }

    /** Exif data are a TIFF file: byte order, 42, position of the first directory. */
    private static int ofTiff(ByteBuffer tiff) {
        try {
            tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            int directory = tiff.getInt(4);
            int entries = Short.toUnsignedInt(tiff.getShort(directory));
            for (int i = 0; i < entries; i++) {
                int entry = directory + 2 + 12 * i;
                if (Short.toUnsignedInt(tiff.getShort(entry)) == TAG) {
                    int orientation = tiff.getShort(entry + 8);
                    return orientation >= 1 && orientation <= 8 ? orientation : UPRIGHT;
                }
            }
        } catch (IndexOutOfBoundsException e) {
            // Damaged Exif data do not make the image unusable
        }
        return UPRIGHT;
    }
}
