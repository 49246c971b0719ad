package org.lamina.zoo.cli;

import org.lamina.zoo.data.csv.CsvRecordingReader;
import org.lamina.zoo.data.files.RecordingReader;
import picocli.CommandLine.Option;

/** The switches that say how recordings are read. */
final class RecordingOptions {
    @Option(
            names = "--strict",
            description =
                    "Refuse recordings that violate their format: truncated, number of records"
                            + " open, rounded onsets, a channel without a scale (read them with a"
                            + " warning if they are unambiguous).")
    boolean strict;

    @Option(
            names = "--rate",
            paramLabel = "HZ",
            description = "Sampling rate of CSV files (from their time column).")
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
                    "Column of CSV files that is neither 0 nor empty where an event begins"
                            + " (trigger, stim, event, marker... or another usual name of stimulus"
                            + " channels).")
    String markerColumn;

    @Option(
            names = "--bad-channels",
            description =
                    "Keep channels that channels.tsv of a BIDS data set marks as bad (left out of"
                            + " all recordings if bad in one).")
    boolean badChannels;

    /** What reads the recordings. */
    RecordingReader reader() {
        return new RecordingReader(
                new CsvRecordingReader(timeColumn, markerColumn, rate == null ? 0 : rate),
                strict,
                badChannels);
    }

    /** These switches, for a command to copy. */
    String switches() {
        StringBuilder text = new StringBuilder();
        Switches.given(this)
                .forEach(
                        (name, value) -> {
                            text.append(' ').append(name);
                            if (value instanceof Double number) {
                                text.append(' ').append(Texts.number(number));
                            } else if (value instanceof String word) {
                                text.append(' ').append(Texts.quoted(word));
                            }
                        });
        return text.toString();
    }
}
