package org.lamina.zoo.data.edf;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.RegularFile;
import org.lamina.zoo.data.reader.ChannelSelection;
import org.lamina.zoo.data.reader.DataRecords;
import org.lamina.zoo.data.reader.FileSamples;
import org.lamina.zoo.data.reader.StimulusChannel;
import org.lamina.zoo.data.reader.Tolerance;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads EDF, EDF+ (C and D), BDF and BDF+ files. Samples are read from disk on demand: one channel
 * of a large file costs the memory of that channel.
 *
 * <p>Common faults that leave no doubt about the samples are logged and the file is read: a missing
 * end, an open number of records, rounded onsets of records ({@link #openStrict} rejects these).
 * Damaged annotations are an error, and so is a channel without a valid scale if it is selected;
 * {@link #openLenient} reads what it can instead. Methods throw {@link DataException} if the
 * content of the file is wrong and {@link IOException} if reading fails. Not thread-safe.
 */
public final class EdfReader implements Closeable {
    private static final Logger log = LoggerFactory.getLogger(EdfReader.class);

    /** Of the 24 bits of BioSemi's status channel, the highest byte is not part of the code. */
    private static final int BIOSEMI_CODE = 0xFFFF;

    private final String file;
    private final FileChannel channel;
    private final boolean lenient;
    private final Tolerance tolerance;
    private final EdfHeader header;
    private final DataRecords data;
    private EdfAnnotations annotations;
    private List<Event> events;

    private EdfReader(Path path, boolean strict, boolean lenient, Consumer<String> notes)
            throws IOException {
        this.file = String.valueOf(path.getFileName());
        this.lenient = lenient;
        this.tolerance =
                new Tolerance(
                        file,
                        strict,
                        notes == null ? note -> log.warn("{}: {}", file, note) : notes);
        RegularFile.check(path);
        this.channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            this.header = readHeader(Channels.newInputStream(channel), file);
            this.data =
                    new DataRecords(
                            path,
                            channel.size(),
                            header.layout(),
                            tolerance,
                            "reading the complete ones");
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        if (data.count() == header.layout().declared() && data.bytesAfter() > 0) {
            tolerance.note(
                    data.bytesAfter()
                            + " bytes after the "
                            + data.count()
                            + " declared records are ignored");
        }
    }

    /**
     * @param path of the file
     * @return an open reader
     * @throws DataException if the file is not an EDF or BDF file or is damaged
     * @throws IOException if it cannot be read
     */
    public static EdfReader open(Path path) throws IOException {
        return open(path, false, null);
    }

    /**
     * Like {@link #open}, but violations of the format are errors: a file that ends before its last
     * record, leaves the number of records open, rounds the onsets of records so that gaps cannot
     * be told, or has a channel without a valid scale.
     *
     * @param path of the file
     * @return an open reader
     * @throws DataException if the file is not an EDF or BDF file, is damaged or truncated
     * @throws IOException if it cannot be read
     */
    public static EdfReader openStrict(Path path) throws IOException {
        return open(path, true, null);
    }

    /**
     * Like {@link #open}, but reads as much as possible: the digital values of a channel without a
     * valid scale (in the unit {@link EdfHeader#UNSCALED}), and the undamaged annotations. The
     * fields that give the position of samples must be valid.
     *
     * @param path of the file
     * @return an open reader
     * @throws DataException if the file is not an EDF or BDF file or its header is damaged
     * @throws IOException if it cannot be read
     */
    public static EdfReader openLenient(Path path) throws IOException {
        return new EdfReader(path, false, true, null);
    }

    /**
     * @param path of the file
     * @param strict whether as {@link #openStrict}, otherwise as {@link #open}
     * @param notes receives sentences about what was ignored or repaired, without the file's name
     * @return an open reader
     * @throws DataException if the file is not an EDF or BDF file or is damaged
     * @throws IOException if it cannot be read
     */
    public static EdfReader open(Path path, boolean strict, Consumer<String> notes)
            throws IOException {
        return new EdfReader(path, strict, false, notes);
    }

    /**
     * Reads only the header.
     *
     * @param in an EDF or BDF file from its beginning; read no further than the header
     * @param file its name, for errors
     * @return the header
     * @throws DataException if it is damaged
     * @throws IOException if reading fails
     */
    public static EdfHeader readHeader(InputStream in, String file) throws IOException {
        byte[] fixed = in.readNBytes(EdfHeader.FIXED_BYTES);
        checkSize(file, fixed.length, EdfHeader.FIXED_BYTES);
        byte[] all = Arrays.copyOf(fixed, EdfHeader.sizeOf(file, fixed));
        int rest = all.length - fixed.length;
        checkSize(file, fixed.length + in.readNBytes(all, fixed.length, rest), all.length);
        return EdfHeader.parse(file, all);
    }

    /**
     * @param in a file from its beginning; only the header is read
     * @param file its name; without the ending .edf or .bdf it is neither
     * @return whether it holds annotations and no samples, as one of sleep stages; false if it is
     *     damaged, which is reported when it is read
     * @throws IOException if reading fails
     */
    public static boolean isAnnotationsOnly(InputStream in, String file) throws IOException {
        try {
            return file.toLowerCase(Locale.ROOT).matches(".*\\.[eb]df")
                    && readHeader(in, file).isAnnotationsOnly();
        } catch (DataException e) {
            return false;
        }
    }

    private static void checkSize(String file, long bytes, int needed) {
        if (bytes < needed) {
            throw new DataException(
                    "%s: truncated: %d bytes, the header needs %d", file, bytes, needed);
        }
    }

    /**
     * @return the header
     */
    public EdfHeader header() {
        return header;
    }

    /**
     * @return number of data records that can be read
     */
    public long records() {
        return data.count();
    }

    /** Samples of one signal, in its own unit. */
    FileSamples samples(int signal) {
        return data.samples(new int[] {signal}, new double[] {1}, 0, data.count());
    }

    /**
     * @return annotations of an EDF+ or BDF+ file sorted by onset, which is in seconds after the
     *     start time in the header; empty for plain files
     * @throws IOException if reading fails
     */
    public List<Event> annotations() throws IOException {
        if (events == null) {
            events = List.copyOf(read().events());
        }
        return events;
    }

    private EdfAnnotations read() throws IOException {
        if (annotations == null) {
            annotations = new EdfAnnotations(channel, header, data, tolerance, lenient);
        }
        return annotations;
    }

    /**
     * Replaces the annotations, for example by those of a file of sleep stages that belongs to this
     * one.
     *
     * @param others annotations with onsets in seconds after the start time in the header
     */
    public void annotate(List<Event> others) {
        events = others.stream().sorted(Comparator.comparingDouble(Event::onset)).toList();
    }

    /**
     * @param record index of a data record
     * @return when it starts, in seconds after the start time in the header
     * @throws IOException if reading fails
     */
    public double recordOnset(long record) throws IOException {
        return read().onset(record);
    }

    /**
     * Reads a continuous file.
     *
     * @param channels labels, compared by {@link Recording#canonical}; empty means all signals
     * @return the recording, see {@link #segments}
     * @throws DataException as {@link #segments}, and if the file has gaps
     * @throws IOException if reading fails
     */
    public Recording recording(List<String> channels) throws IOException {
        List<Recording> segments = segments(channels);
        if (segments.size() > 1) {
            throw new DataException(
                    "%s: the recording has gaps: %d continuous pieces, which segments() reads",
                    file, segments.size());
        }
        return segments.get(0);
    }

    /**
     * Reads a file as its continuous pieces; a file without gaps is one piece. The samples stay in
     * the file, which must not change while the recordings are used; the reader may be closed.
     *
     * <p>Voltages are converted to microvolt. Times of events are relative to the piece; events in
     * gaps are dropped. Without annotations, the events are the codes of the stimulus channel (see
     * {@link StimulusChannel}): each change of the lower 16 bits to another value than the resting
     * one.
     *
     * @param channels labels, compared by {@link Recording#canonical}; empty means all signals but
     *     stimulus channels and those without a valid scale, which must then have one sampling rate
     * @return one recording per piece
     * @throws DataException if a channel is unknown, sampling rates differ or there are no samples
     * @throws IOException if reading fails
     */
    public List<Recording> segments(List<String> channels) throws IOException {
        List<long[]> pieces = read().pieces();
        ChannelSelection selection =
                data.select(
                        tolerance, channels, lenient, signal -> !EdfHeader.isAnnotations(signal));
        Optional<DataRecords.Triggers> triggers =
                annotations().isEmpty()
                        ? data.triggers(header.bdf() ? BIOSEMI_CODE : 0, tolerance)
                        : Optional.empty();
        List<Recording> segments = new ArrayList<>();
        for (long[] piece : pieces) {
            List<Event> within =
                    triggers.isPresent()
                            ? triggers.get().events(piece[0], piece[1])
                            : eventsOf(piece, pieces.size() == 1);
            FileSamples samples =
                    data.samples(selection.indices(), selection.scales(), piece[0], piece[1]);
            segments.add(
                    selection
                            .recording(file, file + ": " + header.recording(), samples, within)
                            .withStart(recordOnset(piece[0]) - recordOnset(0)));
        }
        return segments;
    }

    private List<Event> eventsOf(long[] piece, boolean all) throws IOException {
        double start = recordOnset(piece[0]);
        double end = start + (piece[1] - piece[0]) * header.recordSeconds();
        List<Event> within = new ArrayList<>();
        for (Event event : annotations()) {
            boolean begins = event.onset() >= start && event.onset() < end;
            if (all || begins || event.spoils(start, end)) {
                within.add(event.shifted(-start));
            }
        }
        return within;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
