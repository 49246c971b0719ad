package org.lamina.zoo.data.gdf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Writes small GDF files field by field, right ones and, on purpose, wrong ones. */
public final class GdfWriter {
    /** Codes of types in the format. */
    public static final int INT8 = 1;

    public static final int UINT8 = 2;
    public static final int INT16 = 3;
    public static final int UINT16 = 4;
    public static final int INT32 = 5;
    public static final int UINT32 = 6;
    public static final int INT64 = 7;
    public static final int UINT64 = 8;
    public static final int FLOAT32 = 16;
    public static final int FLOAT64 = 17;
    public static final int INT24 = 279;
    public static final int UINT24 = 535;

    private record Signal(
            String label,
            String unit,
            int unitCode,
            double physicalMin,
            double physicalMax,
            double digitalMin,
            double digitalMax,
            int perRecord,
            int type) {}

    private final double version;
    private int numerator = 1;
    private int denominator = 1;
    private double seconds = 1;
    private long declared = Long.MIN_VALUE;
    private final List<Signal> signals = new ArrayList<>();
    private final List<double[][]> records = new ArrayList<>();
    private final List<long[]> events = new ArrayList<>();
    private int mode = 3;
    private double eventRate;
    private boolean table = true;
    private int tagBytes;

    public GdfWriter(double version) {
        this.version = version;
    }

    /** Duration of a record. */
    public GdfWriter duration(int over, int under) {
        numerator = over;
        denominator = under;
        seconds = (double) over / under;
        return this;
    }

    /** Number of records in the header, in place of the right one. */
    public GdfWriter declared(long number) {
        declared = number;
        return this;
    }

    /** Header 3, which GDF 2 may have. */
    public GdfWriter tags(int bytes) {
        tagBytes = bytes;
        return this;
    }

    public GdfWriter signal(
            String label,
            String unit,
            int unitCode,
            double[] physical,
            double[] digital,
            int perRecord,
            int type) {
        signals.add(
                new Signal(
                        label,
                        unit,
                        unitCode,
                        physical[0],
                        physical[1],
                        digital[0],
                        digital[1],
                        perRecord,
                        type));
        return this;
    }

    /** In microvolt, a step each. */
    public GdfWriter plain(String label, int perRecord) {
        double[] limits = {-32768, 32767};
        return signal(label, "uV", 4275, limits, limits, perRecord, INT16);
    }

    /** Stored values of each signal. */
    public GdfWriter record(double[]... values) {
        records.add(values);
        return this;
    }

    public GdfWriter events(int tableMode, double rate) {
        mode = tableMode;
        eventRate = rate;
        return this;
    }

    public GdfWriter noTable() {
        table = false;
        return this;
    }

    /** Position counts from 1, as in the file. */
    public GdfWriter event(long position, int code, int channel, long duration) {
        events.add(new long[] {position, code, channel, duration});
        return this;
    }

    public byte[] bytes() {
        int n = signals.size();
        boolean second = version > 1.9;
        int size = 256 * (n + 1) + tagBytes;
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        put(out, String.format(Locale.ROOT, "GDF %.2f", version), 8);
        if (second) {
            put(out, "P01 X", 66);
            out.position(88);
            put(out, "a recording", 64);
            out.position(184);
            out.putShort((short) (size / 256));
        } else {
            put(out, "P01 X", 80);
            put(out, "a recording", 80);
            put(out, "2008010112000000", 16);
            out.putLong(size);
        }
        out.position(236);
        out.putLong(declared == Long.MIN_VALUE ? records.size() : declared);
        if (version >= 2.21) {
            out.putDouble(seconds);
        } else {
            out.putInt(numerator).putInt(denominator);
        }
        if (second) {
            out.putShort((short) n).putShort((short) 0);
        } else {
            out.putInt(n);
        }
        each(s -> put(out, s.label(), 16));
        each(s -> put(out, "electrode", 80));
        if (second) {
            each(s -> put(out, s.unit(), 6));
            each(s -> out.putShort((short) s.unitCode()));
        } else {
            each(s -> put(out, s.unit(), 8));
        }
        each(s -> out.putDouble(s.physicalMin()));
        each(s -> out.putDouble(s.physicalMax()));
        for (int limit = 0; limit < 2; limit++) {
            int which = limit;
            each(
                    s -> {
                        double value = which == 0 ? s.digitalMin() : s.digitalMax();
                        if (second) {
                            out.putDouble(value);
                        } else {
                            out.putLong((long) value);
                        }
                    });
        }
        each(s -> put(out, "filter", second ? 68 : 80));
        if (second) {
            each(s -> out.putFloat(100));
            each(s -> out.putFloat(0.5f));
            each(s -> out.putFloat(50));
        }
        each(s -> out.putInt(s.perRecord()));
        each(s -> out.putInt(s.type()));
        out.position(size);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(out.array());
        for (double[][] record : records) {
            for (int s = 0; s < n; s++) {
                for (double value : record[s]) {
                    all.writeBytes(stored(value, signals.get(s).type()));
                }
            }
        }
        if (table) {
            all.writeBytes(table());
        }
        return all.toByteArray();
    }

    private byte[] table() {
        ByteBuffer out = ByteBuffer.allocate(8 + 12 * events.size());
        out.order(ByteOrder.LITTLE_ENDIAN);
        if (version < 1.94) {
            out.putInt(mode | (int) eventRate << 8).putInt(events.size());
        } else {
            out.putInt(mode | events.size() << 8).putFloat((float) eventRate);
        }
        events.forEach(e -> out.putInt((int) e[0]));
        events.forEach(e -> out.putShort((short) e[1]));
        if (mode == 3) {
            events.forEach(e -> out.putShort((short) e[2]));
            events.forEach(e -> out.putInt((int) e[3]));
        }
        byte[] used = new byte[out.position()];
        out.get(0, used);
        return used;
    }

    public static int width(int type) {
        return switch (type) {
            case INT8, UINT8 -> 1;
            case INT16, UINT16 -> 2;
            case INT24, UINT24 -> 3;
            case INT32, UINT32, FLOAT32 -> 4;
            default -> 8;
        };
    }

    private static byte[] stored(double value, int type) {
        long bits =
                switch (type) {
                    case FLOAT32 -> Float.floatToIntBits((float) value);
                    case FLOAT64 -> Double.doubleToLongBits(value);
                    case UINT64 -> new java.math.BigDecimal(value).toBigInteger().longValue();
                    default -> (long) value;
                };
        byte[] bytes = new byte[width(type)];
        for (int b = 0; b < bytes.length; b++) {
            bytes[b] = (byte) (bits >> (8 * b));
        }
        return bytes;
    }

    public Path write(Path file) throws IOException {
        return Files.write(file, bytes());
    }

    private void each(Consumer<Signal> field) {
        signals.forEach(field);
    }

    private static void put(ByteBuffer out, String text, int width) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length > width) {
            throw new IllegalArgumentException("'" + text + "' exceeds " + width + " bytes");
        }
        int end = out.position() + width;
        out.put(bytes);
        while (out.position() < end) {
            out.put((byte) 0);
        }
    }
}
