package org.lamina.zoo.mutation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** What disks, networks and malice do to files; the same seed does the same. */
final class Mutations {
    private static final long[] NUMBERS = {
        0,
        1,
        2,
        -1,
        7,
        255,
        256,
        65535,
        65536,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 32,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        Float.floatToIntBits(Float.NaN),
        0x7fefffffffffffffL
    };

    private static final String[] WORDS = {
        "0",
        "-1",
        "1e39",
        "NaN",
        "null",
        "2147483648",
        "1e999",
        "\"\"",
        "[]",
        "{}",
        "true",
        "999999999999999999999",
        "0.5"
    };

    private Mutations() {}

    /** One to three changes; half of them near the start, where headers are. */
    static byte[] mutate(byte[] original, long seed) {
        Random random = new Random(seed);
        byte[] bytes = original;
        for (int i = 1 + random.nextInt(3); i > 0 && bytes.length > 0; i--) {
            int range = random.nextBoolean() ? Math.min(bytes.length, 512) : bytes.length;
            bytes = change(bytes, random.nextInt(range), random);
        }
        return bytes;
    }

    private static byte[] change(byte[] bytes, int at, Random random) {
        boolean json = bytes[0] == '{';
        if (json && random.nextInt(4) > 0) {
            return putWord(bytes, at, random);
        }
        byte[] changed = bytes.clone();
        switch (random.nextInt(9)) {
            case 0, 1 -> changed[at] ^= (byte) (1 << random.nextInt(8));
            case 2 -> changed[at] = (byte) random.nextInt();
            case 3, 4 -> putNumber(changed, at, random);
            case 5 -> changed = Arrays.copyOf(bytes, at);
            case 6 -> changed = replace(bytes, at, random.nextInt(64), new byte[0]);
            case 7 -> {
                int count = Math.min(random.nextInt(64), bytes.length - at);
                changed = replace(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + count));
            }
            default -> changed = putWord(bytes, at, random);
        }
        return changed;
    }

    private static void putNumber(byte[] bytes, int at, Random random) {
        int width = new int[] {2, 4, 8}[random.nextInt(3)];
        ByteBuffer number =
                ByteBuffer.allocate(8)
                        .order(
                                random.nextBoolean()
                                        ? ByteOrder.BIG_ENDIAN
                                        : ByteOrder.LITTLE_ENDIAN);
        long value = NUMBERS[random.nextInt(NUMBERS.length)];
        if (width == 2) {
            number.putShort((short) value);
        } else if (width == 4) {
            number.putInt((int) value);
        } else {
            number.putLong(value);
        }
        System.arraycopy(number.array(), 0, bytes, at, Math.min(width, bytes.length - at));
    }

    /** In place of the number or word there, if it is text. */
    private static byte[] putWord(byte[] bytes, int at, Random random) {
        int from = at;
        while (from < bytes.length && !Character.isLetterOrDigit(bytes[from])) {
            from++;
        }
        int to = from;
        while (to < bytes.length && (Character.isLetterOrDigit(bytes[to]) || bytes[to] == '.')) {
            to++;
        }
        return replace(
                bytes,
                from,
                to - from,
                WORDS[random.nextInt(WORDS.length)].getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] replace(byte[] bytes, int at, int count, byte[] by) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, at);
        out.writeBytes(by);
        int rest = Math.min(bytes.length, at + count);
        out.write(bytes, rest, bytes.length - rest);
        return out.toByteArray();
    }

    /** Changes one entry of a zip archive, whose check sums are right again. */
    static byte[] mutateEntry(byte[] zip, String name, long seed) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(new java.io.ByteArrayInputStream(zip))) {
            for (ZipEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                entries.put(e.getName(), in.readAllBytes());
            }
        }
        entries.computeIfPresent(name, (key, content) -> mutate(content, seed));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue());
            }
        }
        return bytes.toByteArray();
    }
}
