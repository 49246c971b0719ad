package org.lamina.zoo.data.gdf;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.reader.DataRecords;
import org.lamina.zoo.data.reader.FileSamples;
import org.lamina.zoo.data.reader.RecordedSignal;
import org.lamina.zoo.data.reader.SampleType;
import org.lamina.zoo.data.reader.Voltage;

/**
 * Header of a GDF file, versions 1 and 2 (Schloegl, <a href="https://arxiv.org/abs/cs/0608052">GDF
 * - A general data format for biosignals</a>).
 *
 * @param version e.g. 1.25
 * @param recordingId recording identification
 * @param layout of the data records
 */
record GdfHeader(double version, String recordingId, DataRecords.Layout layout) {

    private static final int FIXED_BYTES = 256;
    private static final Pattern VERSION = Pattern.compile("GDF ([12]\\.\\d\\d)");

    /** First version with the fixed fields and units of GDF 2. */
    private static final double SECOND = 1.9;

    /** First version with a duration in floating point. */
    private static final double FLOAT_DURATION = 2.21;

    private static final int VOLT = 4256;
    private static final int DIMENSIONLESS = 512;

    /** Prefixes of units by their codes. */
    private static final Map<Integer, String> PREFIXES =
            Map.of(
                    0, "", 3, "kilo", 4, "mega", 16, "deci", 17, "centi", 18, "milli", 19, "micro",
                    20, "nano", 21, "pico");

    static GdfHeader read(FileChannel file, String name) throws IOException {
        ByteBuffer fixed = bytes(file, name, FIXED_BYTES);
        Matcher matcher = VERSION.matcher(text(fixed, 0, 8));
        if (!matcher.matches()) {
            throw new DataException(
                    "%s: not a GDF file of version 1 or 2 (its first 8 bytes are '%s')",
                    name, text(fixed, 0, 8));
        }
        double version = Double.parseDouble(matcher.group(1));
        boolean second = version > SECOND;
        long headerBytes =
                second ? 256L * Short.toUnsignedInt(fixed.getShort(184)) : fixed.getLong(184);
        long count =
                second
                        ? Short.toUnsignedInt(fixed.getShort(252))
                        : Integer.toUnsignedLong(fixed.getInt(252));
        long needed = FIXED_BYTES * (1 + count);
        // Optional fields may follow those of the signals
        if (count == 0 || headerBytes < needed || (!second && headerBytes > needed)) {
            throw new DataException(
                    "%s: the header has %d signals and %d bytes; it must have at least one signal,"
                            + " and 256 bytes plus 256 for each signal",
                    name, count, headerBytes);
        }
        ByteBuffer all = bytes(file, name, needed);
        long records = fixed.getLong(236);
        if (records < -1) {
            throw new DataException(
                    "%s: header field 'number of data records' is %s; it must be -1 (open), 0 or"
                            + " above",
                    name, records);
        }
        String recordingId = second ? text(fixed, 88, 64) : text(fixed, 88, 80);
        List<RecordedSignal> signals = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            signals.add(signal(name, all, (int) count, i, second));
        }
        DataRecords.Layout layout =
                new DataRecords.Layout(
                        headerBytes, records, duration(name, fixed, version), signals);
        long recordBytes = layout.recordBytes();
        if (recordBytes == 0 || recordBytes > Integer.MAX_VALUE) {
            throw new DataException(
                    "%s: header field 'samples per record': a data record of %d bytes; it must have"
                            + " 1 byte to 2 GiB",
                    name, recordBytes);
        }
        return new GdfHeader(version, recordingId, layout);
    }

    private static BigDecimal duration(String name, ByteBuffer fixed, double version) {
        if (version >= FLOAT_DURATION) {
            double seconds = fixed.getDouble(244);
            if (seconds > 0 && seconds <= 1e9) {
                return BigDecimal.valueOf(seconds);
            }
            throw badDuration(name, Double.toString(seconds));
        }
        long numerator = Integer.toUnsignedLong(fixed.getInt(244));
        long denominator = Integer.toUnsignedLong(fixed.getInt(248));
        if (numerator == 0 || denominator == 0) {
            throw badDuration(name, numerator + "/" + denominator);
        }
        return BigDecimal.valueOf(numerator)
                .divide(BigDecimal.valueOf(denominator), MathContext.DECIMAL128);
    }

    private static DataException badDuration(String name, String seconds) {
        return new DataException(
                "%s: header field 'duration of a data record' is %s s; it must be above 0",
                name, seconds);
    }

    /**
     * Fields are stored in columns: the first field of all signals, then the second of all signals
     * ...
     */
    private static RecordedSignal signal(
            String name, ByteBuffer all, int count, int i, boolean second) {
        String label = text(all, FIXED_BYTES + 16 * i, 16);
        String of = " of signal " + (i + 1) + " '" + label + "'";
        int[] columns =
                second ? new int[] {96, 102, 104, 216, 220} : new int[] {96, 104, 104, 216, 220};
        int unitBytes = columns[1] - columns[0];
        String unit = text(all, at(columns[0], unitBytes, count, i), unitBytes);
        if (second) {
            unit = unit(Short.toUnsignedInt(all.getShort(at(columns[1], 2, count, i))), unit);
        }
        double[] limits = new double[4];
        for (int field = 0; field < 4; field++) {
            int position = at(columns[2] + 8 * field, 8, count, i);
            limits[field] = second || field < 2 ? all.getDouble(position) : all.getLong(position);
        }
        int samples = all.getInt(at(columns[3], 4, count, i));
        if (samples < 0) {
            throw new DataException(
                    "%s: header field 'samples per record%s' is %d; it must be 0 or above",
                    name, of, samples);
        }
        int code = all.getInt(at(columns[4], 4, count, i));
        SampleType type = type(code);
        if (type == null) {
            throw new DataException(
                    "%s: header field 'type%s' is %d; 1 to 8, 16, 17, 279 and 535 can be read",
                    name, of, code);
        }
        String fault = fault(limits, type, Voltage.microvolts(unit));
        RecordedSignal signal =
                new RecordedSignal(
                        label, unit, limits[0], limits[1], limits[2], limits[3], samples, type,
                        null);
        return fault == null
                ? signal
                : signal.unscaled(unit, name + ": header field " + fault + of);
    }

    /** Position of a field of a signal. */
    private static int at(int before, int width, int count, int signal) {
        return FIXED_BYTES + before * count + width * signal;
    }

    private static String fault(double[] limits, SampleType type, double scale) {
        String of =
                String.format(
                        Locale.ROOT,
                        "limits: physical %s to %s, digital %s to %s",
                        limits[0],
                        limits[1],
                        limits[2],
                        limits[3]);
        double gain = (limits[1] - limits[0]) / (limits[3] - limits[2]);
        double widest = Math.abs(gain) * (type.isInteger() ? 0x1p64 : 1) * Math.max(1, scale);
        boolean valid =
                limits[2] < limits[3]
                        && gain != 0
                        && Double.isFinite(gain)
                        && widest <= Float.MAX_VALUE
                        && Math.abs(limits[0] - limits[2] * gain) * Math.max(1, scale)
                                <= Float.MAX_VALUE;
        return valid ? null : "'" + of + "', which is not a valid scale,";
    }

    private static SampleType type(int code) {
        return switch (code) {
            case 1 -> SampleType.INT8;
            case 2 -> SampleType.UINT8;
            case 3 -> SampleType.INT16;
            case 4 -> SampleType.UINT16;
            case 5 -> SampleType.INT32;
            case 6 -> SampleType.UINT32;
            case 7 -> SampleType.INT64;
            case 8 -> SampleType.UINT64;
            case 16 -> SampleType.FLOAT32;
            case 17 -> SampleType.FLOAT64;
            case 255 + 24 -> SampleType.INT24;
            case 511 + 24 -> SampleType.UINT24;
            default -> null;
        };
    }

    /**
     * Unit of a code of ISO/IEEE 11073-10101: the lower five bits are the prefix, the others the
     * unit. 0 refers to the text.
     */
    private static String unit(int code, String text) {
        if (code == 0) {
            return text;
        }
        String prefix = PREFIXES.get(code & 31);
        if ((code & ~31) == VOLT && prefix != null) {
            return prefix + "volt";
        }
        return code == DIMENSIONLESS ? "" : "code " + code;
    }

    private static String text(ByteBuffer bytes, int at, int width) {
        byte[] text = new byte[width];
        bytes.get(at, text);
        int end = 0;
        while (end < width && text[end] != 0) {
            end++;
        }
        return new String(text, 0, end, StandardCharsets.ISO_8859_1).strip();
    }

    private static ByteBuffer bytes(FileChannel file, String name, long count) throws IOException {
        if (file.size() < count) {
            throw new DataException(
                    "%s: truncated: %d bytes, the header needs %d", name, file.size(), count);
        }
        return FileSamples.bytes(file, 0, Math.toIntExact(count));
    }
}
