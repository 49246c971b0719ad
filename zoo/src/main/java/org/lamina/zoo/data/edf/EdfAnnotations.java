package org.lamina.zoo.data.edf;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.reader.DataRecords;
import org.lamina.zoo.data.reader.FileSamples;
import org.lamina.zoo.data.reader.RecordedSignal;
import org.lamina.zoo.data.reader.Tolerance;
import org.lamina.zoo.data.recording.Event;

/** What the annotation signals of a file hold: events, and when each data record starts. */
final class EdfAnnotations {
    private final EdfHeader header;
    private final long records;
    private final Tolerance tolerance;
    private final boolean lenient;
    private final List<Event> events = new ArrayList<>();
    private final double[] onsets;
    private int onsetDecimals;

    /**
     * @param file open for reading
     * @param lenient whether damaged annotations are ignored
     */
    EdfAnnotations(
            FileChannel file,
            EdfHeader header,
            DataRecords data,
            Tolerance tolerance,
            boolean lenient)
            throws IOException {
        this.header = header;
        this.records = data.count();
        this.tolerance = tolerance;
        this.lenient = lenient;
        this.onsets = read(file, data);
        events.sort(Comparator.comparingDouble(Event::onset));
    }

    private double[] read(FileChannel file, DataRecords data) throws IOException {
        List<RecordedSignal> signals = header.layout().signals();
        List<Integer> annotated = new ArrayList<>();
        for (int i = 0; i < signals.size(); i++) {
            if (EdfHeader.isAnnotations(signals.get(i))) {
                annotated.add(i);
            }
        }
        if (annotated.isEmpty()) {
            if (header.isDiscontinuous()) {
                throw new DataException(
                        "%s: header field 'reserved' is '%s', but there is no annotation signal"
                                + " with the onsets of the records",
                        tolerance.file(), header.reserved());
            }
            return new double[0];
        }
        double[] recordOnsets = new double[Math.toIntExact(records)];
        for (int record = 0; record < records; record++) {
            double onset = Double.NaN;
            for (int i : annotated) {
                RecordedSignal signal = signals.get(i);
                int bytes = signal.samplesPerRecord() * signal.type().bytes();
                TalParser parser =
                        new TalParser(
                                FileSamples.bytes(file, data.position(record, i), bytes).array());
                try {
                    parser.parse(events);
                } catch (DataException e) {
                    String problem = "annotations of record " + record + ": " + e.getMessage();
                    if (!lenient) {
                        throw new DataException("%s: %s", tolerance.file(), problem, e);
                    }
                    tolerance.note(problem + "; ignoring the rest of them");
                }
                if (i == annotated.get(0)) {
                    onset = parser.firstOnset();
                    onsetDecimals = Math.max(onsetDecimals, parser.firstOnsetDecimals());
                }
            }
            if (Double.isNaN(onset) && header.isDiscontinuous()) {
                throw new DataException(
                        "%s: record %s of a discontinuous file has no onset",
                        tolerance.file(), record);
            }
            recordOnsets[record] = onset;
        }
        return recordOnsets;
    }

    /** Events sorted by onset, in seconds after the start time in the header. */
    List<Event> events() {
        return events;
    }

    /** Start of a data record, in seconds after the start time in the header. */
    double onset(long record) {
        if (record < 0 || record >= records) {
            throw new IndexOutOfBoundsException(
                    tolerance.file() + ": record " + record + " of " + records);
        }
        if (header.isDiscontinuous()) {
            return onsets[(int) record];
        }
        double start = onsets.length > 0 && !Double.isNaN(onsets[0]) ? onsets[0] : 0;
        return start + record * header.recordSeconds();
    }

    /** First (inclusive) and last (exclusive) record of each continuous piece. */
    List<long[]> pieces() {
        List<long[]> pieces = new ArrayList<>();
        long start = 0;
        if (header.isDiscontinuous()) {
            double seconds = header.recordSeconds();
            int fastest =
                    header.layout().signals().stream()
                            .filter(signal -> !EdfHeader.isAnnotations(signal))
                            .mapToInt(RecordedSignal::samplesPerRecord)
                            .max()
                            .orElse(1);
            double halfASample = seconds / fastest / 2;
            double rounding = onsetRounding();
            double rounded = 0;
            for (long record = 1; record < records; record++) {
                double gap = onset(record) - onset(record - 1) - seconds;
                if (Math.abs(gap) <= halfASample) {
                    continue;
                }
                if (Math.abs(gap) <= rounding) {
                    rounded = Math.max(rounded, Math.abs(gap));
                    continue;
                }
                if (gap < 0 && !lenient) {
                    throw new DataException(
                            "%s: record %d starts at %s s, before the end of the previous one",
                            tolerance.file(), record, onset(record));
                }
                pieces.add(new long[] {start, record});
                start = record;
            }
            if (rounded > 0) {
                tolerance.tolerate(
                        String.format(
                                Locale.ROOT,
                                "onsets of records are rounded to %s s and up to %.6f s off",
                                BigDecimal.valueOf(1, onsetDecimals).toPlainString(),
                                rounded),
                        "differences that this explains are not taken as gaps");
            }
        }
        pieces.add(new long[] {start, records});
        return pieces;
    }

    /**
     * How far the distance of two onsets may be off because they are written with few decimals; 0
     * if these are enough for the duration of a record.
     */
    private double onsetRounding() {
        BigDecimal duration = header.layout().seconds().stripTrailingZeros();
        BigDecimal unit = BigDecimal.valueOf(1, onsetDecimals);
        boolean rounds = duration.scale() > onsetDecimals && unit.compareTo(duration) < 0;
        // Plus the rounding error of doubles
        return rounds ? unit.doubleValue() * (1 + 1e-6) : 0;
    }
}
