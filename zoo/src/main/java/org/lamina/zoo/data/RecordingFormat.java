package org.lamina.zoo.data;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The formats of recordings; a file's format is told by the ending of its name. */
public enum RecordingFormat {
    /** European Data Format, EDF and EDF+. */
    EDF(".edf"),
    /** BioSemi Data Format, BDF and BDF+. */
    BDF(".bdf"),
    /** Comma-separated text, plain or gzip. */
    CSV(".csv", ".csv.gz");

    private final List<String> endings;

    RecordingFormat(String... endings) {
        this.endings = List.of(endings);
    }

    /**
     * @param name of a file, in any case
     * @return its format; empty if it is no recording
     */
    public static Optional<RecordingFormat> of(String name) {
        return Arrays.stream(values()).filter(format -> format.endingOf(name) != null).findFirst();
    }

    /**
     * @param name of a file
     * @return the name without the ending of its format
     */
    static String stem(String name) {
        return of(name).map(f -> name.substring(0, name.length() - f.endingOf(name).length()))
                .orElse(name);
    }

    /**
     * @return the endings of all formats, for messages
     */
    public static String endings() {
        return Arrays.stream(values())
                .flatMap(format -> format.endings.stream())
                .collect(Collectors.joining(", "));
    }

    private String endingOf(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return endings.stream()
                .filter(ending -> lower.endsWith(ending) && lower.length() > ending.length())
                .findFirst()
                .orElse(null);
    }
}
