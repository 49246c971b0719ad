package org.lamina.zoo.data.recording;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.lamina.zoo.data.DataException;

/** The formats of recordings, recognized by file extension. */
public enum RecordingFormat {
    /** European Data Format, EDF and EDF+. */
    EDF(".edf"),
    /** BioSemi Data Format, BDF and BDF+. */
    BDF(".bdf"),
    /** General Data Format for biosignals, versions 1 and 2. */
    GDF(".gdf"),
    /** BrainVision; the header file names the others. */
    BRAINVISION(".vhdr"),
    /** Comma-separated text, plain or gzip. */
    CSV(".csv", ".csv.gz"),
    /** EEGLAB's data sets, with or without an {@code .fdt} file. */
    EEGLAB(".set");

    /** Their names, for messages. */
    public static final String NAMES = "EDF, BDF, GDF, BrainVision, EEGLAB, CSV";

    private static final String BY_MNE =
            "convert it with MNE: python3 -c"
                    + " \"import mne; mne.io.read_raw('%s').export('%s.edf')\"";

    private static final String BY_MNELAB = "export it from MNELAB as EDF or BrainVision";

    /** How to convert unsupported formats, by extension. */
    private static final Map<String, String> CONVERSIONS =
            Map.of(
                    ".fif", BY_MNE,
                    ".fif.gz", BY_MNE,
                    ".cnt", BY_MNE,
                    ".mff", BY_MNE,
                    ".xdf", BY_MNELAB,
                    ".xdfz", BY_MNELAB,
                    ".nwb", "write its samples as EDF or BrainVision, with pynwb and MNE");

    private final List<String> endings;

    RecordingFormat(String... endings) {
        this.endings = List.of(endings);
    }

    /**
     * @param name of a file, in any case
     * @return its format; empty if it is not a recording
     */
    public static Optional<RecordingFormat> of(String name) {
        return Arrays.stream(values()).filter(format -> format.endingOf(name) != null).findFirst();
    }

    /**
     * @param name of a file
     * @return the name without the extension of its format
     */
    public static String stem(String name) {
        return of(name).map(f -> name.substring(0, name.length() - f.endingOf(name).length()))
                .orElse(name);
    }

    /**
     * @return the extensions of all formats, for messages
     */
    public static String endings() {
        return Arrays.stream(values())
                .flatMap(format -> format.endings.stream())
                .collect(Collectors.joining(", "));
    }

    /**
     * @param name of a file in an unsupported format
     * @return how to convert it, if known
     */
    public static Optional<String> conversion(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return CONVERSIONS.entrySet().stream()
                .filter(other -> lower.endsWith(other.getKey()))
                .map(
                        other ->
                                String.format(
                                        "%s: this format is not supported; " + other.getValue(),
                                        name,
                                        name,
                                        name.substring(0, name.length() - other.getKey().length())))
                .findFirst();
    }

    /**
     * @param name of a file in an unsupported format
     * @return why it cannot be read, and what to do
     */
    public static DataException refusal(String name) {
        String part = name.toLowerCase(Locale.ROOT);
        boolean brainVision = part.endsWith(".eeg") || part.endsWith(".vmrk");
        return new DataException(
                conversion(name)
                        .orElse(
                                brainVision
                                        ? name
                                                + ": part of a BrainVision recording; give its"
                                                + " .vhdr file"
                                        : name
                                                + ": not a recording; the names of recordings end"
                                                + " in "
                                                + endings()));
    }

    private String endingOf(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return endings.stream()
                .filter(ending -> lower.endsWith(ending) && lower.length() > ending.length())
                .findFirst()
                .orElse(null);
    }
}
