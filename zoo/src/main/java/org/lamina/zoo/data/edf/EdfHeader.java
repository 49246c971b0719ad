package org.lamina.zoo.data.edf;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.reader.DataRecords;
import org.lamina.zoo.data.reader.RecordedSignal;
import org.lamina.zoo.data.reader.SampleType;
import org.lamina.zoo.data.reader.Voltage;

/**
 * Header of an EDF or BDF file (layout: <a href="https://www.edfplus.info/specs/edf.html">EDF</a>,
 * <a href="https://www.edfplus.info/specs/edfplus.html">EDF+</a>, <a
 * href="https://www.biosemi.com/faq/file_format.htm">BDF</a>). Texts are trimmed but otherwise as
 * in the file.
 *
 * @param bdf true for 24-bit samples (BDF), false for 16-bit (EDF)
 * @param patient patient identification
 * @param recording recording identification
 * @param startDate {@code dd.mm.yy}
 * @param startTime {@code hh.mm.ss}
 * @param reserved {@code EDF+C}, {@code EDF+D}, {@code BDF+C}, {@code BDF+D}, {@code 24BIT} or
 *     another text
 * @param layout of the data records; its signals include those of annotations
 */
public record EdfHeader(
        boolean bdf,
        String patient,
        String recording,
        String startDate,
        String startTime,
        String reserved,
        DataRecords.Layout layout) {

    /** Unit of signals without a valid scale in the header. */
    public static final String UNSCALED = "unscaled";

    static final int FIXED_BYTES = 256;
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,3})?");

    /**
     * @param signal one of the signals
     * @return whether its bytes are annotations, not samples
     */
    public static boolean isAnnotations(RecordedSignal signal) {
        return signal.label().equals("EDF Annotations") || signal.label().equals("BDF Annotations");
    }

    /**
     * @return whether there may be gaps between data records
     */
    public boolean isDiscontinuous() {
        return reserved.startsWith("EDF+D") || reserved.startsWith("BDF+D");
    }

    /**
     * @return whether the file has no samples, like one with sleep stages only
     */
    public boolean isAnnotationsOnly() {
        return layout.signals().stream().allMatch(EdfHeader::isAnnotations);
    }

    /**
     * @return duration of a data record in seconds
     */
    public double recordSeconds() {
        return layout.seconds().doubleValue();
    }

    /** Parses a whole header, of the size given by {@link #sizeOf}. */
    static EdfHeader parse(String file, byte[] bytes) {
        Fields fields = new Fields(file, bytes);
        boolean bdf = isBdf(file, fields.text(8));
        String patient = fields.text(80);
        String recording = fields.text(80);
        String date = fields.text(8);
        String time = fields.text(8);
        int headerBytes = fields.integer("header bytes", 8, 0, Integer.MAX_VALUE);
        String reserved = fields.text(44);
        int records = fields.integer("number of data records", 8, -1, Integer.MAX_VALUE);
        double seconds = fields.number("duration of a data record", 8);
        int count = fields.integer("number of signals", 4, 1, 9999);
        if (headerBytes != bytes.length) {
            throw new DataException(
                    "%s: header field 'header bytes' is %d; %d signals need %d",
                    file, headerBytes, count, bytes.length);
        }
        if (seconds < 0) {
            throw new DataException(
                    "%s: header field 'duration of a data record' is %s; it must not be negative",
                    file, seconds);
        }
        DataRecords.Layout layout =
                new DataRecords.Layout(
                        headerBytes,
                        records,
                        BigDecimal.valueOf(seconds),
                        signals(fields, count, bdf ? SampleType.INT24 : SampleType.INT16));
        for (RecordedSignal signal : layout.signals()) {
            if (seconds == 0 && !isAnnotations(signal)) {
                throw new DataException(
                        "%s: header field 'duration of a data record' is 0, but signal '%s' has"
                                + " samples; it must be above 0",
                        file, signal.label());
            }
        }
        if (layout.recordBytes() > Integer.MAX_VALUE) {
            throw new DataException(
                    "%s: header field 'samples per record': a data record of %d bytes is larger"
                            + " than the 2 GiB allowed",
                    file, layout.recordBytes());
        }
        return new EdfHeader(bdf, patient, recording, date, time, reserved, layout);
    }

    private static List<RecordedSignal> signals(Fields fields, int n, SampleType type) {
        String[] labels = fields.texts(n, 16);
        fields.texts(n, 80); // Transducers
        String[] units = fields.texts(n, 8);
        // Physical minimum and maximum, digital minimum and maximum
        String[][] limits = new String[4][];
        for (int i = 0; i < 4; i++) {
            limits[i] = fields.texts(n, 8);
        }
        fields.texts(n, 80); // Prefilters
        String[] samples = fields.texts(n, 8);
        List<RecordedSignal> signals = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            String of = " of signal " + (i + 1) + " '" + labels[i] + "'";
            int perRecord =
                    fields.integer("samples per record" + of, samples[i], 1, Integer.MAX_VALUE);
            RecordedSignal plain =
                    new RecordedSignal(labels[i], units[i], 0, 1, 0, 1, perRecord, type, null);
            if (isAnnotations(plain)) {
                // EDF+ demands the full range here too, but many writers omit it
                signals.add(plain.unscaled("", null));
                continue;
            }
            try {
                signals.add(
                        scaled(
                                plain,
                                fields,
                                of,
                                limits[0][i],
                                limits[1][i],
                                limits[2][i],
                                limits[3][i]));
            } catch (DataException e) {
                // Matters only if this signal is selected: many files have unused ones
                signals.add(plain.unscaled(UNSCALED, e.getMessage()));
            }
        }
        return signals;
    }

    /** The signal with the scale that its fields give. */
    private static RecordedSignal scaled(
            RecordedSignal signal,
            Fields fields,
            String of,
            String physicalMin,
            String physicalMax,
            String digitalMin,
            String digitalMax) {
        int limit = 1 << (8 * signal.type().bytes() - 1);
        // Some writers declare digital ranges one step wider than the samples can hold
        int low = fields.integer("digital minimum" + of, digitalMin, -limit, limit);
        int high = fields.integer("digital maximum" + of, digitalMax, -limit, limit);
        double from = fields.number("physical minimum" + of, physicalMin);
        double to = fields.number("physical maximum" + of, physicalMax);
        if (low >= high) {
            throw fields.error(
                    "digital maximum" + of,
                    digitalMax,
                    "it must be above the digital minimum " + low);
        }
        if (from == to) {
            throw fields.error(
                    "physical maximum" + of,
                    physicalMax,
                    "it must differ from the physical minimum");
        }
        RecordedSignal scaled =
                new RecordedSignal(
                        signal.label(),
                        signal.unit(),
                        from,
                        to,
                        low,
                        high,
                        signal.samplesPerRecord(),
                        signal.type(),
                        null);
        double widest =
                Math.max(
                        Math.abs(scaled.toPhysical(-limit)),
                        Math.abs(scaled.toPhysical(limit - 1)));
        double microvolts = Voltage.microvolts(signal.unit());
        if (!(widest * (microvolts == 0 ? 1 : microvolts) <= Float.MAX_VALUE)) {
            boolean below = Math.abs(from) > Math.abs(to);
            throw fields.error(
                    (below ? "physical minimum" : "physical maximum") + of,
                    below ? physicalMin : physicalMax,
                    "it is too large");
        }
        return scaled;
    }

    /** Size of the whole header, from its first {@link #FIXED_BYTES}. */
    static int sizeOf(String file, byte[] fixed) {
        Fields fields = new Fields(file, fixed);
        isBdf(file, fields.text(8));
        fields.position = 252;
        return FIXED_BYTES * (1 + fields.integer("number of signals", 4, 1, 9999));
    }

    private static boolean isBdf(String file, String version) {
        if (version.equals("0")) {
            return false;
        }
        if (version.equals("\u00ffBIOSEMI")) {
            return true;
        }
        throw new DataException(
                "%s: not an EDF or BDF file (its first 8 bytes are neither '0' nor a BioSemi mark)",
                file);
    }

    /** Reads consecutive fields of fixed width. */
    private static final class Fields {
        private final String file;
        private final byte[] bytes;
        private int position;

        Fields(String file, byte[] bytes) {
            this.file = file;
            this.bytes = bytes;
        }

        String text(int width) {
            // Headers with more than ASCII mostly have a micro sign in Latin-1
            String text =
                    new String(bytes, position, width, StandardCharsets.ISO_8859_1)
                            .replace('\0', ' ');
            position += width;
            return text.strip();
        }

        String[] texts(int count, int width) {
            String[] texts = new String[count];
            for (int i = 0; i < count; i++) {
                texts[i] = text(width);
            }
            return texts;
        }

        int integer(String field, int width, int min, int max) {
            return integer(field, text(width), min, max);
        }

        int integer(String field, String text, int min, int max) {
            double value = number(field, text);
            if (value != Math.rint(value) || value < min || value > max) {
                throw error(
                        field,
                        text,
                        max == Integer.MAX_VALUE
                                ? "it must be a whole number from " + min
                                : "it must be a whole number from " + min + " to " + max);
            }
            return (int) value;
        }

        double number(String field, int width) {
            return number(field, text(width));
        }

        double number(String field, String text) {
            if (!NUMBER.matcher(text).matches()) {
                throw error(field, text, "it must be a number");
            }
            double value = Double.parseDouble(text);
            if (Double.isInfinite(value)) {
                throw error(field, text, "it is too large");
            }
            return value;
        }

        DataException error(String field, String text, String allowed) {
            return new DataException(
                    "%s: header field '%s' is '%s'; %s", file, field, text, allowed);
        }
    }
}
