package org.lamina.zoo.io;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/**
 * Reads a zip archive from an untrusted source: only expected entries, each at most once, none
 * larger than expected, all of them complete.
 */
public final class StrictZip {
    private static final int END = 0x06054b50;
    private static final int END_LENGTH = 22;
    private static final int LONGEST_COMMENT = 0xffff;

    private static final String TOO_MUCH =
            ", too much for the memory there is (java -Xmx... gives more)";

    private StrictZip() {}

    /**
     * Reads all entries, which verifies the checksum of each.
     *
     * @param in the archive; read to its end
     * @param largest the names that may occur and the most bytes that each may unpack to
     * @return the contents by name, in the order of the archive
     * @throws IOException if it is not such an archive; the message does not name the file
     */
    public static Map<String, byte[]> read(InputStream in, Map<String, Long> largest)
            throws IOException {
        // The objects made from the bytes need memory, too.
        long memory = Runtime.getRuntime().maxMemory() / 4;
        byte[] archive = readAtMost(in, memory);
        if (archive == null) {
            throw tooLarge("has", memory, TOO_MUCH);
        }
        int count = entryCount(archive);
        Map<String, byte[]> entries = new LinkedHashMap<>();
        long left = memory;
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
                Long most = largest.get(e.getName());
                if (most == null) {
                    throw new IOException("unexpected entry '" + e.getName() + "'");
                }
                byte[] bytes = readAtMost(zip, Math.min(most, left));
                if (bytes == null) {
                    throw most <= left
                            ? tooLarge("unpacks to", most, " in " + e.getName())
                            : tooLarge("unpacks to", memory, TOO_MUCH);
                }
                left -= bytes.length;
                if (entries.put(e.getName(), bytes) != null) {
                    throw new IOException("two entries '" + e.getName() + "'");
                }
            }
        } catch (EOFException e) {
            throw new IOException("damaged: an entry ends before its data do", e);
        } catch (ZipException e) {
            throw new IOException("damaged: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IOException("damaged: an entry's name is not UTF-8", e);
        }
        if (entries.size() != count) {
            throw new IOException(
                    "its directory lists " + count + " entries, there are " + entries.size());
        }
        return entries;
    }

    private static IOException tooLarge(String what, long bytes, String why) {
        return new IOException(what + " more than " + (bytes >> 20) + " MiB" + why);
    }

    /** All bytes, or null if there are more. */
    private static byte[] readAtMost(InputStream in, long most) throws IOException {
        int limit = (int) Math.min(most, Integer.MAX_VALUE - 9);
        byte[] bytes = in.readNBytes(limit);
        return bytes.length == limit && in.read() >= 0 ? null : bytes;
    }

    /**
     * The number of entries according to the end of the archive, which a truncated archive lacks.
     */
    private static int entryCount(byte[] archive) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
        int last = archive.length - END_LENGTH;
        for (int at = last; at >= 0 && at >= last - LONGEST_COMMENT; at--) {
            if (bytes.getInt(at) == END && bytes.getShort(at + 20) == last - at) {
                return Short.toUnsignedInt(bytes.getShort(at + 10));
            }
        }
        boolean begun = archive.length >= 2 && archive[0] == 'P' && archive[1] == 'K';
        throw new IOException(
                begun ? "damaged: the archive is cut short" : "not a model file (no zip archive)");
    }
}
