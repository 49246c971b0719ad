package org.lamina.zoo.data.edf;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.Event;

/**
 * Parses the time-stamped annotation lists (TALs) of one annotation signal in one data record:
 * {@code onset [0x15 duration] 0x14 text 0x14 text 0x14 ... 0x00}, repeated, then zeros. The onset
 * of the first list in a record is the onset of the record.
 */
final class TalParser {
    private static final int DURATION = 0x15;
    private static final int TEXT = 0x14;
    private static final int MOST_ANNOTATIONS = 500_000;
    private static final int MOST_BYTES = 100_000;
    private static final Pattern ONSET = Pattern.compile("[+-]\\d+(\\.\\d*)?");
    private static final Pattern SECONDS = Pattern.compile("\\d+(\\.\\d*)?");

    private final byte[] bytes;
    private double firstOnset = Double.NaN;
    private int firstOnsetDecimals;

    TalParser(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Adds the annotations with a text. */
    void parse(List<Event> events) {
        int at = 0;
        while (at < bytes.length) {
            if (bytes[at] == 0) {
                at++;
                continue;
            }
            int end = at;
            while (end < bytes.length && bytes[end] != 0) {
                end++;
            }
            parseList(at, end, events);
            at = end;
        }
    }

    private void parseList(int start, int end, List<Event> events) {
        int stampEnd = find(TEXT, start, end);
        if (stampEnd == end) {
            throw new DataException("an annotation list without the separator after its onset");
        }
        int onsetEnd = find(DURATION, start, stampEnd);
        String onsetText = text(start, onsetEnd);
        if (!ONSET.matcher(onsetText).matches()) {
            throw new DataException("onset '%s' must be a signed number", onsetText);
        }
        double onset = Double.parseDouble(onsetText);
        if (Double.isNaN(firstOnset)) {
            firstOnset = onset;
            int point = onsetText.indexOf('.');
            firstOnsetDecimals = point < 0 ? 0 : onsetText.length() - point - 1;
        }
        double duration = Double.NaN;
        if (onsetEnd + 1 < stampEnd) {
            String durationText = text(onsetEnd + 1, stampEnd);
            if (!SECONDS.matcher(durationText).matches()) {
                throw new DataException("duration '%s' must be a number of seconds", durationText);
            }
            duration = Double.parseDouble(durationText);
        }
        int at = stampEnd + 1;
        while (at < end) {
            int textEnd = find(TEXT, at, end);
            if (textEnd == end) {
                throw new DataException("a text without the separator after it");
            }
            if (textEnd - at > MOST_BYTES || events.size() == MOST_ANNOTATIONS) {
                throw new DataException(
                        events.size() == MOST_ANNOTATIONS
                                ? "more than " + MOST_ANNOTATIONS + " annotations in the file"
                                : "a text of " + (textEnd - at) + " bytes; at most " + MOST_BYTES);
            }
            if (textEnd > at) {
                events.add(new Event(onset, duration, text(at, textEnd)));
            }
            at = textEnd + 1;
        }
    }

    private int find(int mark, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != mark) {
            at++;
        }
        return at;
    }

    private String text(int from, int to) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            // Violates the specification; files of older programs are mostly Latin-1
            return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
        }
    }

    /** Onset of the first list, NaN before {@link #parse} or if there is none. */
    double firstOnset() {
        return firstOnset;
    }

    /** Digits after the point of {@link #firstOnset}. */
    int firstOnsetDecimals() {
        return firstOnsetDecimals;
    }
}
