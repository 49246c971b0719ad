package org.lamina.zoo.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads recordings from comma-separated text, plain or gzip ({@code .gz}): a header line with
 * names, a column of times in seconds, one column a channel in microvolt, and a marker column that
 * is 0 (or empty) except where an event begins.
 *
 * <p>Samples are taken as equally spaced: times serve to estimate the sampling rate (the median
 * slope over half the recording, so that jitter does not matter; rounded to a whole number that is
 * within 0.2 %) and to find gaps. Where time jumps by more than a second (or ten samples, if that
 * is longer) a new recording begins.
 *
 * @param timeColumn name of the time column; {@code null} for {@code timestamps}, {@code
 *     timestamp}, {@code time} or {@code t}
 * @param markerColumn name of the marker column; {@code null} for one that is called {@code
 *     trigger}, {@code stim}, {@code event} or begins with {@code marker}, if there is one
 * @param samplingRate in Hz; 0 means estimate it from the times
 */
public record CsvRecordingReader(String timeColumn, String markerColumn, double samplingRate)
        implements Serializable {
    private static final Logger log = LoggerFactory.getLogger(CsvRecordingReader.class);
    private static final Set<String> TIME_NAMES = Set.of("timestamps", "timestamp", "time", "t");
    private static final Set<String> MARKER_NAMES = Set.of("trigger", "stim", "event");

    /** A reader that finds the columns by their usual names and estimates the sampling rate. */
    public CsvRecordingReader() {
        this(null, null, 0);
    }

    /** Checks the rate. */
    public CsvRecordingReader {
        if (!(samplingRate >= 0) || Double.isInfinite(samplingRate)) {
            throw new DataException(
                    "Sampling rate " + samplingRate + " Hz must be 0 (estimate) or above");
        }
    }

    /**
     * Reads a file as its continuous pieces, of which a file without gaps has one.
     *
     * @param path of the file
     * @param channels columns to keep, in this order, compared by {@link Recording#canonical};
     *     empty means all but time and marker
     * @return one recording per piece
     * @throws DataException if columns are missing or a line cannot be understood; names the line
     * @throws IOException if reading fails
     */
    public List<Recording> segments(Path path, List<String> channels) throws IOException {
        return segments(path, channels, note -> log.warn("{}: {}", path.getFileName(), note));
    }

    /**
     * @param notes is told what is passed over or repaired, without the file's name
     */
    List<Recording> segments(Path path, List<String> channels, Consumer<String> notes)
            throws IOException {
        String file = String.valueOf(path.getFileName());
        CSVFormat format =
                CSVFormat.DEFAULT
                        .builder()
                        .setHeader()
                        .setSkipHeaderRecord(true)
                        .setTrim(true)
                        .setIgnoreEmptyLines(true)
                        .get();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path));
                InputStream plain =
                        file.toLowerCase(Locale.ROOT).endsWith(".gz")
                                ? new GZIPInputStream(in)
                                : in;
                Reader reader = new InputStreamReader(plain, StandardCharsets.UTF_8);
                CSVParser parser = CSVParser.parse(reader, format)) {
            Table table = new Table(file, parser.getHeaderNames(), channels);
            for (CSVRecord line : parser) {
                // The parser counts lines read; a record without quoted line breaks is one line
                table.add(line, parser.getCurrentLineNumber());
            }
            return table.segments();
        } catch (UncheckedIOException e) {
            throw new DataException(file + ": " + e.getCause().getMessage(), e);
        } catch (DataException e) {
            throw e;
        } catch (IllegalStateException | IllegalArgumentException e) {
            // The parser's words on a header that it cannot use or a quote that is not closed.
            throw new DataException(file + ": " + e.getMessage(), e);
        }
    }

    /** The columns read so far. */
    private final class Table {
        private final String file;
        private final List<String> header;
        private final int time;
        private final int marker;
        private final int[] columns;
        private final List<String> names = new ArrayList<>();
        private final float[][] samples;
        private double[] times = new double[1024];
        private final List<Integer> markerAt = new ArrayList<>();
        private final List<String> markerIs = new ArrayList<>();
        private String lastMarker = "0";
        private int rows;

        Table(String file, List<String> columnNames, List<String> wanted) {
            this.file = file;
            this.header = new ArrayList<>(columnNames);
            if (!header.isEmpty()) {
                header.set(0, header.get(0).replace("\ufeff", ""));
            }
            this.time = find(timeColumn, "time", TIME_NAMES, "\0");
            this.marker = find(markerColumn, "marker", MARKER_NAMES, "marker");
            if (time < 0 && samplingRate == 0) {
                throw new DataException(
                        String.format(
                                "%s: no time column (%s) and no sampling rate given; columns: %s",
                                file,
                                String.join(", ", new java.util.TreeSet<>(TIME_NAMES)),
                                String.join(", ", header)));
            }
            List<String> available = new ArrayList<>();
            List<Integer> availableAt = new ArrayList<>();
            for (int i = 0; i < header.size(); i++) {
                if (i != time && i != marker) {
                    available.add(header.get(i));
                    availableAt.add(i);
                }
            }
            if (available.isEmpty()) {
                throw new DataException(
                        file + ": no channel columns; columns: " + String.join(", ", header));
            }
            int[] picked =
                    Recording.indicesOf(file, available, wanted.isEmpty() ? available : wanted);
            this.columns = new int[picked.length];
            for (int i = 0; i < picked.length; i++) {
                columns[i] = availableAt.get(picked[i]);
                names.add(available.get(picked[i]));
            }
            this.samples = new float[columns.length][1024];
        }

        private int find(String name, String role, Set<String> usual, String usualStart) {
            int found = -1;
            for (int i = 0; i < header.size(); i++) {
                String column = header.get(i).strip().toLowerCase(Locale.ROOT);
                boolean matches =
                        name != null
                                ? column.equals(name.strip().toLowerCase(Locale.ROOT))
                                : usual.contains(column) || column.startsWith(usualStart);
                if (matches) {
                    if (found >= 0) {
                        throw new DataException(
                                String.format(
                                        "%s: two %s columns, '%s' and '%s'; name one",
                                        file, role, header.get(found), header.get(i)));
                    }
                    found = i;
                }
            }
            if (found < 0 && name != null) {
                throw new DataException(
                        String.format(
                                "%s: no %s column '%s'; columns: %s",
                                file, role, name, String.join(", ", header)));
            }
            return found;
        }

        void add(CSVRecord line, long number) {
            if (line.size() != header.size()) {
                throw new DataException(
                        String.format(
                                "%s line %d: %d values, the header names %d columns",
                                file, number, line.size(), header.size()));
            }
            if (rows == times.length) {
                int capacity = rows + (rows >> 1);
                times = Arrays.copyOf(times, capacity);
                for (int c = 0; c < samples.length; c++) {
                    samples[c] = Arrays.copyOf(samples[c], capacity);
                }
            }
            for (int c = 0; c < columns.length; c++) {
                samples[c][rows] = (float) number(line, columns[c], number);
            }
            if (time >= 0) {
                times[rows] = number(line, time, number);
            }
            if (marker >= 0) {
                String value = markerOf(line.get(marker));
                if (!value.equals("0") && !value.equals(lastMarker)) {
                    markerAt.add(rows);
                    markerIs.add(value);
                }
                lastMarker = value;
            }
            rows++;
        }

        /** A marker as label: 1 and 1.0 are the same, nothing is 0. */
        private String markerOf(String text) {
            if (text.isBlank()) {
                return "0";
            }
            try {
                double value = Double.parseDouble(text);
                return value == Math.rint(value) && Math.abs(value) < 1e15
                        ? Long.toString((long) value)
                        : text;
            } catch (NumberFormatException e) {
                return text;
            }
        }

        private double number(CSVRecord line, int column, long number) {
            String text = line.get(column);
            double value;
            try {
                value = Double.parseDouble(text);
            } catch (NumberFormatException e) {
                value = Double.NaN;
            }
            if (!Double.isFinite(value)) {
                throw new DataException(
                        String.format(
                                "%s line %d, column '%s': '%s' is not a number",
                                file, number, header.get(column), text));
            }
            return value;
        }

        List<Recording> segments() {
            if (rows < 2) {
                throw new DataException(file + ": " + rows + " lines of samples, 2 are needed");
            }
            List<int[]> pieces = pieces();
            double rate = samplingRate > 0 ? samplingRate : estimateRate(pieces);
            List<Recording> segments = new ArrayList<>();
            for (int[] piece : pieces) {
                segments.add(segment(piece[0], piece[1], rate));
            }
            return segments;
        }

        /** First (inclusive) and last (exclusive) row of each piece without a jump in time. */
        private List<int[]> pieces() {
            List<int[]> pieces = new ArrayList<>();
            int start = 0;
            if (time >= 0) {
                double[] steps = new double[rows - 1];
                for (int i = 0; i < steps.length; i++) {
                    steps[i] = times[i + 1] - times[i];
                }
                double[] sorted = steps.clone();
                Arrays.sort(sorted);
                double jump = Math.max(1, 10 * sorted[sorted.length / 2]);
                for (int i = 0; i < steps.length; i++) {
                    if (Math.abs(steps[i]) > jump) {
                        pieces.add(new int[] {start, i + 1});
                        start = i + 1;
                    }
                }
            }
            pieces.add(new int[] {start, rows});
            return pieces;
        }

        private Recording segment(int start, int end, double rate) {
            float[][] piece = new float[samples.length][];
            for (int c = 0; c < piece.length; c++) {
                piece[c] = Arrays.copyOfRange(samples[c], start, end);
            }
            List<Event> events = new ArrayList<>();
            for (int i = 0; i < markerAt.size(); i++) {
                int at = markerAt.get(i);
                if (at >= start && at < end) {
                    events.add(new Event((at - start) / rate, Double.NaN, markerIs.get(i)));
                }
            }
            return new Recording(file, file, rate, names, "uV", piece, events)
                    .withStart(start == 0 ? 0 : times[start] - times[0]);
        }

        /** From the longest piece. */
        private double estimateRate(List<int[]> pieces) {
            int[] longest = pieces.get(0);
            for (int[] piece : pieces) {
                longest = piece[1] - piece[0] > longest[1] - longest[0] ? piece : longest;
            }
            int length = longest[1] - longest[0];
            int lag = length / 2;
            double[] slopes = new double[length - lag];
            for (int i = 0; i < slopes.length; i++) {
                int at = longest[0] + i;
                // A piece of one row has lag 0 and so slope NaN
                slopes[i] = (times[at + lag] - times[at]) / lag;
            }
            Arrays.sort(slopes);
            double rate = 1 / slopes[slopes.length / 2];
            if (!(rate > 0) || Double.isInfinite(rate)) {
                throw new DataException(
                        String.format(
                                "%s: column '%s' does not increase, the sampling rate cannot be"
                                        + " estimated from it; give the rate",
                                file, header.get(time)));
            }
            double whole = Math.rint(rate);
            return whole > 0 && Math.abs(whole / rate - 1) < 0.002 ? whole : rate;
        }
    }
}
