package org.lamina.zoo.data.reader;

import java.nio.ByteBuffer;

/** Data types of stored samples; the byte order is that of the buffer. */
public enum SampleType {
    /** Signed, 8 bits. */
    INT8(1, (bytes, at) -> bytes.get(at)),
    /** Unsigned, 8 bits. */
    UINT8(1, (bytes, at) -> bytes.get(at) & 0xFF),
    /** Signed, 16 bits. */
    INT16(2, (bytes, at) -> bytes.getShort(at)),
    /** Unsigned, 16 bits. */
    UINT16(2, (bytes, at) -> bytes.getShort(at) & 0xFFFF),
    /** Signed, 24 bits, little endian. */
    INT24(3, (bytes, at) -> bytes.get(at + 2) << 16 | low16(bytes, at)),
    /** Unsigned, 24 bits, little endian. */
    UINT24(3, (bytes, at) -> (bytes.get(at + 2) & 0xFF) << 16 | low16(bytes, at)),
    /** Signed, 32 bits. */
    INT32(4, (bytes, at) -> bytes.getInt(at)),
    /** Unsigned, 32 bits. */
    UINT32(4, (bytes, at) -> Integer.toUnsignedLong(bytes.getInt(at))),
    /** Signed, 64 bits. */
    INT64(8, (bytes, at) -> bytes.getLong(at)),
    /** Unsigned, 64 bits. */
    UINT64(8, (bytes, at) -> unsigned(bytes.getLong(at))),
    /** IEEE 754, single precision. */
    FLOAT32(4, (bytes, at) -> bytes.getFloat(at)),
    /** IEEE 754, double precision. */
    FLOAT64(8, (bytes, at) -> bytes.getDouble(at));

    private final int bytes;
    private final Reading reading;

    SampleType(int bytes, Reading reading) {
        this.bytes = bytes;
        this.reading = reading;
    }

    private interface Reading {
        double value(ByteBuffer bytes, int at);
    }

    /**
     * @return bytes of a sample
     */
    public int bytes() {
        return bytes;
    }

    /**
     * @return whether samples are whole numbers
     */
    public boolean isInteger() {
        return this != FLOAT32 && this != FLOAT64;
    }

    /**
     * @param bytes buffer with samples
     * @param at index of a sample's first byte
     * @return its value
     */
    public double value(ByteBuffer bytes, int at) {
        return reading.value(bytes, at);
    }

    private static double unsigned(long value) {
        return value >= 0 ? value : value + 0x1p64;
    }

    private static int low16(ByteBuffer bytes, int at) {
        return (bytes.get(at + 1) & 0xFF) << 8 | bytes.get(at) & 0xFF;
    }
}
