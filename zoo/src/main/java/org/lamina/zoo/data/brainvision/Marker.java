package org.lamina.zoo.data.brainvision;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.Event;

/**
 * An entry of a marker file ({@code .vmrk}).
 *
 * @param type e.g. {@code Stimulus}
 * @param description e.g. {@code S 1}
 * @param position sample, counted from 0
 * @param points number of samples
 */
record Marker(String type, String description, long position, long points) {
    private static final int MOST = 1_000_000;

    static List<Marker> parse(String file, byte[] bytes) {
        InfoFile info = InfoFile.parse(file, bytes);
        Map<String, String> entries = info.section("Marker Infos");
        if (entries.size() > MOST) {
            throw new DataException(
                    "%s: %d markers; at most %d can be read", file, entries.size(), MOST);
        }
        List<Marker> markers = new ArrayList<>();
        entries.forEach(
                (key, value) -> {
                    String[] parts = value.split(",", -1);
                    if (!key.matches("mk\\d+") || parts.length < 3) {
                        throw new DataException(
                                "%s: '%s=%s' is not a marker; it must be"
                                        + " MkN=type,description,position,points,channel",
                                file, key, value);
                    }
                    markers.add(
                            new Marker(
                                    InfoFile.unescaped(parts[0]),
                                    InfoFile.unescaped(parts[1]),
                                    whole(info, key, parts[2]) - 1,
                                    parts.length > 3 && parts[3].strip().matches("\\d{1,18}")
                                            ? Long.parseLong(parts[3].strip())
                                            : 0));
                });
        return markers;
    }

    private static long whole(InfoFile info, String key, String text) {
        double number = info.parse(key, text.strip());
        if (number != Math.rint(number) || Math.abs(number) > 1e15) {
            throw new DataException(
                    "%s: %s: position %s is not a whole number", info.name(), key, text);
        }
        return (long) number;
    }

    /** Whether the recording is interrupted before it. */
    boolean isNewSegment() {
        return type.equals("New Segment");
    }

    /** The event, labelled by type and description as in MNE. */
    Event event(double samplingRate) {
        return new Event(position / samplingRate, points / samplingRate, type + "/" + description);
    }
}
