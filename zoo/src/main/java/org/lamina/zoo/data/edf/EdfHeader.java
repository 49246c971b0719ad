package org.lamina.zoo.data.edf;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.reader.SampleType;
import org.lamina.zoo.data.reader.Voltage;

/**
 * Header of an EDF or BDF file (layout: <a href="https://www.edfplus.info/specs/edf.html">EDF</a>,
 * <a href="https://www.edfplus.info/specs/edfplus.html">EDF+</a>, <a
 * href="https://www.biosemi.com/faq/file_format.htm">BDF</a>). Texts are trimmed, otherwise as in
 * the file.
 *
 * @param bdf true for 24-bit samples (BDF), false for 16-bit (EDF)
 * @param patient patient identification
 * @param recording recording identification
 * @param startDate {@code dd.mm.yy}
 * @param startTime {@code hh.mm.ss}
 * @param headerBytes size of the header
 * @param reserved {@code EDF+C}, {@code EDF+D}, {@code BDF+C}, {@code BDF+D}, {@code 24BIT} or
 *     another text
 * @param records number of data records that the header declares, -1 if it leaves that open
 * @param recordSeconds duration of a data record
 * @param signals the signals, annotations among them
 */
public record EdfHeader(
        boolean bdf,
        String patient,
        String recording,
        String startDate,
        String startTime,
        int headerBytes,
        String reserved,
        long records,
        double recordSeconds,
        List<EdfSignal> signals) {

    static final int FIXED_BYTES = 256;
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,3})?");

    /** Copies the list. */
    public EdfHeader {
        signals = List.copyOf(signals);
    }

    /**
     * @return whether data records may have gaps between them
     */
    public boolean isDiscontinuous() {
        return reserved.startsWith("EDF+D") || reserved.startsWith("BDF+D");
    }

    /**
     * @return whether there are no samples, as in a file of sleep stages
     */
    public boolean isAnnotationsOnly() {
        return signals.stream().allMatch(EdfSignal::isAnnotations);
    }

    /**
     * @return bytes of one sample
     */
    public int bytesPerSample() {
        return sampleType().bytes();
    }

    SampleType sampleType() {
        return bdf ? SampleType.INT24 : SampleType.INT16;
    }

    /**
     * @return bytes of one data record
     */
    public int recordBytes() {
        int samples = 0;
        for (EdfSignal signal : signals) {
            samples += signal.samplesPerRecord();
        }
        return samples * bytesPerSample();
    }

    /**
     * @param signal index of the signal
     * @return samples per second
     */
    public double rate(int signal) {
        // In decimal, as the header has it: 1100 samples in 1.1 s are 1000 Hz, not
        // 999.9999999999999
        return BigDecimal.valueOf(signals.get(signal).samplesPerRecord())
                .divide(BigDecimal.valueOf(recordSeconds), MathContext.DECIMAL64)
                .doubleValue();
    }

    /** Reads the fields of a header that names its own size, see {@link #sizeOf}. */
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
        List<EdfSignal> signals = signals(fields, count, bdf);
        long recordBytes = 0;
        for (EdfSignal signal : signals) {
            recordBytes += (long) signal.samplesPerRecord() * (bdf ? 3 : 2);
            if (seconds == 0 && !signal.isAnnotations()) {
                throw new DataException(
                        "%s: header field 'duration of a data record' is 0, but signal '%s' has"
                                + " samples; it must be above 0",
                        file, signal.label());
            }
        }
        if (recordBytes > Integer.MAX_VALUE) {
            throw new DataException(
                    "%s: header field 'samples per record': a data record of %d bytes is larger"
                            + " than the 2 GiB allowed",
                    file, recordBytes);
        }
        return new EdfHeader(
                bdf,
                patient,
                recording,
                date,
                time,
                headerBytes,
                reserved,
                records,
                seconds,
                signals);
    }

    private static List<EdfSignal> signals(Fields fields, int n, boolean bdf) {
        String[] labels = fields.texts(n, 16);
        String[] transducers = fields.texts(n, 80);
        String[] units = fields.texts(n, 8);
        String[] physicalMin = fields.texts(n, 8);
        String[] physicalMax = fields.texts(n, 8);
        String[] digitalMin = fields.texts(n, 8);
        String[] digitalMax = fields.texts(n, 8);
        String[] prefilters = fields.texts(n, 80);
        String[] samples = fields.texts(n, 8);
        int limit = bdf ? 1 << 23 : 1 << 15;
        List<EdfSignal> signals = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            String of = " of signal " + (i + 1) + " '" + labels[i] + "'";
            int perRecord =
                    fields.integer("samples per record" + of, samples[i], 1, Integer.MAX_VALUE);
            int low = -limit;
            int high = limit - 1;
            double from = low;
            double to = high;
            String unit = units[i];
            String fault = null;
            try {
                // EDF+ wants the full range here for annotations too; many writers leave it out
                if (!EdfSignal.isAnnotations(labels[i])) {
                    // Some writers declare digital ranges one step wider than the samples can hold
                    low = fields.integer("digital minimum" + of, digitalMin[i], -limit, limit);
                    high = fields.integer("digital maximum" + of, digitalMax[i], -limit, limit);
                    from = fields.number("physical minimum" + of, physicalMin[i]);
                    to = fields.number("physical maximum" + of, physicalMax[i]);
                    if (low >= high) {
                        throw fields.error(
                                "digital maximum" + of,
                                digitalMax[i],
                                "it must be above the digital minimum " + low);
                    }
                    if (from == to) {
                        throw fields.error(
                                "physical maximum" + of,
                                physicalMax[i],
                                "it must differ from the physical minimum");
                    }
                    double scale = Voltage.microvolts(unit);
                    double gain = (to - from) / ((double) high - low);
                    double widest =
                            Math.max(
                                    Math.abs(from + (-limit - low) * gain),
                                    Math.abs(from + (limit - 1 - low) * gain));
                    if (!(widest * (scale == 0 ? 1 : scale) <= Float.MAX_VALUE)) {
                        boolean below = Math.abs(from) > Math.abs(to);
                        throw fields.error(
                                (below ? "physical minimum" : "physical maximum") + of,
                                below ? physicalMin[i] : physicalMax[i],
                                "it is too large");
                    }
                }
            } catch (DataException e) {
                // No matter as long as nobody asks for this signal: many files have unused ones.
                fault = e.getMessage();
                unit = EdfSignal.UNSCALED;
                low = -limit;
                high = limit - 1;
                from = low;
                to = high;
            }
            signals.add(
                    new EdfSignal(
                            labels[i],
                            transducers[i],
                            unit,
                            from,
                            to,
                            low,
                            high,
                            prefilters[i],
                            perRecord,
                            fault));
        }
        return signals;
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

    /** Takes fields of fixed width one after the other. */
    private static final class Fields {
        private final String file;
        private final byte[] bytes;
        private int position;

        Fields(String file, byte[] bytes) {
            this.file = file;
            this.bytes = bytes;
        }

        String text(int width) {
            // Latin-1 because headers that hold more than ASCII mostly hold a micro sign
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
                    "%s: header field '%s' is '%s'; %s", file, field, printable(text), allowed);
        }

        private static String printable(String text) {
            return text.replaceAll("\\p{Cntrl}", "?");
        }
    }
}
