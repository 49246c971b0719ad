package org.lamina.zoo.data.gdf;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoublePredicate;
import java.util.stream.IntStream;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.gdf.GdfEvents.DamagedException;
import org.lamina.zoo.data.gdf.GdfEvents.GdfEvent;
import org.lamina.zoo.data.reader.ChannelSelection;
import org.lamina.zoo.data.reader.DataRecords;
import org.lamina.zoo.data.reader.FileSamples;
import org.lamina.zoo.data.reader.Gaps;
import org.lamina.zoo.data.reader.RecordedSignal;
import org.lamina.zoo.data.reader.Tolerance;
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
    private final FileChannel file;
    private final Tolerance tolerance;
    private final GdfHeader header;
    private final DataRecords data;
    private final double fastest;

    private GdfReader(Path path, FileChannel file, Tolerance tolerance) throws IOException {
        this.path = path;
        this.file = file;
        this.tolerance = tolerance;
        this.header = GdfHeader.read(file, tolerance.file());
        DataRecords.Layout layout = header.layout();
        this.data =
                new DataRecords(
                        path,
                        file.size(),
                        layout,
                        tolerance,
                        "reading the complete ones, without an event table");
        this.fastest = layout.signals().stream().mapToDouble(layout::rate).max().orElseThrow();
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
            Tolerance tolerance = new Tolerance(String.valueOf(path.getFileName()), strict, notes);
            return new GdfReader(path, file, tolerance).recordings(channels);
        }
    }

    /**
     * @param file name of a GDF file
     * @return names of files beside it that belong to it, if they are there
     */
    public static List<String> companions(String file) {
        return List.of(ClassLabels.fileOf(file));
    }

    private List<Recording> recordings(List<String> channels) throws IOException {
        String name = tolerance.file();
        ChannelSelection selection =
                data.select(tolerance, channels, false, signal -> signal.samplesPerRecord() > 0);
        FileSamples samples =
                data.samples(selection.indices(), selection.scales(), 0, data.count());
        List<GdfEvent> table = new ArrayList<>();
        double rate = readEvents(table);
        List<Event> events = GdfTrials.events(table, rate, tolerance.notes());
        if (events.isEmpty()) {
            events =
                    data.triggers(0, tolerance)
                            .map(triggers -> triggers.events(0, data.count()))
                            .orElse(List.of());
        }
        Recording whole =
                new Recording(
                        name,
                        name + ": " + header.recordingId(),
                        selection.samplingRate(),
                        selection.names(),
                        selection.unit(),
                        samples,
                        events);
        Gaps gaps = new Gaps(samples.length());
        addOverflows(gaps, samples.rows().get(0).perRecord());
        gaps.addNotNumbers(samples);
        for (GdfEvent event : table) {
            if (event.code() == GdfTrials.NEW_RUN) {
                gaps.addBorder(Math.rint(event.position() / rate * selection.samplingRate()));
            }
        }
        return gaps.cut(whole, tolerance.notes());
    }

    /** Gaps where all signals of a rate are beyond the limits of their converters. */
    private void addOverflows(Gaps gaps, int perRecord) {
        List<RecordedSignal> signals = header.layout().signals();
        int[] alike =
                IntStream.range(0, signals.size())
                        .filter(i -> signals.get(i).samplesPerRecord() == perRecord)
                        .filter(i -> !signals.get(i).isStimulus())
                        .filter(i -> signals.get(i).fault() == null)
                        .toArray();
        if (alike.length > 0) {
            gaps.addOverflows(
                    data.samples(alike, new double[alike.length], 0, data.count()),
                    Arrays.stream(alike)
                            .mapToObj(i -> (DoublePredicate) signals.get(i)::isOverflow)
                            .toList());
        }
    }

    /**
     * @param table gets the events
     * @return the rate by which their positions count
     */
    private double readEvents(List<GdfEvent> table) throws IOException {
        DataRecords.Layout layout = header.layout();
        if (data.count() != layout.declared()) {
            return fastest;
        }
        long start = data.position(data.count(), 0);
        double rate = fastest;
        try {
            GdfEvents events = GdfEvents.read(file, start, header.version(), tolerance.file());
            table.addAll(withLabels(events.list()));
            rate = events.rate() > 0 ? events.rate() : fastest;
        } catch (DamagedException e) {
            tolerance.tolerate(e.getMessage(), "there are no events");
        }
        double used = rate;
        if (!table.isEmpty()
                && layout.signals().stream()
                        .noneMatch(s -> Recording.sameRate(layout.rate(s), used))) {
            tolerance.note(
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
                    ? GdfTrials.labelled(tolerance.file(), events, labels.get(), tolerance.notes())
                    : events;
        } catch (IOException e) {
            tolerance.tolerate("no class labels: " + e.getMessage(), "ignoring that file");
            return events;
        }
    }
}
