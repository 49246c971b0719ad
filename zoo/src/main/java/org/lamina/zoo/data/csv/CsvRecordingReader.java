package org.lamina.zoo.data.csv;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
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
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.lamina.zoo.data.BoundedGzip;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.NameList;
import org.lamina.zoo.data.RegularFile;
import org.lamina.zoo.data.reader.StimulusChannel;
import org.lamina.zoo.data.reader.StimulusCodes;
import org.lamina.zoo.data.reader.Voltage;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads recordings from comma-separated text, plain or gzip ({@code .gz}): a header line with
 * names, a column of times in seconds, one column a channel, and a marker column that is 0 (or
 * empty, {@code NA}, {@code NaN}, {@code null}, {@code none}) except where an event begins. A name
 * may end in a unit of voltage in brackets ({@code C3 (mV)}), otherwise samples are in microvolt.
 * Other columns that are called like stimulus channels (see {@link StimulusChannel}) are left out
 * unless asked for.
 *
 * <p>Samples are taken as equally spaced: times serve to estimate the sampling rate (the median
 * slope over half the recording, so that jitter does not matter; rounded to a whole number that is
 * within 0.2 %) and to find gaps. After a gap a new recording begins. Times that go backwards by
 * more than jitter explains are an error.
 *
 * @param timeColumn name of the time column; {@code null} for {@code timestamps}, {@code
 *     timestamp}, {@code time} or {@code t}
 * @param markerColumn name of the marker column; {@code null} for one that is called {@code
 *     trigger}, {@code stim}, {@code event} or begins with {@code marker}, otherwise for one that
 *     is called like a stimulus channel, if there is one
 * @param samplingRate in Hz; 0 means estimate it from the times
 */
public record CsvRecordingReader(String timeColumn, String markerColumn, double samplingRate)
        implements Serializable {
    private static final Logger log = LoggerFactory.getLogger(CsvRecordingReader.class);
    private static final Set<String> TIME_NAMES = Set.of("timestamps", "timestamp", "time", "t");
    private static final Set<String> MARKER_NAMES = Set.of("trigger", "stim", "event");
    private static final Set<String> NO_MARKER =
            Set.of("", "na", "n/a", "#n/a", "<na>", "nan", "null", "none", "nil");

    private static final Pattern CODE = Pattern.compile("\\d{1,9}");

    private static final Pattern WITH_UNIT =
            Pattern.compile("(?<name>.*\\S)\\s*[(\\[](?<unit>[^()\\[\\]]+)[)\\]]");

    /** A reader that finds the columns by their usual names and estimates the sampling rate. */
    public CsvRecordingReader() {
        this(null, null, 0);
    }

    /** Checks the rate. */
    public CsvRecordingReader {
        if (!(samplingRate >= 0) || Double.isInfinite(samplingRate)) {
            throw new DataException(
                    "Sampling rate %s Hz must be 0 (estimate) or above", samplingRate);
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
     * Reads a file as its continuous pieces and says what it skipped or repaired.
     *
     * @param path of the file
     * @param channels as above
     * @param notes receives each note as a sentence without the file's name
     * @return one recording per piece
     * @throws DataException if columns are missing or a line cannot be understood; names the line
     * @throws IOException if reading fails
     */
    public List<Recording> segments(Path path, List<String> channels, Consumer<String> notes)
            throws IOException {
        RegularFile.check(path);
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
                                ? BoundedGzip.of(in, path)
                                : in;
                Reader reader = withoutByteOrderMark(plain);
                CSVParser parser = CSVParser.parse(reader, format)) {
            Table table = new Table(file, parser.getHeaderNames(), channels, notes);
            for (CSVRecord line : parser) {
                // The parser counts lines read; a record without quoted line breaks is one line
                table.add(line, parser.getCurrentLineNumber());
            }
            return table.segments();
        } catch (UncheckedIOException e) {
            throw new DataException("%s: %s", file, e.getCause().getMessage(), e);
        } catch (DataException e) {
            throw e;
        } catch (IllegalStateException | IllegalArgumentException e) {
            // The parser's words on a header that it cannot use or a quote that is not closed.
            throw new DataException("%s: %s", file, e.getMessage(), e);
        }
    }

    /**
     * @param in UTF-8 text
     * @return a reader of it that skips a byte order mark
     * @throws IOException if reading fails
     */
    public static Reader withoutByteOrderMark(InputStream in) throws IOException {
        Reader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        reader.mark(1);
        if (reader.read() != '\ufeff') {
            reader.reset();
        }
        return reader;
    }

    /** The columns read so far. */
    private final class Table {
        private final String file;
        private final List<String> header;
        private final int time;
        private final int marker;
        private final int[] columns;
        private final List<String> names = new ArrayList<>();
        private final double[] toMicrovolt;
        private final Consumer<String> notes;
        private final float[][] samples;
        private double[] times = new double[1024];
        private int[] lines = new int[1024];
        private final List<Integer> markerAt = new ArrayList<>();
        private final List<String> markerIs = new ArrayList<>();
        private StimulusCodes codes = new StimulusCodes();
        private String lastMarker = "0";
        private int code;
        private int rows;

        Table(String file, List<String> columnNames, List<String> wanted, Consumer<String> notes) {
            this.file = file;
            this.notes = notes;
            this.header = columnNames;
            this.time = find(timeColumn, "time", TIME_NAMES::contains);
            this.marker = findMarker();
            if (time < 0 && samplingRate == 0) {
                throw new DataException(
                        "%s: no time column (%s); --time-column names it, or --rate gives the"
                                + " sampling rate; columns: %s",
                        file, String.join(", ", new TreeSet<>(TIME_NAMES)), NameList.of(header));
            }
            List<String> available = new ArrayList<>();
            List<Integer> availableAt = new ArrayList<>();
            List<String> stimuli = new ArrayList<>();
            for (int i = 0; i < header.size(); i++) {
                String name = nameOf(header.get(i), wanted);
                if (i == time) {
                    continue;
                }
                if (wanted.isEmpty() && i != marker && StimulusChannel.is(name, "")) {
                    stimuli.add(name);
                } else if (i != marker || contains(wanted, name)) {
                    available.add(name);
                    availableAt.add(i);
                }
            }
            if (available.isEmpty()) {
                throw new DataException(
                        "%s: no channel columns; columns: %s", file, NameList.of(header));
            }
            if (!stimuli.isEmpty()) {
                notes.accept(
                        "stimulus channels are no input unless named; left out: "
                                + NameList.of(stimuli));
            }
            int[] picked =
                    Recording.indicesOf(file, available, wanted.isEmpty() ? available : wanted);
            this.columns = new int[picked.length];
            this.toMicrovolt = new double[picked.length];
            for (int i = 0; i < picked.length; i++) {
                columns[i] = availableAt.get(picked[i]);
                names.add(available.get(picked[i]));
                Matcher unit = WITH_UNIT.matcher(header.get(columns[i]));
                double microvolts = unit.matches() ? Voltage.microvolts(unit.group("unit")) : 0;
                toMicrovolt[i] = microvolts > 0 ? microvolts : 1;
            }
            this.samples = new float[columns.length][1024];
        }

        /** Without a unit of voltage, unless the name is asked for with it. */
        private String nameOf(String column, List<String> wanted) {
            Matcher matcher = WITH_UNIT.matcher(column);
            return matcher.matches()
                            && Voltage.microvolts(matcher.group("unit")) > 0
                            && !contains(wanted, column)
                    ? matcher.group("name")
                    : column;
        }

        private boolean contains(List<String> wanted, String name) {
            return wanted.stream()
                    .anyMatch(w -> Recording.canonical(w).equals(Recording.canonical(name)));
        }

        private int findMarker() {
            int usual =
                    find(
                            markerColumn,
                            "marker",
                            name -> MARKER_NAMES.contains(name) || name.startsWith("marker"));
            return usual >= 0 ? usual : find(null, "marker", n -> StimulusChannel.is(n, ""));
        }

        private int find(String name, String role, Predicate<String> usual) {
            int found = -1;
            for (int i = 0; i < header.size(); i++) {
                String column = header.get(i).strip().toLowerCase(Locale.ROOT);
                boolean matches =
                        name != null
                                ? column.equals(name.strip().toLowerCase(Locale.ROOT))
                                : usual.test(column);
                if (matches) {
                    if (found >= 0) {
                        throw new DataException(
                                "%s: two %s columns, '%s' and '%s'; --%s-column names one",
                                file, role, header.get(found), header.get(i), role);
                    }
                    found = i;
                }
            }
            if (found < 0 && name != null) {
                throw new DataException(
                        "%s: no %s column '%s' (--%s-column); columns: %s",
                        file, role, name, role, NameList.of(header));
            }
            return found;
        }

        void add(CSVRecord line, long number) {
            if (line.size() != header.size()) {
                throw new DataException(
                        "%s line %d: %d values, the header names %d columns",
                        file, number, line.size(), header.size());
            }
            if (rows == times.length) {
                int capacity = rows + (rows >> 1);
                long bytes = capacity * (4L * samples.length + 12);
                if (bytes > Runtime.getRuntime().maxMemory() / 2) {
                    throw new DataException(
                            "%s line %d: more rows than fit into memory; fewer channels"
                                    + " (--channels) need less, java -Xmx gives more",
                            file, number);
                }
                times = Arrays.copyOf(times, capacity);
                lines = Arrays.copyOf(lines, capacity);
                for (int c = 0; c < samples.length; c++) {
                    samples[c] = Arrays.copyOf(samples[c], capacity);
                }
            }
            for (int c = 0; c < columns.length; c++) {
                samples[c][rows] = sample(line, c, number);
            }
            lines[rows] = (int) number;
            if (time >= 0) {
                times[rows] = number(line, time, number);
            }
            if (marker >= 0) {
                String value = markerOf(line.get(marker));
                if (!value.equals("0") && !value.equals(lastMarker)) {
                    markerAt.add(rows);
                    markerIs.add(value);
                }
                addCode(value);
                lastMarker = value;
            }
            rows++;
        }

        /** A marker as label: 1 and 1.0 are the same, nothing is 0. */
        private String markerOf(String text) {
            if (NO_MARKER.contains(text.strip().toLowerCase(Locale.ROOT))) {
                return "0";
            }
            double value = parse(text);
            return value == Math.rint(value) && Math.abs(value) < 1e15
                    ? Long.toString((long) value)
                    : text;
        }

        /**
         * As long as all markers are codes: 0 may be missing, and another one the resting value.
         */
        private void addCode(String marker) {
            if (codes != null) {
                if (!marker.equals(lastMarker) || rows == 0) {
                    code = CODE.matcher(marker).matches() ? Integer.parseInt(marker) : -1;
                }
                codes = code >= 0 && codes.add(code) ? codes : null;
            }
        }

        private float sample(CSVRecord line, int channel, long number) {
            double value = number(line, columns[channel], number) * toMicrovolt[channel];
            if (!(Math.abs(value) <= Float.MAX_VALUE)) {
                throw error(line, columns[channel], number, "is too large for a sample");
            }
            return (float) value;
        }

        private double number(CSVRecord line, int column, long number) {
            String text = line.get(column);
            double value = parse(text);
            if (!Double.isFinite(value)) {
                throw error(line, column, number, "is not a number");
            }
            return value;
        }

        /** NaN for what is no number; Java takes 1d and 0x1p3 for numbers, people do not. */
        private double parse(String text) {
            if (text.isEmpty()
                    || Character.isLetter(text.charAt(text.length() - 1))
                    || text.indexOf('x') >= 0
                    || text.indexOf('X') >= 0) {
                return Double.NaN;
            }
            try {
                return Double.parseDouble(text);
            } catch (NumberFormatException e) {
                return Double.NaN;
            }
        }

        private DataException error(CSVRecord line, int column, long number, String problem) {
            return new DataException(
                    "%s line %d, column '%s': '%s' %s; mend or remove that line",
                    file, number, header.get(column), line.get(column), problem);
        }

        List<Recording> segments() {
            if (rows < 2) {
                throw new DataException("%s: %s lines of samples, 2 are needed", file, rows);
            }
            SampleTimes sampled = time < 0 ? null : new SampleTimes(times, rows);
            List<int[]> pieces = sampled == null ? List.of(new int[] {0, rows}) : pieces(sampled);
            double measured = sampled == null ? samplingRate : measuredRate(sampled, pieces);
            double rate = samplingRate > 0 ? samplingRate : measured;
            if (Math.abs(measured / rate - 1) > 0.01) {
                notes.accept(
                        String.format(
                                Locale.ROOT,
                                "column '%s' has %s samples a second; taken as %s Hz",
                                header.get(time),
                                measured,
                                rate));
            }
            List<Recording> segments = new ArrayList<>();
            for (int[] piece : pieces) {
                double start = piece[0] == 0 ? 0 : times[piece[0]] - times[0];
                // Given a rate, the times may be in any unit
                double unit = samplingRate > 0 ? measured / rate : 1;
                segments.add(segment(piece[0], piece[1], rate).withStart(start * unit));
            }
            return segments;
        }

        private List<int[]> pieces(SampleTimes sampled) {
            int back = sampled.backwards();
            if (back >= 0) {
                throw new DataException(
                        "%s line %d, column '%s': time goes backwards, from %s to %s; sort or split"
                                + " the file there",
                        file, lines[back], header.get(time), times[back - 1], times[back]);
            }
            List<int[]> pieces = sampled.pieces();
            if (pieces.size() > 1) {
                long missing = 0;
                for (int[] piece : pieces.subList(1, pieces.size())) {
                    missing += sampled.missing(piece[0]);
                }
                notes.accept(
                        String.format(
                                Locale.ROOT,
                                "column '%s' has %s, %d samples in all are missing, before line"
                                        + " %d%s; no epoch is cut across a gap",
                                header.get(time),
                                pieces.size() == 2 ? "a gap" : (pieces.size() - 1) + " gaps",
                                missing,
                                lines[pieces.get(1)[0]],
                                pieces.size() == 2 ? "" : " for the first time"));
            }
            return pieces;
        }

        /** From the longest piece. */
        private double measuredRate(SampleTimes sampled, List<int[]> pieces) {
            int[] longest = pieces.get(0);
            for (int[] piece : pieces) {
                longest = piece[1] - piece[0] > longest[1] - longest[0] ? piece : longest;
            }
            double rate = sampled.rate(longest[0], longest[1]);
            if (!(rate > 0) || Double.isInfinite(rate)) {
                throw new DataException(
                        "%s: column '%s' does not increase, the sampling rate cannot be estimated"
                                + " from it; --time-column names another one",
                        file, header.get(time));
            }
            return rate;
        }

        private Recording segment(int start, int end, double rate) {
            float[][] piece = new float[samples.length][];
            for (int c = 0; c < piece.length; c++) {
                piece[c] = Arrays.copyOfRange(samples[c], start, end);
            }
            List<Event> events = new ArrayList<>();
            if (codes != null && codes.rest() > 0) {
                events.addAll(codes.events(start, end, rate));
            } else {
                for (int i = 0; i < markerAt.size(); i++) {
                    int at = markerAt.get(i);
                    if (at >= start && at < end) {
                        events.add(new Event((at - start) / rate, Double.NaN, markerIs.get(i)));
                    }
                }
            }
            return new Recording(file, file, rate, names, "uV", piece, events);
        }
    }
}
