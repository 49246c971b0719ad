package org.lamina.zoo.data.edf;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.RegularFile;
import org.lamina.zoo.data.reader.ChannelInfo;
import org.lamina.zoo.data.reader.ChannelSelection;
import org.lamina.zoo.data.reader.FileSamples;
import org.lamina.zoo.data.reader.StimulusCodes;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads EDF, EDF+ (C and D), BDF and BDF+ files. Samples are read from disk when asked for, one
 * data record at a time and no more of it than the signals asked for span: one channel of a large
 * file costs the memory of that channel.
 *
 * <p>What many files have wrong and what leaves no doubt about the samples is read, and logged: a
 * missing end, a number of records left open, onsets of records that are rounded ({@link
 * #openStrict} refuses these). Damaged annotations are an error, and so is a channel without a
 * usable scale if it is asked for; {@link #openLenient} reads what is there instead. Methods throw
 * {@link DataException} for what is wrong with the file's content and {@link IOException} where
 * reading fails. Not safe for use by several threads at once.
 */
public final class EdfReader implements Closeable {
    private static final Logger log = LoggerFactory.getLogger(EdfReader.class);

    private enum Mode {
        STRICT,
        USUAL,
        LENIENT
    }

    private final Path path;
    private final String file;
    private final FileChannel channel;
    private final Mode mode;
    private final Consumer<String> notes;
    private final EdfHeader header;
    private final int[] offsets;
    private final long records;
    private List<Event> events;
    private double[] onsets;
    private int onsetDecimals;

    private EdfReader(Path path, Mode mode, Consumer<String> notes) throws IOException {
        this.path = path;
        this.file = String.valueOf(path.getFileName());
        this.mode = mode;
        this.notes = notes == null ? note -> log.warn("{}: {}", file, note) : notes;
        RegularFile.check(path);
        this.channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            this.header = readHeader(Channels.newInputStream(channel), file);
            this.offsets = new int[header.signals().size()];
            for (int i = 1; i < offsets.length; i++) {
                offsets[i] =
                        offsets[i - 1]
                                + header.signals().get(i - 1).samplesPerRecord()
                                        * header.bytesPerSample();
            }
            this.records = countRecords();
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * @param path of the file
     * @return an open reader
     * @throws DataException if the file is no EDF or BDF file or is damaged
     * @throws IOException if it cannot be read
     */
    public static EdfReader open(Path path) throws IOException {
        return new EdfReader(path, Mode.USUAL, null);
    }

    /**
     * Like {@link #open}, but a file that breaks the format's rules is an error: one that ends
     * before its last record, leaves the number of records open, rounds the onsets of records so
     * that they do not tell continuous from discontinuous, or has a channel without a usable scale.
     *
     * @param path of the file
     * @return an open reader
     * @throws DataException if the file is no EDF or BDF file, is damaged or truncated
     * @throws IOException if it cannot be read
     */
    public static EdfReader openStrict(Path path) throws IOException {
        return new EdfReader(path, Mode.STRICT, null);
    }

    /**
     * Like {@link #open}, but takes what there is: of a channel without a usable scale the digital
     * values (their unit is {@link EdfSignal#UNSCALED}), of damaged annotations those that can be
     * read. The fields that say where the samples are must be right.
     *
     * @param path of the file
     * @return an open reader
     * @throws DataException if the file is no EDF or BDF file or its header is damaged
     * @throws IOException if it cannot be read
     */
    public static EdfReader openLenient(Path path) throws IOException {
        return new EdfReader(path, Mode.LENIENT, null);
    }

    /**
     * @param path of the file
     * @param strict whether as {@link #openStrict}, otherwise as {@link #open}
     * @param notes is told in a sentence what is passed over or repaired, without the file's name
     * @return an open reader
     * @throws DataException if the file is no EDF or BDF file or is damaged
     * @throws IOException if it cannot be read
     */
    public static EdfReader open(Path path, boolean strict, Consumer<String> notes)
            throws IOException {
        return new EdfReader(path, strict ? Mode.STRICT : Mode.USUAL, notes);
    }

    /**
     * Reads the header alone.
     *
     * @param in an EDF or BDF file from its beginning; only as much is read as needed
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
     * @param file its name; one that does not end in .edf or .bdf is none of these
     * @return whether it holds annotations and no samples, as one of sleep stages; false if it is
     *     damaged, which comes out when it is read
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
                    "%s: truncated: %d bytes there, the header needs %d bytes",
                    file, bytes, needed);
        }
    }

    private long countRecords() throws IOException {
        long bytes = channel.size() - header.headerBytes();
        long whole = bytes / header.recordBytes();
        long rest = bytes % header.recordBytes();
        long declared = header.records();
        if (declared < 0 || whole < declared) {
            tolerate(
                    (declared < 0
                                    ? "number of data records left open"
                                    : "truncated: " + declared + " data records declared")
                            + ", "
                            + whole
                            + " whole ones present"
                            + (rest == 0
                                    ? ""
                                    : String.format(
                                            Locale.ROOT,
                                            " and a truncated one (%d of %d bytes)",
                                            rest,
                                            header.recordBytes())),
                    "reading the whole ones");
            return whole;
        }
        if (bytes > declared * header.recordBytes()) {
            notes.accept(
                    String.format(
                            Locale.ROOT,
                            "%d bytes after the %d records declared are passed over",
                            bytes - declared * header.recordBytes(),
                            declared));
        }
        return declared;
    }

    /** A break of the format's rules that leaves no doubt about the samples. */
    private void tolerate(String problem, String remedy) {
        if (mode == Mode.STRICT) {
            throw new DataException("%s: %s (read without --strict)", file, problem);
        }
        notes.accept(problem + "; " + remedy);
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
        return records;
    }

    /**
     * @param signal index of the signal
     * @return number of its samples
     */
    public long samples(int signal) {
        return records * header.signals().get(signal).samplesPerRecord();
    }

    /**
     * Reads stored values. Samples of consecutive records follow each other, gaps between records
     * of a discontinuous file leave no trace here (see {@link #recordOnset}).
     *
     * @param signal index of the signal, not one of annotations
     * @param from first sample
     * @param count number of samples
     * @return stored values
     * @throws IOException if reading fails
     */
    public int[] readDigital(int signal, long from, int count) throws IOException {
        EdfSignal description = sampled(signal);
        if (from < 0 || count < 0 || from + count > samples(signal)) {
            throw new IndexOutOfBoundsException(
                    String.format(
                            "%s: samples %d to %d of signal '%s', which has %d",
                            file, from, from + count, description.label(), samples(signal)));
        }
        int perRecord = description.samplesPerRecord();
        int[] values = new int[count];
        int done = 0;
        while (done < count) {
            long record = (from + done) / perRecord;
            int first = (int) ((from + done) % perRecord);
            int n = Math.min(perRecord - first, count - done);
            int width = header.bytesPerSample();
            ByteBuffer bytes =
                    read(position(record) + offsets[signal] + (long) first * width, n * width);
            for (int i = 0; i < n; i++) {
                values[done + i] = (int) header.sampleType().value(bytes, i * width);
            }
            done += n;
        }
        return values;
    }

    /**
     * Reads physical values, like {@link #readDigital}.
     *
     * @param signal index of the signal, not one of annotations
     * @param from first sample
     * @param count number of samples
     * @return values in the signal's unit
     * @throws IOException if reading fails
     */
    public double[] readPhysical(int signal, long from, int count) throws IOException {
        EdfSignal description = sampled(signal);
        checkScale(description);
        int[] digital = readDigital(signal, from, count);
        double[] physical = new double[count];
        for (int i = 0; i < count; i++) {
            physical[i] = description.toPhysical(digital[i]);
        }
        return physical;
    }

    /**
     * @return annotations of an EDF+ or BDF+ file sorted by onset, which is in seconds after the
     *     start time in the header; empty for plain files
     * @throws IOException if reading fails
     */
    public List<Event> annotations() throws IOException {
        readAnnotations();
        return events;
    }

    /**
     * Takes annotations from elsewhere in place of the file's own, for example from a file of sleep
     * stages that belongs to it.
     *
     * @param annotations with onsets in seconds after the start time in the header
     * @throws IOException if reading fails
     */
    public void annotate(List<Event> annotations) throws IOException {
        readAnnotations();
        List<Event> sorted = new ArrayList<>(annotations);
        sorted.sort(Comparator.comparingDouble(Event::onset));
        events = List.copyOf(sorted);
    }

    /**
     * @param record index of a data record
     * @return when it starts, in seconds after the start time in the header
     * @throws IOException if reading fails
     */
    public double recordOnset(long record) throws IOException {
        if (record < 0 || record >= records) {
            throw new IndexOutOfBoundsException(file + ": record " + record + " of " + records);
        }
        readAnnotations();
        if (header.isDiscontinuous()) {
            return onsets[(int) record];
        }
        double start = onsets.length > 0 && !Double.isNaN(onsets[0]) ? onsets[0] : 0;
        return start + record * header.recordSeconds();
    }

    /**
     * Reads a continuous file.
     *
     * @param channels labels, compared by {@link Recording#canonical}; empty means all signals
     * @return the recording, see {@link #segments}
     * @throws DataException as {@link #segments} and if the file has gaps
     * @throws IOException if reading fails
     */
    public Recording recording(List<String> channels) throws IOException {
        List<long[]> pieces = pieces();
        if (pieces.size() > 1) {
            throw new DataException(
                    "%s: the recording has gaps: %d continuous pieces, which segments() reads",
                    file, pieces.size());
        }
        return segments(channels, pieces, false).get(0);
    }

    /**
     * Reads a file as its continuous pieces, of which a file without gaps has one. Voltages are
     * converted to microvolt. Times of events are relative to the piece; events in gaps are
     * dropped. A file without annotations gives the codes of its stimulus channel (see {@link
     * EdfSignal#isStimulus}) as events instead: of the lower 16 bits each change to another value
     * than the one that the channel rests at.
     *
     * @param channels labels, compared by {@link Recording#canonical}; empty means all signals but
     *     stimulus channels and those without a usable scale, which must then have one sampling
     *     rate
     * @return one recording per piece
     * @throws DataException if a channel is unknown, sampling rates differ or there are no samples
     * @throws IOException if reading fails
     */
    public List<Recording> segments(List<String> channels) throws IOException {
        return segments(channels, pieces(), false);
    }

    /**
     * Like {@link #segments}, but the samples stay in the file, which must stay as it is as long as
     * the recordings are used, until they are asked for. The reader may be closed.
     *
     * @param channels as there
     * @return one recording per piece
     * @throws DataException as there
     * @throws IOException if reading fails
     */
    public List<Recording> segmentsInFile(List<String> channels) throws IOException {
        return segments(channels, pieces(), true);
    }

    private List<Recording> segments(List<String> channels, List<long[]> pieces, boolean inFile)
            throws IOException {
        ChannelSelection selection =
                ChannelSelection.of(file, infos(), channels, mode != Mode.USUAL, notes);
        if (records == 0) {
            throw new DataException("%s: no data records", file);
        }
        int perRecord = header.signals().get(selection.indices()[0]).samplesPerRecord();
        TriggerEvents triggers = annotations().isEmpty() ? triggerEvents() : null;
        List<Recording> segments = new ArrayList<>();
        for (long[] piece : pieces) {
            long length = (piece[1] - piece[0]) * perRecord;
            if (length > Integer.MAX_VALUE - 8) {
                throw new DataException(
                        "%s: %d samples a channel are more than fit into memory at once; read"
                                + " pieces with readPhysical",
                        file, length);
            }
            List<Event> events =
                    triggers != null ? triggers.of(piece) : eventsOf(piece, pieces.size() == 1);
            Recording segment =
                    new Recording(
                            file,
                            file + ": " + header.recording(),
                            selection.samplingRate(),
                            selection.names(),
                            selection.unit(),
                            new FileSamples(
                                    path,
                                    channel.size(),
                                    header.headerBytes(),
                                    header.recordBytes(),
                                    rows(selection),
                                    piece[0] * perRecord,
                                    (int) length),
                            events);
            if (!inFile) {
                segment = inMemory(segment);
            }
            segments.add(segment.withStart(recordOnset(piece[0]) - recordOnset(pieces.get(0)[0])));
        }
        return segments;
    }

    private static Recording inMemory(Recording recording) {
        float[][] samples = new float[recording.channels().size()][];
        for (int c = 0; c < samples.length; c++) {
            samples[c] = recording.samples(c);
        }
        return recording.withSamples(samples, recording.samplingRate());
    }

    private List<ChannelInfo> infos() {
        List<ChannelInfo> infos = new ArrayList<>();
        for (int i = 0; i < header.signals().size(); i++) {
            EdfSignal signal = header.signals().get(i);
            infos.add(
                    signal.isAnnotations()
                            ? null
                            : new ChannelInfo(
                                    signal.label(),
                                    signal.unit(),
                                    header.rate(i),
                                    signal.isStimulus(),
                                    mode == Mode.LENIENT ? null : signal.fault()));
        }
        return infos;
    }

    private List<FileSamples.Row> rows(ChannelSelection selection) {
        List<FileSamples.Row> rows = new ArrayList<>();
        for (int i = 0; i < selection.indices().length; i++) {
            int index = selection.indices()[i];
            EdfSignal signal = header.signals().get(index);
            rows.add(
                    new FileSamples.Row(
                            offsets[index],
                            signal.samplesPerRecord(),
                            header.sampleType(),
                            signal.gain(),
                            signal.physicalMin() - signal.digitalMin() * signal.gain(),
                            selection.scales()[i]));
        }
        return rows;
    }

    private void checkScale(EdfSignal signal) {
        if (signal.fault() != null && mode != Mode.LENIENT) {
            throw new DataException(signal.fault());
        }
    }

    /** Events of the stimulus channel with a number of records a piece. */
    private record TriggerEvents(StimulusCodes codes, int perRecord, double rate) {
        List<Event> of(long[] piece) {
            return codes.events(piece[0] * perRecord, piece[1] * perRecord, rate);
        }
    }

    /** Of the first stimulus channel that has any; null if none has. */
    private TriggerEvents triggerEvents() throws IOException {
        for (int signal = 0; signal < header.signals().size(); signal++) {
            EdfSignal description = header.signals().get(signal);
            if (!description.isStimulus()) {
                continue;
            }
            StimulusCodes codes = codes(signal);
            if (codes == null) {
                notes.accept("values of " + description.label() + " are too many to be codes");
                continue;
            }
            TriggerEvents events =
                    new TriggerEvents(codes, description.samplesPerRecord(), header.rate(signal));
            if (!events.of(new long[] {0, records}).isEmpty()) {
                return events;
            }
        }
        return null;
    }

    private StimulusCodes codes(int signal) throws IOException {
        EdfSignal description = header.signals().get(signal);
        StimulusCodes codes = new StimulusCodes();
        // The status channel of BioSemi has other things in its highest byte
        int mask = header.bdf() ? 0xFFFF : -1;
        for (long record = 0; record < records; record++) {
            int perRecord = description.samplesPerRecord();
            if (!codes.add(readDigital(signal, record * perRecord, perRecord), mask)) {
                return null;
            }
        }
        if (!header.bdf()) {
            codes.scale(description::toPhysical);
        }
        return codes;
    }

    private List<Event> eventsOf(long[] piece, boolean all) throws IOException {
        double start = recordOnset(piece[0]);
        double end = start + (piece[1] - piece[0]) * header.recordSeconds();
        List<Event> events = new ArrayList<>();
        for (Event event : annotations()) {
            boolean begins = event.onset() >= start && event.onset() < end;
            if (all || begins || event.spoils(start, end)) {
                events.add(event.shifted(-start));
            }
        }
        return events;
    }

    /** First (inclusive) and last (exclusive) record of each continuous piece. */
    private List<long[]> pieces() throws IOException {
        List<long[]> pieces = new ArrayList<>();
        long start = 0;
        if (header.isDiscontinuous()) {
            int fastest = 1;
            for (EdfSignal signal : header.signals()) {
                if (!signal.isAnnotations()) {
                    fastest = Math.max(fastest, signal.samplesPerRecord());
                }
            }
            double tolerance = header.recordSeconds() / fastest / 2;
            double rounding = onsetRounding();
            double rounded = 0;
            for (long record = 1; record < records; record++) {
                double gap = recordOnset(record) - recordOnset(record - 1) - header.recordSeconds();
                if (Math.abs(gap) > tolerance && Math.abs(gap) <= rounding) {
                    rounded = Math.max(rounded, Math.abs(gap));
                    continue;
                }
                if (gap < -tolerance && mode != Mode.LENIENT) {
                    throw new DataException(
                            "%s: record %d starts at %s s, before the end of the one before it",
                            file, record, recordOnset(record));
                }
                if (Math.abs(gap) > tolerance) {
                    pieces.add(new long[] {start, record});
                    start = record;
                }
            }
            if (rounded > 0) {
                tolerate(
                        String.format(
                                Locale.ROOT,
                                "onsets of records are rounded to %s s and up to %.6f s off",
                                BigDecimal.valueOf(1, onsetDecimals).toPlainString(),
                                rounded),
                        "no gap is taken where that explains it");
            }
        }
        pieces.add(new long[] {start, records});
        return pieces;
    }

    /**
     * How far the distance of two onsets may be off because they are written with few decimals; 0
     * where those suffice for the duration of a record.
     */
    private double onsetRounding() throws IOException {
        readAnnotations();
        BigDecimal duration = BigDecimal.valueOf(header.recordSeconds()).stripTrailingZeros();
        BigDecimal unit = BigDecimal.valueOf(1, onsetDecimals);
        boolean rounds = duration.scale() > onsetDecimals && unit.compareTo(duration) < 0;
        // Plus what doubles lose of it
        return rounds ? unit.doubleValue() * (1 + 1e-6) : 0;
    }

    /** Reads what the annotation signals hold, once: events, and the onset of each record. */
    private void readAnnotations() throws IOException {
        if (events == null) {
            List<Event> read = new ArrayList<>();
            onsets = readAnnotations(read);
            read.sort(Comparator.comparingDouble(Event::onset));
            events = List.copyOf(read);
        }
    }

    private double[] readAnnotations(List<Event> read) throws IOException {
        List<Integer> signals = new ArrayList<>();
        for (int i = 0; i < offsets.length; i++) {
            if (header.signals().get(i).isAnnotations()) {
                signals.add(i);
            }
        }
        if (signals.isEmpty()) {
            if (header.isDiscontinuous()) {
                throw new DataException(
                        "%s: header field 'reserved' is '%s', but there is no annotation signal"
                                + " with the records' onsets",
                        file, header.reserved());
            }
            return new double[0];
        }
        double[] recordOnsets = new double[Math.toIntExact(records)];
        for (int record = 0; record < records; record++) {
            double onset = Double.NaN;
            for (int signal : signals) {
                int bytes =
                        header.signals().get(signal).samplesPerRecord() * header.bytesPerSample();
                TalParser parser =
                        new TalParser(read(position(record) + offsets[signal], bytes).array());
                try {
                    parser.parse(read);
                } catch (DataException e) {
                    String problem = "annotations of record " + record + ": " + e.getMessage();
                    if (mode != Mode.LENIENT) {
                        throw new DataException("%s: %s", file, problem, e);
                    }
                    notes.accept(problem + "; passing over the rest of them");
                }
                if (signal == signals.get(0)) {
                    onset = parser.firstOnset();
                    onsetDecimals = Math.max(onsetDecimals, parser.firstOnsetDecimals());
                }
            }
            if (Double.isNaN(onset) && header.isDiscontinuous()) {
                throw new DataException(
                        "%s: record %s of a discontinuous file has no onset", file, record);
            }
            recordOnsets[record] = onset;
        }
        return recordOnsets;
    }

    private EdfSignal sampled(int signal) {
        EdfSignal description = header.signals().get(signal);
        if (description.isAnnotations()) {
            throw new DataException(
                    "%s: signal %s holds annotations, not samples", file, signal + 1);
        }
        return description;
    }

    private long position(long record) {
        return header.headerBytes() + record * header.recordBytes();
    }

    private ByteBuffer read(long position, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            int n = channel.read(buffer, position + buffer.position());
            if (n < 0) {
                throw new EOFException(file + ": ends at byte " + (position + buffer.position()));
            }
        }
        return buffer;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
