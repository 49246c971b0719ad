package org.lamina.zoo.data.gdf;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoublePredicate;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.gdf.GdfEvents.DamagedException;
import org.lamina.zoo.data.gdf.GdfEvents.GdfEvent;
import org.lamina.zoo.data.reader.ChannelInfo;
import org.lamina.zoo.data.reader.ChannelSelection;
import org.lamina.zoo.data.reader.FileSamples;
import org.lamina.zoo.data.reader.Gaps;
import org.lamina.zoo.data.reader.StimulusCodes;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;

/**
 * Reads GDF files of version 1 and 2, with integers of 8 to 64 bits and floating point. Samples
 * stay in the file until they are asked for.
 *
 * <p>Labels of events are their codes. Where all signals have values at or beyond their digital
 * limits, or one of those read is not a number, samples are missing: the recording has a gap there,
 * as before each new run (event 32766). Cues of unknown class (783) get their classes from a MAT
 * file of the same name (see {@link ClassLabels}), and events of rejected trials (1023) are marked
 * as {@link Event#asRejected}.
 */
public final class GdfReader {
    private final Path path;
    private final String name;
    private final boolean strict;
    private final Consumer<String> notes;
    private final FileChannel file;
    private final GdfHeader header;
    private final long records;
    private final double fastest;

    private GdfReader(Path path, FileChannel file, boolean strict, Consumer<String> notes)
            throws IOException {
        this.path = path;
        this.name = String.valueOf(path.getFileName());
        this.strict = strict;
        this.notes = notes;
        this.file = file;
        this.header = GdfHeader.read(file, name);
        this.records = countRecords();
        this.fastest = header.signals().stream().mapToDouble(header::rate).max().orElseThrow();
    }

    /**
     * @param path of the file
     * @param channels labels, compared by {@link Recording#canonical}; empty means all signals but
     *     stimulus channels and those without a usable scale
     * @param strict whether a file that is cut short, leaves the number of records open, or has an
     *     event table or class labels that cannot be read, is an error
     * @param notes is told in a sentence what is passed over or repaired, without the file's name
     * @return its continuous pieces
     * @throws DataException if the file is no GDF file, is damaged or has no such channels
     * @throws IOException if it cannot be read
     */
    public static List<Recording> read(
            Path path, List<String> channels, boolean strict, Consumer<String> notes)
            throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            return new GdfReader(path, file, strict, notes).recordings(channels);
        }
    }

    /**
     * @param file name of a GDF file
     * @return names of files beside it that belong to it, if they are there
     */
    public static List<String> companions(String file) {
        return List.of(ClassLabels.fileOf(file));
    }

    private long countRecords() throws IOException {
        long bytes = file.size() - header.headerBytes();
        long whole = Math.max(0, bytes / header.recordBytes());
        if (header.records() >= 0 && whole >= header.records()) {
            return header.records();
        }
        tolerate(
                (header.records() < 0
                                ? "number of data records left open"
                                : "truncated: " + header.records() + " data records declared")
                        + ", "
                        + whole
                        + " whole ones present",
                "reading those, without an event table");
        return whole;
    }

    private void tolerate(String problem, String remedy) {
        if (strict) {
            throw new DataException("%s: %s (read without --strict)", name, problem);
        }
        notes.accept(problem + "; " + remedy);
    }

    private List<Recording> recordings(List<String> channels) throws IOException {
        List<GdfSignal> signals = header.signals();
        List<ChannelInfo> infos = new ArrayList<>();
        for (GdfSignal signal : signals) {
            infos.add(
                    signal.samplesPerRecord() == 0
                            ? null
                            : new ChannelInfo(
                                    signal.label(),
                                    signal.unit(),
                                    header.rate(signal),
                                    signal.isStimulus(),
                                    signal.fault()));
        }
        ChannelSelection selection = ChannelSelection.of(name, infos, channels, strict, notes);
        if (records == 0) {
            throw new DataException("%s: no data records", name);
        }
        List<GdfSignal> picked = new ArrayList<>();
        for (int index : selection.indices()) {
            picked.add(signals.get(index));
        }
        FileSamples samples = samples(picked, selection.scales());
        List<GdfEvent> table = new ArrayList<>();
        double rate = readEvents(table);
        List<Event> events = GdfTrials.events(table, rate, notes);
        Recording whole =
                new Recording(
                        name,
                        name + ": " + header.recordingId(),
                        selection.samplingRate(),
                        selection.names(),
                        selection.unit(),
                        samples,
                        events.isEmpty() ? triggers() : events);
        Gaps gaps = new Gaps(samples.length());
        List<GdfSignal> alike = signalsLike(picked.get(0));
        if (!alike.isEmpty()) {
            gaps.addOverflows(
                    samples(alike, new double[alike.size()]),
                    alike.stream().map(s -> (DoublePredicate) s::isOverflow).toList());
        }
        gaps.addNotNumbers(samples);
        for (GdfEvent event : table) {
            if (event.code() == GdfTrials.NEW_RUN) {
                gaps.addBorder(Math.rint(event.position() / rate * selection.samplingRate()));
            }
        }
        return gaps.cut(whole, notes);
    }

    /** Samples of signals that have equally many in a record. */
    private FileSamples samples(List<GdfSignal> picked, double[] scales) throws IOException {
        List<FileSamples.Row> rows = new ArrayList<>();
        for (int i = 0; i < scales.length; i++) {
            GdfSignal signal = picked.get(i);
            rows.add(
                    new FileSamples.Row(
                            before(signal),
                            signal.samplesPerRecord(),
                            signal.type(),
                            signal.gain(),
                            signal.offset(),
                            scales[i]));
        }
        long length = records * picked.get(0).samplesPerRecord();
        if (length > Integer.MAX_VALUE - 8) {
            throw new DataException(
                    "%s: %s samples a channel are more than fit into memory", name, length);
        }
        return new FileSamples(
                path,
                file.size(),
                header.headerBytes(),
                header.recordBytes(),
                rows,
                0,
                (int) length);
    }

    /** Bytes in a record before that signal's samples. */
    private long before(GdfSignal signal) {
        long bytes = 0;
        for (GdfSignal other : header.signals()) {
            if (other == signal) {
                return bytes;
            }
            bytes += (long) other.samplesPerRecord() * other.type().bytes();
        }
        throw new IllegalStateException(signal.label());
    }

    /** Signals of the same rate, with a scale. */
    private List<GdfSignal> signalsLike(GdfSignal picked) {
        return header.signals().stream()
                .filter(s -> s.samplesPerRecord() == picked.samplesPerRecord())
                .filter(s -> !s.isStimulus() && s.fault() == null)
                .toList();
    }

    /**
     * @param table gets the events
     * @return the rate by which their positions count
     */
    private double readEvents(List<GdfEvent> table) throws IOException {
        if (records != header.records()) {
            return fastest;
        }
        long start = header.headerBytes() + records * header.recordBytes();
        double rate = fastest;
        try {
            GdfEvents events = GdfEvents.read(file, start, header.version(), name);
            table.addAll(withLabels(events.list()));
            rate = events.rate() > 0 ? events.rate() : fastest;
        } catch (DamagedException e) {
            tolerate(e.getMessage(), "there are no events");
        }
        double used = rate;
        if (!table.isEmpty()
                && header.signals().stream()
                        .noneMatch(s -> Recording.sameRate(header.rate(s), used))) {
            notes.accept(
                    "positions of events count by " + rate + " Hz, which is no channel's rate");
        }
        return rate;
    }

    private List<GdfEvent> withLabels(List<GdfEvent> events) {
        if (!GdfTrials.hasCues(events)) {
            return events;
        }
        try {
            Optional<ClassLabels> labels = ClassLabels.of(path);
            return labels.isPresent()
                    ? GdfTrials.labelled(name, events, labels.get(), notes)
                    : events;
        } catch (IOException e) {
            tolerate(
                    ClassLabels.fileOf(name) + " cannot be read: " + e.getMessage(),
                    "it is passed over");
            return events;
        }
    }

    /** Codes of the first stimulus channel that has any, for files without an event table. */
    private List<Event> triggers() throws IOException {
        for (GdfSignal signal : header.signals()) {
            if (signal.isStimulus() && signal.samplesPerRecord() > 0 && signal.fault() == null) {
                FileSamples samples = samples(List.of(signal), new double[] {1});
                StimulusCodes codes = new StimulusCodes();
                boolean[] valid = {true};
                samples.eachStored(
                        0,
                        0,
                        samples.length(),
                        (sample, stored) -> valid[0] = valid[0] && codes.add((int) stored));
                if (!valid[0]) {
                    notes.accept("values of " + signal.label() + " are too many to be codes");
                    continue;
                }
                codes.scale(stored -> stored * signal.gain() + signal.offset());
                List<Event> events = codes.events(0, samples.length(), header.rate(signal));
                if (!events.isEmpty()) {
                    return events;
                }
            }
        }
        return List.of();
    }
}
