package org.lamina.zoo.data.gdf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes MAT files of version 5, field by field. */
public final class MatWriter {
    private MatWriter() {}

    /** A header and one matrix of doubles. */
    public static byte[] matrix(String variable, double... values) {
        int name = (variable.length() + 7) / 8 * 8;
        ByteBuffer out = ByteBuffer.allocate(128 + 8 + 16 + 16 + 8 + name + 8 + 8 * values.length);
        out.order(ByteOrder.LITTLE_ENDIAN);
        out.put("MATLAB 5.0 MAT-file".getBytes(StandardCharsets.US_ASCII)).position(124);
        out.putShort((short) 0x0100).putShort((short) 0x4D49);
        out.putInt(14).putInt(out.capacity() - 136);
        out.putInt(6).putInt(8).putInt(6).putInt(0);
        out.putInt(5).putInt(8).putInt(values.length).putInt(1);
        out.putInt(1).putInt(variable.length()).put(variable.getBytes(StandardCharsets.US_ASCII));
        out.position(128 + 8 + 16 + 16 + 8 + name);
        out.putInt(9).putInt(8 * values.length);
        Arrays.stream(values).forEach(out::putDouble);
        return out.array();
    }
}
