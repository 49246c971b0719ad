package org.lamina.zoo.data.files;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.RegularFile;
import org.lamina.zoo.data.brainvision.BrainVisionReader;
import org.lamina.zoo.data.csv.CsvRecordingReader;
import org.lamina.zoo.data.edf.EdfReader;
import org.lamina.zoo.data.eeglab.EeglabReader;
import org.lamina.zoo.data.gdf.GdfReader;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.data.recording.RecordingFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads recording files by their {@link RecordingFormat}.
 *
 * @param csv how CSV files are read
 * @param strict whether files that violate their format are an error even if they could be read,
 *     see {@link EdfReader#openStrict}
 * @param badChannels whether channels marked as bad in a BIDS data set are read, too
 */
public record RecordingReader(CsvRecordingReader csv, boolean strict, boolean badChannels)
        implements Serializable {
    private static final Logger log = LoggerFactory.getLogger(RecordingReader.class);

    /** A tolerant reader with default settings. */
    public RecordingReader() {
        this(new CsvRecordingReader(), false, false);
    }

    /**
     * @param file in a {@link RecordingFormat}; what is ignored or repaired in it is logged. In
     *     BIDS data sets, channels and events are taken from the tables {@code _channels.tsv} and
     *     {@code _events.tsv}
     * @param channels to read; empty means all that are signals
     * @return its continuous pieces; except for CSV, samples stay in the file and are read on
     *     demand
     * @throws DataException if the file cannot be used
     */
    public List<Recording> read(Path file, List<String> channels) {
        return read(file, null, channels, note -> log.warn("{}: {}", file.getFileName(), note));
    }

    /**
     * Files that belong to a recording and are read with it.
     *
     * @param file of the recording; only its header is read
     * @return names of files in the same folder, which may be missing
     * @throws DataException if the header is damaged
     * @throws IOException if reading fails
     */
    public static List<String> companions(Path file) throws IOException {
        String name = file.getFileName().toString();
        return switch (RecordingFormat.of(name).orElse(RecordingFormat.CSV)) {
            case GDF -> GdfReader.companions(name);
            case BRAINVISION -> BrainVisionReader.companions(file);
            case EEGLAB -> EeglabReader.companions(file);
            case EDF, BDF, CSV -> List.of();
        };
    }

    /**
     * @param recording of a BIDS data set, not necessarily a local file
     * @param tree that it is in
     * @return the tables of its channels and events, in its folder or one above, from where they
     *     may be copied to its folder; empty if it has none
     */
    public static List<Path> sidecars(Path recording, FileTree tree) {
        BidsSidecars sidecars = BidsSidecars.of(recording, tree);
        return Stream.of(sidecars.channels(), sidecars.events()).filter(Objects::nonNull).toList();
    }

    /**
     * @param recording in any format
     * @return the channels marked as bad if it is part of a BIDS data set, in their {@link
     *     Recording#canonical} form
     */
    public static Set<String> badChannels(Path recording) {
        return BidsSidecars.of(recording, FileTree.LOCAL).bad();
    }

    /**
     * @param annotations a file of annotations that belongs to the recording; may be null
     * @param notes receives sentences about what was ignored or repaired, without the file's name
     */
    List<Recording> read(
            Path file, Path annotations, List<String> channels, Consumer<String> notes) {
        RecordingFormat format =
                RecordingFormat.of(String.valueOf(file.getFileName()))
                        .orElseThrow(() -> RecordingFormat.refusal(file.toString()));
        RegularFile.check(file);
        BidsSidecars sidecars =
                Files.exists(file)
                        ? BidsSidecars.of(file, FileTree.LOCAL)
                        : new BidsSidecars(null, null);
        List<String> wanted = channels.isEmpty() ? sidecars.inputs(badChannels, notes) : channels;
        return sidecars.annotate(read(format, file, annotations, wanted, notes), notes);
    }

    private List<Recording> read(
            RecordingFormat format,
            Path file,
            Path annotations,
            List<String> channels,
            Consumer<String> notes) {
        try {
            return switch (format) {
                case EDF, BDF -> edf(file, annotations, channels, notes);
                case GDF -> GdfReader.read(file, channels, strict, notes);
                case BRAINVISION -> BrainVisionReader.read(file, channels, strict, notes);
                case CSV -> csv.segments(file, channels, notes);
                case EEGLAB -> EeglabReader.read(file, channels, notes);
            };
        } catch (NoSuchFileException e) {
            throw new DataException("No file %s", file, e);
        } catch (IOException e) {
            throw new DataException("%s cannot be read: %s", file, e.getMessage(), e);
        }
    }

    private List<Recording> edf(
            Path file, Path annotations, List<String> channels, Consumer<String> notes)
            throws IOException {
        try (EdfReader reader = EdfReader.open(file, strict, notes)) {
            if (annotations != null && reader.annotations().isEmpty()) {
                try (EdfReader other = EdfReader.open(annotations, strict, notes)) {
                    reader.annotate(other.annotations());
                }
                notes.accept("annotations are read from " + annotations.getFileName());
            }
            return reader.segments(channels);
        }
    }
}
