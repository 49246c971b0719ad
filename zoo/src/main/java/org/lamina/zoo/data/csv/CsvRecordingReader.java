package org.lamina.zoo.data.csv;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.lamina.zoo.data.BoundedGzip;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.RegularFile;
import org.lamina.zoo.data.reader.StimulusChannel;
import org.lamina.zoo.data.reader.Tolerance;
import org.lamina.zoo.data.recording.Recording;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads recordings from comma-separated text, plain or compressed ({@code .gz}): a header line with
 * names, a column with times in seconds, one column per channel, and a marker column that is 0 (or
 * empty, {@code NA}, {@code NaN}, {@code null}, {@code none}) except where an event begins. A name
 * may end in a unit of voltage in brackets ({@code C3 (mV)}); without one, samples are in
 * microvolt. Other columns named like stimulus channels (see {@link StimulusChannel}) are omitted
 * unless requested.
 *
 * <p>Samples are assumed to be equally spaced. Times are used to estimate the sampling rate (the
 * median slope over half of the recording, which is robust to jitter, rounded to a whole number
 * within 0.2 %) and to find gaps. A new recording begins after each gap. Times that go backwards by
 * more than the jitter are an error.
 *
 * @param timeColumn name of the time column; {@code null} for {@code timestamps}, {@code
 *     timestamp}, {@code time} or {@code t}
 * @param markerColumn name of the marker column; {@code null} for one named {@code trigger}, {@code
 *     stim}, {@code event} or {@code marker...}, otherwise for one named like a stimulus channel,
 *     if any
 * @param samplingRate in Hz; 0 to estimate it from the times
 */
public record CsvRecordingReader(String timeColumn, String markerColumn, double samplingRate)
        implements Serializable {
    private static final Logger log = LoggerFactory.getLogger(CsvRecordingReader.class);

    /** A reader that finds columns by their usual names and estimates the sampling rate. */
    public CsvRecordingReader() {
        this(null, null, 0);
    }

    /** Checks the rate. */
    public CsvRecordingReader {
        if (!(samplingRate >= 0) || Double.isInfinite(samplingRate)) {
            throw new DataException(
                    "Sampling rate %s Hz must be 0 (estimate) or above", samplingRate);
        }
    }

    /**
     * Reads a file as its continuous pieces; a file without gaps is one piece.
     *
     * @param path of the file
     * @param channels columns to keep, in this order, compared by {@link Recording#canonical};
     *     empty means all but time and marker
     * @return one recording per piece
     * @throws DataException if columns are missing or a line is invalid; the message names the line
     * @throws IOException if reading fails
     */
    public List<Recording> segments(Path path, List<String> channels) throws IOException {
        return segments(path, channels, note -> log.warn("{}: {}", path.getFileName(), note));
    }

    /**
     * Like {@link #segments(Path, List)}, with a consumer for notes.
     *
     * @param path of the file
     * @param channels as above
     * @param notes receives sentences about what was ignored or repaired, without the file's name
     * @return one recording per piece
     * @throws DataException if columns are missing or a line is invalid; the message names the line
     * @throws IOException if reading fails
     */
    public List<Recording> segments(Path path, List<String> channels, Consumer<String> notes)
            throws IOException {
        RegularFile.check(path);
        String file = String.valueOf(path.getFileName());
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path));
                InputStream plain =
                        file.toLowerCase(Locale.ROOT).endsWith(".gz")
                                ? BoundedGzip.of(in, path)
                                : in;
                CSVParser parser = parser(plain, CSVFormat.DEFAULT)) {
            CsvTable table =
                    new CsvTable(
                            this,
                            parser.getHeaderNames(),
                            channels,
                            new Tolerance(file, false, notes));
            for (CSVRecord line : parser) {
                // The parser counts lines read; a record without quoted line breaks is one line
                table.add(line, parser.getCurrentLineNumber());
            }
            return table.segments();
        } catch (UncheckedIOException e) {
            throw new DataException("%s: %s", file, e.getCause().getMessage(), e);
        } catch (DataException e) {
            throw e;
        } catch (IllegalStateException | IllegalArgumentException e) {
            // Thrown by the parser for an invalid header or a missing closing quote
            throw new DataException("%s: %s", file, e.getMessage(), e);
        }
    }

    /**
     * @param in UTF-8 text with a header line, optionally after a byte order mark
     * @param format of the lines
     * @return a parser of the lines after the header, without spaces around values
     * @throws IOException if reading fails
     */
    public static CSVParser parser(InputStream in, CSVFormat format) throws IOException {
        Reader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        reader.mark(1);
        if (reader.read() != '\ufeff') {
            reader.reset();
        }
        return CSVParser.parse(
                reader,
                format.builder()
                        .setHeader()
                        .setSkipHeaderRecord(true)
                        .setTrim(true)
                        .setIgnoreEmptyLines(true)
                        .get());
    }
}
