package org.lamina.zoo.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.lamina.zoo.data.CsvRecordingReader;
import org.lamina.zoo.data.RecordingReader;
import picocli.CommandLine.Option;

/** The switches that say how recordings are read. */
final class RecordingOptions {
    @Option(
            names = "--strict",
            description =
                    "Refuse recordings that break their format's rules: cut short, number of"
                            + " records open, rounded onsets, a channel without a scale (read what"
                            + " leaves no doubt, with a warning).")
    boolean strict;

    @Option(
            names = "--rate",
            paramLabel = "HZ",
            description = "Sampling rate of CSV files (by their time column).")
    @Limits(above = 0)
    Double rate;

    @Option(
            names = "--time-column",
            paramLabel = "NAME",
            description =
                    "Column of times in CSV files, in seconds (timestamps, timestamp, time or t).")
    String timeColumn;

    @Option(
            names = "--marker-column",
            paramLabel = "NAME",
            description =
                    "Column of CSV files that is not 0 or empty where an event begins (trigger,"
                            + " stim, event, marker... or another name of stimulus channels).")
    String markerColumn;

    @Option(
            names = "--bad-channels",
            description =
                    "Use channels that channels.tsv of a data set in BIDS marks as bad, too (left"
                            + " out of all recordings if bad in one).")
    boolean badChannels;

    /** What reads the recordings. */
    RecordingReader reader() {
        return new RecordingReader(
                new CsvRecordingReader(timeColumn, markerColumn, rate == null ? 0 : rate),
                strict,
                badChannels);
    }

    /** Refuses switches where no recording is read. */
    void refuse(String reason) {
        Map<String, Boolean> given = new LinkedHashMap<>();
        given.put("--strict", strict);
        given.put("--rate", rate != null);
        given.put("--time-column", timeColumn != null);
        given.put("--marker-column", markerColumn != null);
        given.put("--bad-channels", badChannels);
        given.forEach(
                (option, isGiven) -> {
                    if (isGiven) {
                        throw new UsageException(option + ": " + reason);
                    }
                });
    }

    /** These switches, for a command to copy. */
    String switches() {
        StringBuilder text = new StringBuilder();
        if (strict) {
            text.append(" --strict");
        }
        if (rate != null && rate > 0) {
            text.append(" --rate ").append(Texts.number(rate));
        }
        if (timeColumn != null) {
            text.append(" --time-column ").append(Texts.quoted(timeColumn));
        }
        if (markerColumn != null) {
            text.append(" --marker-column ").append(Texts.quoted(markerColumn));
        }
        if (badChannels) {
            text.append(" --bad-channels");
        }
        return text.toString();
    }
}
