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
 * Reads GDF files of versions 1 and 2, with integers of 8 to 64 bits and floating-point numbers.
 * Samples stay in the file and are read on demand.
 *
 * <p>Labels of events are their codes. The recording has a gap where all signals are at or beyond
 * their digital limits, or a selected one is not a number; a new run (event 32766) also begins a
 * new piece. Cues of unknown class (783) get their classes from a MAT file with the same name (see
 * {@link ClassLabels}), and events of rejected trials (1023) are marked by {@link
 * Event#asRejected}.
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
     * @param channels labels, compared by {@link Recording#canonical}; empty means all signals
     *     except stimulus channels and those without a valid scale
     * @param strict whether it is an error if the file is truncated, leaves the number of records
     *     open, or has an invalid event table or class labels
     * @param notes receives sentences about what was ignored or repaired, without the file's name
     * @return its continuous pieces
     * @throws DataException if the file is not a GDF file, is damaged or has no such channels
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
     * @return names of files in the same folder that belong to it if they exist
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
                selection.recording(name, name + ": " + header.recordingId(), samples, events);
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
     * @param table receives the events
     * @return the sampling rate of their positions
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
            tolerance.tolerate(e.getMessage(), "reading without events");
        }
        double used = rate;
        if (!table.isEmpty()
                && layout.signals().stream()
                        .noneMatch(s -> Recording.sameRate(layout.rate(s), used))) {
            tolerance.note(
                    "positions of events are in samples of "
                            + rate
                            + " Hz, which is not the rate of any channel");
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
