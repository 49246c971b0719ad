package org.lamina.zoo.data.csv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVRecord;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.NameList;
import org.lamina.zoo.data.reader.ChannelInfo;
import org.lamina.zoo.data.reader.ChannelSelection;
import org.lamina.zoo.data.reader.StimulusChannel;
import org.lamina.zoo.data.reader.StimulusCodes;
import org.lamina.zoo.data.reader.Tolerance;
import org.lamina.zoo.data.reader.Voltage;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;

/** The columns of a file, as far as they were read. */
final class CsvTable {
    private static final Set<String> TIME_NAMES = Set.of("timestamps", "timestamp", "time", "t");
    private static final Set<String> MARKER_NAMES = Set.of("trigger", "stim", "event");
    private static final Set<String> NO_MARKER =
            Set.of("", "na", "n/a", "#n/a", "<na>", "nan", "null", "none", "nil");
    private static final Pattern CODE = Pattern.compile("\\d{1,9}");
    private static final Pattern WITH_UNIT =
            Pattern.compile("(?<name>.*\\S)\\s*[(\\[](?<unit>[^()\\[\\]]+)[)\\]]");

    private final String file;
    private final List<String> header;
    private final int time;
    private final int marker;
    private final CsvRecordingReader options;
    private final Tolerance tolerance;
    private final ChannelSelection selection;
    private final float[][] samples;
    private double[] times = new double[1024];
    private int[] lines = new int[1024];
    private final List<Integer> markerAt = new ArrayList<>();
    private final List<String> markerIs = new ArrayList<>();
    private StimulusCodes codes = new StimulusCodes();
    private String lastMarker = "0";
    private int code;
    private int rows;

    CsvTable(
            CsvRecordingReader options,
            List<String> columnNames,
            List<String> wanted,
            Tolerance tolerance) {
        this.options = options;
        this.tolerance = tolerance;
        this.file = tolerance.file();
        this.header = columnNames;
        this.time = find(options.timeColumn(), "time", TIME_NAMES::contains);
        this.marker = findMarker();
        if (time < 0 && options.samplingRate() == 0) {
            throw new DataException(
                    "%s: no time column (%s); --time-column names it, or --rate gives the"
                            + " sampling rate; columns: %s",
                    file, String.join(", ", new TreeSet<>(TIME_NAMES)), NameList.of(header));
        }
        this.selection = ChannelSelection.of(tolerance, channels(wanted), wanted);
        this.samples = new float[selection.indices().length][1024];
    }

    /** Channels of the columns; null for the time, and for the marker unless it is requested. */
    private List<ChannelInfo> channels(List<String> wanted) {
        List<ChannelInfo> channels = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < header.size(); i++) {
            String name = header.get(i);
            String unit = "uV";
            Matcher matcher = WITH_UNIT.matcher(name);
            if (matcher.matches() && Voltage.microvolts(matcher.group("unit")) > 0) {
                unit = matcher.group("unit");
                name = contains(wanted, name) ? name : matcher.group("name");
            }
            boolean read = i != time && (i != marker || contains(wanted, name));
            boolean stimulus = StimulusChannel.is(name, "");
            if (read
                    && (wanted.isEmpty() || contains(wanted, name))
                    && !seen.add(Recording.canonical(name))) {
                throw new DataException("%s: there are two channels '%s'", file, name);
            }
            channels.add(
                    read
                            ? new ChannelInfo(name, unit, options.samplingRate(), stimulus, null)
                            : null);
        }
        return channels;
    }

    private boolean contains(List<String> wanted, String name) {
        return wanted.stream()
                .anyMatch(w -> Recording.canonical(w).equals(Recording.canonical(name)));
    }

    private int findMarker() {
        int usual =
                find(
                        options.markerColumn(),
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
                        "%s line %d: more rows than fit into memory; read fewer channels"
                                + " (--channels) or increase java -Xmx",
                        file, number);
            }
            times = Arrays.copyOf(times, capacity);
            lines = Arrays.copyOf(lines, capacity);
            for (int c = 0; c < samples.length; c++) {
                samples[c] = Arrays.copyOf(samples[c], capacity);
            }
        }
        for (int c = 0; c < samples.length; c++) {
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

    /** A marker as label: 1 and 1.0 are the same, an empty marker is 0. */
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
     * Collects markers while all of them are codes, since the resting value may be another one than
     * 0.
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
        double value =
                number(line, selection.indices()[channel], number) * selection.scales()[channel];
        if (!(Math.abs(value) <= Float.MAX_VALUE)) {
            throw error(line, selection.indices()[channel], number, "is too large for a sample");
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

    /** NaN for invalid numbers, which include 1d and 0x1p3 that Java accepts. */
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
                "%s line %d, column '%s': '%s' %s; correct or remove that line",
                file, number, header.get(column), line.get(column), problem);
    }

    List<Recording> segments() {
        if (rows < 2) {
            throw new DataException("%s: %s lines of samples; at least 2 are needed", file, rows);
        }
        SampleTimes sampled = time < 0 ? null : new SampleTimes(times, rows);
        List<int[]> pieces = sampled == null ? List.of(new int[] {0, rows}) : pieces(sampled);
        double measured = sampled == null ? options.samplingRate() : measuredRate(sampled, pieces);
        double rate = options.samplingRate() > 0 ? options.samplingRate() : measured;
        if (Math.abs(measured / rate - 1) > 0.01) {
            tolerance.note(
                    String.format(
                            Locale.ROOT,
                            "column '%s' has %s samples per second; using %s Hz",
                            header.get(time),
                            measured,
                            rate));
        }
        List<Recording> segments = new ArrayList<>();
        for (int[] piece : pieces) {
            double start = piece[0] == 0 ? 0 : times[piece[0]] - times[0];
            // With a given rate, the times may be in any unit
            double unit = options.samplingRate() > 0 ? measured / rate : 1;
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
            tolerance.note(
                    String.format(
                            Locale.ROOT,
                            "column '%s' has %s with %d missing samples in total, before line %d%s;"
                                    + " no epoch is cut across a gap",
                            header.get(time),
                            pieces.size() == 2 ? "a gap" : (pieces.size() - 1) + " gaps",
                            missing,
                            lines[pieces.get(1)[0]],
                            pieces.size() == 2 ? "" : " first"));
        }
        return pieces;
    }

    /** Sampling rate of the longest piece. */
    private double measuredRate(SampleTimes sampled, List<int[]> pieces) {
        int[] longest = pieces.get(0);
        for (int[] piece : pieces) {
            longest = piece[1] - piece[0] > longest[1] - longest[0] ? piece : longest;
        }
        double rate = sampled.rate(longest[0], longest[1]);
        if (!(rate > 0) || Double.isInfinite(rate)) {
            throw new DataException(
                    "%s: column '%s' does not increase, so the sampling rate cannot be estimated;"
                            + " --time-column names another one",
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
        return new Recording(file, file, rate, selection.names(), "uV", piece, events);
    }
}
