package org.lamina.zoo.data.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.NameList;
import org.lamina.zoo.data.csv.CsvRecordingReader;
import org.lamina.zoo.data.reader.Gaps;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.data.recording.RecordingFormat;
import org.lamina.zoo.data.recording.RecordingId;

/**
 * The tables that describe a recording in a data set in the <a
 * href="https://bids-specification.readthedocs.io">Brain Imaging Data Structure</a>: {@code
 * _channels.tsv} and {@code _events.tsv}, next to it or, for several recordings, in a parent folder
 * with fewer parts in the name.
 *
 * @param channels table of channels; null if there is none
 * @param events table of events; null if there is none
 */
record BidsSidecars(Path channels, Path events) {
    private static final Set<String> SIGNALS = Set.of("eeg", "ecog", "seeg", "dbs");
    private static final String NOTHING = "n/a";
    private static final long MOST_BYTES = 64 << 20;

    /** The tables of a recording; none if its name does not follow BIDS. */
    static BidsSidecars of(Path recording, FileTree tree) {
        String stem = RecordingFormat.stem(String.valueOf(recording.getFileName()));
        return RecordingId.isBids(stem)
                ? new BidsSidecars(
                        find(recording, stem, "channels", tree),
                        find(recording, stem, "events", tree))
                : new BidsSidecars(null, null);
    }

    private static Path find(Path recording, String stem, String kind, FileTree tree) {
        Set<String> parts = Set.of(stem.split("_"));
        String name = "";
        Path folder = recording.toAbsolutePath().getParent();
        do {
            Path best = null;
            int most = -1;
            for (Path file : tree.files(folder)) {
                String[] own = file.getFileName().toString().split("_");
                List<String> others = Arrays.asList(own).subList(0, own.length - 1);
                if (own[own.length - 1].equals(kind + ".tsv")
                        && own.length > most
                        && parts.containsAll(others)) {
                    best = file;
                    most = own.length;
                }
            }
            if (best != null) {
                return best;
            }
            name = String.valueOf(folder.getFileName());
            folder = folder.getParent();
        } while (folder != null && name.matches("i?eeg|ses-.*|sub-.*"));
        return null;
    }

    /**
     * The channels to read by default: those with signals of the brain by their type.
     *
     * @param bad whether to include those whose status is bad
     * @param notes receives sentences about omitted channels
     * @return their names; empty if there is no table
     */
    List<String> inputs(boolean bad, Consumer<String> notes) {
        List<String> inputs = new ArrayList<>();
        List<String> left = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (CSVRecord row : rows(channels)) {
            String name = field(row, "name", channels);
            String type = row.isMapped("type") ? row.get("type") : "EEG";
            if (!SIGNALS.contains(type.toLowerCase(Locale.ROOT))) {
                others.add(name);
            } else if (!bad && isBad(row)) {
                left.add(name);
            } else {
                inputs.add(name);
            }
        }
        if (inputs.isEmpty() && left.size() + others.size() > 0) {
            throw new DataException(
                    "%s: no channel of type EEG%s",
                    channels.getFileName(),
                    left.isEmpty() ? "" : " that is not bad (--bad-channels)");
        }
        note(others, "channels of types other than EEG are input only if requested", notes);
        note(left, "channels marked as bad", notes);
        return inputs;
    }

    private static void note(List<String> names, String which, Consumer<String> notes) {
        if (!names.isEmpty()) {
            notes.accept(which + "; omitted: " + NameList.of(names));
        }
    }

    /** The names of the channels whose status is bad. */
    Set<String> bad() {
        return rows(channels).stream()
                .filter(BidsSidecars::isBad)
                .map(row -> Recording.canonical(field(row, "name", channels)))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static boolean isBad(CSVRecord row) {
        return row.isMapped("status") && row.get("status").equalsIgnoreCase("bad");
    }

    /**
     * Replaces the events of a recording by those of the table. A {@code boundary}, as exported by
     * EEGLAB, is not an event but the end of a piece.
     *
     * @param pieces of the recording
     * @param notes receives sentences about ignored events
     */
    List<Recording> annotate(List<Recording> pieces, Consumer<String> notes) {
        if (events == null) {
            return pieces;
        }
        List<Event> all = new ArrayList<>();
        int without = 0;
        for (CSVRecord row : rows(events)) {
            String label = label(row);
            double onset = number(row, "onset");
            if (label == null || Double.isNaN(onset)) {
                without++;
            } else {
                double duration = row.isMapped("duration") ? number(row, "duration") : Double.NaN;
                all.add(new Event(onset, duration, label));
            }
        }
        if (without > 0) {
            notes.accept(
                    "rows of "
                            + events.getFileName()
                            + " without an onset, or without a trial_type or value, are ignored: "
                            + without);
        }
        return pieces.stream().flatMap(piece -> annotate(piece, all, notes).stream()).toList();
    }

    private static List<Recording> annotate(
            Recording piece, List<Event> all, Consumer<String> notes) {
        Gaps gaps = new Gaps(piece.length());
        List<Event> within = new ArrayList<>();
        for (Event event : all) {
            Event moved = event.shifted(-piece.start());
            double sample = moved.onset() * piece.samplingRate();
            if (event.label().equalsIgnoreCase("boundary")) {
                gaps.addBorder(Math.ceil(sample));
            } else if (Math.rint(sample) >= 0 && Math.rint(sample) < piece.length()
                    || moved.spoils(0, piece.seconds())) {
                within.add(moved);
            }
        }
        return gaps.cut(piece.withEvents(within), notes);
    }

    /** Null if there is none. */
    private static String label(CSVRecord row) {
        for (String column : List.of("trial_type", "value")) {
            if (row.isMapped(column) && !isNothing(row.get(column))) {
                return row.get(column);
            }
        }
        return null;
    }

    private static boolean isNothing(String text) {
        return text.isBlank() || text.equalsIgnoreCase(NOTHING);
    }

    private double number(CSVRecord row, String column) {
        String text = field(row, column, events);
        try {
            double number = isNothing(text) ? Double.NaN : Double.parseDouble(text);
            if (Double.isInfinite(number)) {
                throw new NumberFormatException();
            }
            return number;
        } catch (NumberFormatException e) {
            throw new DataException(
                    "%s line %d, column '%s': '%s' is not a number",
                    events.getFileName(), row.getRecordNumber() + 1, column, text, e);
        }
    }

    private static String field(CSVRecord row, String column, Path table) {
        if (!row.isMapped(column)) {
            throw new DataException("%s: no column '%s'", table.getFileName(), column);
        }
        return row.get(column);
    }

    private static List<CSVRecord> rows(Path table) {
        if (table == null) {
            return List.of();
        }
        CSVFormat format = CSVFormat.DEFAULT.builder().setDelimiter('\t').setQuote(null).get();
        try (InputStream in = Files.newInputStream(table)) {
            if (Files.size(table) > MOST_BYTES) {
                throw new DataException(
                        "%s: more than %s MB", table.getFileName(), MOST_BYTES >> 20);
            }
            try (CSVParser parser = CsvRecordingReader.parser(in, format)) {
                List<CSVRecord> rows = parser.getRecords();
                for (CSVRecord row : rows) {
                    if (!row.isConsistent()) {
                        throw new DataException(
                                "%s line %d: %d values, the header names %d columns",
                                table.getFileName(),
                                row.getRecordNumber() + 1,
                                row.size(),
                                parser.getHeaderNames().size());
                    }
                }
                return rows;
            }
        } catch (DataException e) {
            throw e;
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            throw new DataException("%s cannot be read: %s", table, e.getMessage(), e);
        }
    }
}
