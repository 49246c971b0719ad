package org.lamina.zoo.data.brainvision;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.RegularFile;
import org.lamina.zoo.data.brainvision.BrainVisionHeader.Channel;
import org.lamina.zoo.data.reader.ChannelSelection;
import org.lamina.zoo.data.reader.FileSamples;
import org.lamina.zoo.data.reader.Gaps;
import org.lamina.zoo.data.reader.Tolerance;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.data.recording.RecordingFormat;

/**
 * Reads BrainVision recordings: a header file ({@code .vhdr}) names a file of samples and one of
 * markers in the same folder. Samples stay in their file and are read on demand. Events are
 * labelled by type and description of the marker, {@code Stimulus/S 1}; a new segment begins a new
 * piece.
 */
public final class BrainVisionReader {
    /** More text than any header or marker file has. */
    private static final int MOST_BYTES = 128 << 20;

    private final Path header;
    private final String name;
    private final Tolerance tolerance;
    private final BrainVisionHeader info;

    private BrainVisionReader(Path header, boolean strict, Consumer<String> notes)
            throws IOException {
        this.header = header;
        this.name = String.valueOf(header.getFileName());
        this.tolerance = new Tolerance(name, strict, notes);
        this.info = BrainVisionHeader.parse(name, text(header));
    }

    /**
     * @param header the {@code .vhdr} file
     * @param channels names, compared by {@link Recording#canonical}; empty means all except
     *     stimulus channels and those without a valid scale
     * @param strict whether a truncated file of samples is an error
     * @param notes receives sentences about what was ignored or repaired, without the file's name
     * @return its continuous pieces
     * @throws DataException if a file is missing or damaged, or has no such channels
     * @throws IOException if it cannot be read
     */
    public static List<Recording> read(
            Path header, List<String> channels, boolean strict, Consumer<String> notes)
            throws IOException {
        return new BrainVisionReader(header, strict, notes).recordings(channels);
    }

    /**
     * @param header the {@code .vhdr} file
     * @return names of the files in the same folder that belong to it
     * @throws DataException if it is damaged
     * @throws IOException if it cannot be read
     */
    public static List<String> companions(Path header) throws IOException {
        BrainVisionHeader info =
                BrainVisionHeader.parse(header.getFileName().toString(), text(header));
        return Stream.of(info.dataFile(), info.markerFile()).filter(Objects::nonNull).toList();
    }

    private static byte[] text(Path file) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new DataException(
                    "%s: %s bytes are too many for a text file",
                    file.getFileName(), Files.size(file));
        }
        return Files.readAllBytes(file);
    }

    private Path beside(String key, String file) {
        Path path = header.resolveSibling(file);
        if (!Files.exists(path)) {
            String ending = file.substring(Math.max(0, file.lastIndexOf('.')));
            String renamed = RecordingFormat.stem(name) + ending;
            throw new DataException(
                    "%s: no file %s in the same folder (%s); %s",
                    header,
                    file,
                    key,
                    Files.exists(header.resolveSibling(renamed))
                            ? "if it was renamed to " + renamed + ", change that entry"
                            : "the files of a recording must stay together and keep their"
                                    + " names");
        }
        RegularFile.check(path);
        return path;
    }

    private List<Recording> recordings(List<String> channels) throws IOException {
        Path data = beside("DataFile", info.dataFile());
        List<Marker> markers =
                info.markerFile() == null
                        ? List.of()
                        : Marker.parse(
                                info.markerFile(), text(beside("MarkerFile", info.markerFile())));
        ChannelSelection selection =
                ChannelSelection.of(
                        tolerance,
                        info.channels().stream().map(c -> c.info(info.samplingRate())).toList(),
                        channels);
        FileSamples samples = samples(data, selection);
        Gaps gaps = new Gaps(samples.length());
        gaps.addNotNumbers(samples);
        for (long at = info.segmentPoints(); at > 0 && at < samples.length(); ) {
            gaps.addBorder(at);
            at += info.segmentPoints();
        }
        List<Event> events = new ArrayList<>();
        for (Marker marker : markers) {
            if (marker.isNewSegment()) {
                gaps.addBorder(marker.position());
            } else {
                events.add(marker.event(info.samplingRate()));
            }
        }
        Recording whole = selection.recording(name, name, samples, events);
        return gaps.cut(whole, tolerance.notes());
    }

    private FileSamples samples(Path data, ChannelSelection selection) throws IOException {
        long size = Files.size(data);
        int width = info.type().bytes();
        int count = info.channels().size();
        long points = points(size, (long) width * count);
        List<FileSamples.Row> rows = new ArrayList<>();
        for (int i = 0; i < selection.indices().length; i++) {
            int index = selection.indices()[i];
            Channel channel = info.channels().get(index);
            rows.add(
                    new FileSamples.Row(
                            (long) index * width * (info.vectorized() ? points : 1),
                            info.vectorized() ? (int) points : 1,
                            info.type(),
                            channel.resolution(),
                            0,
                            selection.scales()[i]));
        }
        long recordBytes = (long) width * count * (info.vectorized() ? points : 1);
        return new FileSamples(data, size, 0, recordBytes, rows, 0, (int) points);
    }

    /** Samples of each channel. */
    private long points(long size, long frameBytes) {
        long points = size / frameBytes;
        long declared = info.dataPoints();
        boolean cut = size % frameBytes != 0 || (declared >= 0 && points < declared);
        if (cut) {
            String problem =
                    String.format(
                            "%s has %d bytes, %s samples of %d channels are %d",
                            info.dataFile(),
                            size,
                            declared < 0 ? points : declared,
                            info.channels().size(),
                            (declared < 0 ? points : declared) * frameBytes);
            if (info.vectorized()) {
                // The positions of the channels depend on the number of samples
                throw new DataException("%s: %s", name, problem);
            }
            tolerance.tolerate(problem, "reading " + points);
        } else if (declared >= 0 && declared < points) {
            if (info.vectorized()) {
                throw new DataException(
                        "%s: DataPoints=%d, but %s has %d",
                        name, declared, info.dataFile(), points);
            }
            tolerance.note(
                    String.format(
                            "DataPoints=%d, but %s has %d; reading all",
                            declared, info.dataFile(), points));
        }
        if (points == 0 || points > Integer.MAX_VALUE - 8) {
            throw new DataException(
                    "%s: %s has %d samples a channel; 1 to %d can be read",
                    name, info.dataFile(), points, Integer.MAX_VALUE - 8);
        }
        return points;
    }
}
