package org.lamina.zoo.weights;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of an array in NumPy's format: magic, version, its own length, a Python dictionary.
 *
 * <p>Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @param type of the elements
 * @param bigEndian whether the elements have their highest byte first
 * @param order 'c' or 'f'
 * @param shape sizes
 */
record NpyHeader(TensorType type, boolean bigEndian, char order, long[] shape) {

    /** NumPy's own reader refuses longer ones. */
    private static final int MAX_LENGTH = 10_000;

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([<>=|])(\\w+)'");
    private static final Pattern ORDER =
            Pattern.compile("'fortran_order'\\s*:\\s*(True|False)\\s*[,}]");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9L,\\s]*)\\)");

    static NpyHeader read(InputStream stream, String array) throws IOException {
        DataInputStream in = new DataInputStream(stream);
        try {
            byte[] magic = in.readNBytes(MAGIC.length);
            int version = Arrays.equals(magic, MAGIC) ? in.readUnsignedShort() >> 8 : 0;
            if (version < 1 || version > 3) {
                throw new WeightsException(array + ": no array in NumPy's format 1, 2 or 3");
            }
            long length =
                    version == 1
                            ? Short.toUnsignedLong(Short.reverseBytes(in.readShort()))
                            : Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
            if (length > MAX_LENGTH) {
                throw new WeightsException(
                        array + ": header of " + length + " bytes; allowed are " + MAX_LENGTH);
            }
            byte[] text = in.readNBytes((int) length);
            if (text.length < length) {
                throw new EOFException();
            }
            return parse(new String(text, StandardCharsets.UTF_8), array);
        } catch (EOFException e) {
            throw new WeightsException(array + ": ends within its header", e);
        }
    }

    private static NpyHeader parse(String header, String array) {
        Matcher descr = find(DESCR, header, array);
        Matcher order = find(ORDER, header, array);
        String sizes = find(SHAPE, header, array).group(1).replaceAll("[L\\s]", "");
        String[] parts = sizes.isEmpty() ? new String[0] : sizes.split(",");
        if (parts.length > Tensors.MAX_RANK) {
            throw new WeightsException(
                    array + ": " + parts.length + " dimensions; at most " + Tensors.MAX_RANK);
        }
        long[] shape = new long[parts.length];
        for (int d = 0; d < shape.length; d++) {
            try {
                shape[d] = Long.parseLong(parts[d]);
            } catch (NumberFormatException e) {
                throw new WeightsException(array + ": shape (" + sizes + ") is too large", e);
            }
        }
        return new NpyHeader(
                TensorType.ofNumpy(descr.group(2), array),
                descr.group(1).equals(">"),
                order.group(1).equals("True") ? 'f' : 'c',
                shape);
    }

    private static Matcher find(Pattern pattern, String header, String array) {
        Matcher matcher = pattern.matcher(header);
        if (!matcher.find()) {
            throw new WeightsException(
                    "%s: header %s; allowed are arrays of numbers or booleans with descr,"
                            + " fortran_order and shape (no objects, no records)",
                    array, header.strip());
        }
        return matcher;
    }

    /** The header's bytes, padded so that the elements begin at a multiple of 64. */
    static byte[] bytes(TensorType type, long[] shape) {
        StringBuilder sizes = new StringBuilder();
        for (long size : shape) {
            sizes.append(size).append(", ");
        }
        String tuple = shape.length == 1 ? shape[0] + "," : sizes.toString().replaceAll(", $", "");
        String text =
                String.format(
                        "{'descr': '%s%s', 'fortran_order': False, 'shape': (%s), }",
                        type.size() == 1 ? "|" : "<", type.numpy(), tuple);
        int before = MAGIC.length + 2 * Short.BYTES;
        int padding = 63 - (before + text.length()) % 64;
        byte[] dictionary = (text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(before + dictionary.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .put(new byte[] {1, 0})
                .putShort((short) dictionary.length)
                .put(dictionary)
                .array();
    }
}
