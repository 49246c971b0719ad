package org.lamina.zoo.data.edf;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.Event;
import org.lamina.zoo.data.Recording;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads EDF, EDF+ (C and D), BDF and BDF+ files. Samples are read from disk when asked for, one
 * data record at a time and no more of it than the signals asked for span: one channel of a large
 * file costs the memory of that channel.
 *
 * <p>A file that ends before its last record, or whose annotations or scales make no sense, is an
 * error; {@link #openLenient} reads what is there instead and logs what it passes over. Methods
 * throw {@link DataException} for what is wrong with the file's content and {@link IOException}
 * where reading fails. Not safe for use by several threads at once.
 */
public final class EdfReader implements Closeable {
    private static final Logger log = LoggerFactory.getLogger(EdfReader.class);
    private static final String BIOSEMI_TRIGGERS = "Status";

    private final String file;
    private final FileChannel channel;
    private final boolean lenient;
    private final EdfHeader header;
    private final int[] offsets;
    private final long records;
    private List<Event> events;
    private double[] onsets;

    private EdfReader(Path path, boolean lenient) throws IOException {
        this.file = String.valueOf(path.getFileName());
        this.lenient = lenient;
        this.channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            this.header = readHeader();
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
     * @throws DataException if the file is no EDF or BDF file, is damaged or truncated
     * @throws IOException if it cannot be read
     */
    public static EdfReader open(Path path) throws IOException {
        return new EdfReader(path, false);
    }

    /**
     * Like {@link #open}, but takes what there is: of a truncated file the whole records present,
     * of an unusable scale the digital values, of damaged annotations those that can be read. The
     * fields that say where the samples are must be right.
     *
     * @param path of the file
     * @return an open reader
     * @throws DataException if the file is no EDF or BDF file or its header is damaged
     * @throws IOException if it cannot be read
     */
    public static EdfReader openLenient(Path path) throws IOException {
        return new EdfReader(path, true);
    }

    private EdfHeader readHeader() throws IOException {
        long size = channel.size();
        if (size < EdfHeader.FIXED_BYTES) {
            throw new DataException(
                    String.format(
                            "%s: %d bytes are too few for an EDF header (%d)",
                            file, size, EdfHeader.FIXED_BYTES));
        }
        int headerBytes = EdfHeader.sizeOf(file, read(0, EdfHeader.FIXED_BYTES).array());
        if (size < headerBytes) {
            throw new DataException(
                    String.format(
                            "%s: the header needs %d bytes, the file has %d (truncated)",
                            file, headerBytes, size));
        }
        return EdfHeader.parse(file, read(0, headerBytes).array(), lenient);
    }

    private long countRecords() throws IOException {
        long bytes = channel.size() - header.headerBytes();
        long whole = bytes / header.recordBytes();
        long rest = bytes % header.recordBytes();
        long declared = header.records();
        if (declared < 0 ? rest > 0 : whole < declared) {
            String problem =
                    String.format(
                            Locale.ROOT,
                            "%s: truncated: %s records declared, %d whole records and %d of %d"
                                    + " bytes of the next present",
                            file,
                            declared < 0 ? "unknown number of" : declared,
                            whole,
                            rest,
                            header.recordBytes());
            if (!lenient) {
                throw new DataException(problem);
            }
            log.warn("{}; reading the whole records", problem);
            return whole;
        }
        if (declared >= 0 && bytes > declared * header.recordBytes()) {
            log.warn(
                    "{}: {} bytes after the {} records declared are passed over",
                    file,
                    bytes - declared * header.recordBytes(),
                    declared);
        }
        return declared < 0 ? whole : declared;
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
                values[done + i] = value(bytes, i * width);
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
                    String.format(
                            "%s: the recording has gaps: %d continuous pieces; read them one by"
                                    + " one",
                            file, pieces.size()));
        }
        return segments(channels).get(0);
    }

    /**
     * Reads a file as its continuous pieces, of which a file without gaps has one. Voltages are
     * converted to microvolt. Times of events are relative to the piece; events in gaps are
     * dropped. A BDF file without annotations gives the values of its trigger channel {@code
     * Status} (lower 16 bits, where they change to another than 0) as events instead.
     *
     * @param channels labels, compared by {@link Recording#canonical}; empty means all signals (but
     *     not the trigger channel of a BDF file), which must then have one sampling rate
     * @return one recording per piece
     * @throws DataException if a channel is unknown, sampling rates differ or there are no samples
     * @throws IOException if reading fails
     */
    public List<Recording> segments(List<String> channels) throws IOException {
        int[] picked = pick(channels);
        if (records == 0) {
            throw new DataException(file + ": no data records");
        }
        int perRecord = header.signals().get(picked[0]).samplesPerRecord();
        double rate = header.rate(picked[0]);
        List<String> names = names();
        List<String> pickedNames = new ArrayList<>();
        double[] toMicrovolt = new double[picked.length];
        String unit = units(picked, toMicrovolt);
        for (int signal : picked) {
            pickedNames.add(names.get(signal));
        }
        int triggers = annotations().isEmpty() ? triggerSignal() : -1;
        List<long[]> pieces = pieces();
        List<Recording> segments = new ArrayList<>();
        for (long[] piece : pieces) {
            long length = (piece[1] - piece[0]) * perRecord;
            if (length > Integer.MAX_VALUE - 8) {
                throw new DataException(
                        String.format(
                                "%s: %d samples a channel are more than fit into memory at once;"
                                        + " read pieces with readPhysical",
                                file, length));
            }
            List<Event> events =
                    triggers >= 0
                            ? triggerEvents(triggers, piece)
                            : eventsOf(piece, pieces.size() == 1);
            segments.add(
                    new Recording(
                                    file,
                                    file + ": " + header.recording(),
                                    rate,
                                    pickedNames,
                                    unit,
                                    readAll(picked, piece, (int) length, toMicrovolt),
                                    events)
                            .withStart(recordOnset(piece[0]) - recordOnset(pieces.get(0)[0])));
        }
        return segments;
    }

    private float[][] readAll(int[] picked, long[] piece, int length, double[] scale)
            throws IOException {
        int width = header.bytesPerSample();
        int start = Integer.MAX_VALUE;
        int end = 0;
        for (int signal : picked) {
            start = Math.min(start, offsets[signal]);
            int bytes = header.signals().get(signal).samplesPerRecord() * width;
            end = Math.max(end, offsets[signal] + bytes);
        }
        float[][] samples = new float[picked.length][length];
        int done = 0;
        for (long record = piece[0]; record < piece[1]; record++) {
            ByteBuffer bytes = read(position(record) + start, end - start);
            int perRecord = 0;
            for (int c = 0; c < picked.length; c++) {
                EdfSignal signal = header.signals().get(picked[c]);
                perRecord = signal.samplesPerRecord();
                double gain = signal.gain();
                double offset = signal.physicalMin() - signal.digitalMin() * gain;
                int at = offsets[picked[c]] - start;
                for (int i = 0; i < perRecord; i++) {
                    samples[c][done + i] =
                            (float) ((value(bytes, at + i * width) * gain + offset) * scale[c]);
                }
            }
            done += perRecord;
        }
        return samples;
    }

    private int[] pick(List<String> channels) {
        List<EdfSignal> signals = header.signals();
        List<Integer> candidates = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        List<String> names = names();
        int trigger = channels.isEmpty() ? triggerSignal() : -1;
        for (int i = 0; i < signals.size(); i++) {
            if (!signals.get(i).isAnnotations() && i != trigger) {
                candidates.add(i);
                labels.add(names.get(i));
            }
        }
        if (candidates.isEmpty()) {
            throw new DataException(file + ": no signals, only annotations");
        }
        int[] indices = Recording.indicesOf(file, labels, channels.isEmpty() ? labels : channels);
        Map<Integer, List<String>> rates = new HashMap<>();
        for (int i = 0; i < indices.length; i++) {
            indices[i] = candidates.get(indices[i]);
            rates.computeIfAbsent(
                            signals.get(indices[i]).samplesPerRecord(), n -> new ArrayList<>())
                    .add(names.get(indices[i]));
        }
        if (rates.size() > 1) {
            StringBuilder list = new StringBuilder();
            rates.forEach(
                    (n, of) ->
                            list.append(
                                    String.format(
                                            Locale.ROOT,
                                            " %s Hz: %s;",
                                            n / header.recordSeconds(),
                                            String.join(", ", of))));
            throw new DataException(
                    file
                            + ": channels have different sampling rates;"
                            + list
                            + " name those of one");
        }
        return indices;
    }

    /** Labels, those that occur again with a number so that each is a name. */
    private List<String> names() {
        Map<String, Integer> seen = new HashMap<>();
        List<String> names = new ArrayList<>();
        for (EdfSignal signal : header.signals()) {
            int count = seen.merge(Recording.canonical(signal.label()), 1, Integer::sum);
            names.add(count == 1 ? signal.label() : signal.label() + "-" + count);
        }
        return names;
    }

    private int triggerSignal() {
        if (header.bdf()) {
            for (int i = 0; i < header.signals().size(); i++) {
                if (header.signals().get(i).label().equals(BIOSEMI_TRIGGERS)) {
                    return i;
                }
            }
        }
        return -1;
    }

    private List<Event> triggerEvents(int signal, long[] piece) throws IOException {
        int perRecord = header.signals().get(signal).samplesPerRecord();
        List<Event> events = new ArrayList<>();
        int before = -1;
        for (long record = piece[0]; record < piece[1]; record++) {
            int[] values = readDigital(signal, record * perRecord, perRecord);
            for (int i = 0; i < perRecord; i++) {
                int code = values[i] & 0xFFFF;
                if (code != before && code != 0 && before >= 0) {
                    double sample = (record - piece[0]) * (double) perRecord + i;
                    events.add(
                            new Event(
                                    sample / header.rate(signal),
                                    Double.NaN,
                                    Integer.toString(code)));
                }
                before = code;
            }
        }
        return events;
    }

    private List<Event> eventsOf(long[] piece, boolean all) throws IOException {
        double start = recordOnset(piece[0]);
        double end = start + (piece[1] - piece[0]) * header.recordSeconds();
        List<Event> events = new ArrayList<>();
        for (Event event : annotations()) {
            if (all || (event.onset() >= start && event.onset() < end)) {
                events.add(new Event(event.onset() - start, event.duration(), event.label()));
            }
        }
        return events;
    }

    private String units(int[] picked, double[] toMicrovolt) {
        List<String> units = new ArrayList<>();
        for (int i = 0; i < picked.length; i++) {
            String unit = header.signals().get(picked[i]).unit();
            toMicrovolt[i] = microvolts(unit);
            if (toMicrovolt[i] == 0) {
                toMicrovolt[i] = 1;
            } else {
                unit = "uV";
            }
            if (!units.contains(unit)) {
                units.add(unit);
            }
        }
        return String.join(", ", units);
    }

    /** Microvolts in one of a unit, 0 if it is no voltage. Letter case tells mV from MV. */
    private static double microvolts(String unit) {
        return switch (unit) {
            case "nV" -> 1e-3;
            case "uV", "\u00b5V", "\u03bcV", "\u00c2\u00b5V" -> 1;
            case "mV" -> 1e3;
            case "V" -> 1e6;
            default -> 0;
        };
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
            for (long record = 1; record < records; record++) {
                double gap = recordOnset(record) - recordOnset(record - 1) - header.recordSeconds();
                if (gap < -tolerance && !lenient) {
                    throw new DataException(
                            String.format(
                                    Locale.ROOT,
                                    "%s: record %d starts at %s s, before the end of the one"
                                            + " before it",
                                    file,
                                    record,
                                    recordOnset(record)));
                }
                if (Math.abs(gap) > tolerance) {
                    pieces.add(new long[] {start, record});
                    start = record;
                }
            }
        }
        pieces.add(new long[] {start, records});
        return pieces;
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
                        file
                                + ": header field 'reserved' is '"
                                + header.reserved()
                                + "', but there is no annotation signal with the records' onsets");
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
                    String problem =
                            file + ": annotations of record " + record + ": " + e.getMessage();
                    if (!lenient) {
                        throw new DataException(problem, e);
                    }
                    log.warn("{}; passing over the rest of them", problem);
                }
                if (signal == signals.get(0)) {
                    onset = parser.firstOnset();
                }
            }
            if (Double.isNaN(onset) && header.isDiscontinuous()) {
                throw new DataException(
                        file + ": record " + record + " of a discontinuous file has no onset");
            }
            recordOnsets[record] = onset;
        }
        return recordOnsets;
    }

    private EdfSignal sampled(int signal) {
        EdfSignal description = header.signals().get(signal);
        if (description.isAnnotations()) {
            throw new DataException(
                    file + ": signal " + (signal + 1) + " holds annotations, not samples");
        }
        return description;
    }

    private long position(long record) {
        return header.headerBytes() + record * header.recordBytes();
    }

    /** A stored value: little endian two's complement of 16 or 24 bits. */
    private int value(ByteBuffer bytes, int at) {
        int low = bytes.get(at) & 0xFF;
        if (!header.bdf()) {
            return (bytes.get(at + 1) << 8) | low;
        }
        return (bytes.get(at + 2) << 16) | ((bytes.get(at + 1) & 0xFF) << 8) | low;
    }

    private ByteBuffer read(long position, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
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
