package org.lamina.zoo.data.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.lamina.zoo.data.DataErrors.fails;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.data.csv.CsvRecordingReader;
import org.lamina.zoo.data.edf.EdfWriter;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.data.recording.RecordingId;

class BidsTest {
    private static final List<String> LABELS = List.of("Fz", "Cz", "Oz", "HEOG", "TRIG");

    @TempDir Path root;

    private Path one;
    private Path two;

    /** Eight seconds at 10 Hz; samples of channel c are 10 person + c. */
    private Path recording(String path, int person, boolean bdf) throws Exception {
        EdfWriter writer = new EdfWriter(bdf, bdf ? "BDF+C" : "EDF+C", "8");
        LABELS.forEach(label -> writer.plain(label, 80));
        writer.annotations(20);
        Object[] signals = new Object[LABELS.size() + 1];
        for (int c = 0; c < LABELS.size(); c++) {
            int[] samples = new int[80];
            Arrays.fill(samples, 10 * person + c);
            signals[c] = samples;
        }
        signals[LABELS.size()] = "+0\24\24\0+1\24of the file\24\0";
        writer.record(signals);
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        writer.write(file);
        return file;
    }

    private void channels(String path, String bad) throws Exception {
        StringBuilder text = new StringBuilder("name\ttype\tunits\tstatus\tstatus_description\n");
        for (String label : LABELS) {
            String type = label.equals("HEOG") ? "HEOG" : label.equals("TRIG") ? "TRIG" : "EEG";
            String status = label.equals(bad) ? "bad" : "good";
            text.append(label + "\t" + type + "\tuV\t" + status + "\tn/a\n");
        }
        Files.writeString(root.resolve(path), text);
    }

    @BeforeEach
    void writeDataSet() throws Exception {
        one = recording("sub-01/eeg/sub-01_task-mi_run-1_eeg.edf", 1, false);
        two = recording("sub-02/eeg/sub-02_task-mi_run-1_eeg.bdf", 2, true);
        recording("sub-02/eeg/sub-02_task-mi_run-2_eeg.edf", 2, false);
        channels("sub-01/eeg/sub-01_task-mi_run-1_channels.tsv", "");
        channels("sub-02/eeg/sub-02_task-mi_channels.tsv", "Oz");
        Files.writeString(
                root.resolve("task-mi_events.tsv"),
                "onset\tduration\ttrial_type\tvalue\n1.5\t2\tleft\t1\n4\tn/a\tright\t2\n"
                        + "6\t0\tn/a\t3\n7\t0\tn/a\tn/a\n99\t1\tleft\t1\n");
        Files.writeString(
                root.resolve("sub-02/eeg/sub-02_task-mi_run-2_events.tsv"),
                "\ufeffonset\tduration\tvalue\n3\t1\t9\n");
        Files.writeString(root.resolve("participants.tsv"), "participant_id\nsub-01\n");
        Files.writeString(root.resolve("notes.csv"), "no recording of the data set");
    }

    @Test
    void peopleAndRunsAreThoseOfTheNames() {
        RecordingFolder folder = RecordingFolder.open(root);
        assertEquals(List.of("run-1", "run-2"), folder.runs());
        assertEquals(
                List.of("sub-01", "sub-02", "sub-02"),
                folder.files().stream().map(file -> file.id().person()).toList());
        assertEquals(
                "sub-01/eeg/sub-01_task-mi_run-1_eeg.edf",
                folder.nameOf(folder.files().get(0)).replace('\\', '/'));
    }

    @Test
    void tablesTellChannelsAndEvents() {
        Recording first = new RecordingReader().read(one, List.of()).get(0);
        assertEquals(List.of("Fz", "Cz", "Oz"), first.channels());
        assertEquals(12, first.samples(2)[0]);
        assertEquals(
                List.of(
                        new Event(1.5, 2, "left"),
                        new Event(4, Double.NaN, "right"),
                        new Event(6, 0, "3")),
                first.events());
        assertEquals(80, first.length());
        Recording second = new RecordingReader().read(two, List.of()).get(0);
        assertEquals(List.of("Fz", "Cz"), second.channels());
        assertEquals(3, second.events().size());
        RecordingFolder folder = RecordingFolder.open(root);
        Recording third = folder.load(List.of("run-2"), List.of()).get(0);
        assertEquals(List.of(new Event(3, 1, "9")), third.events());
    }

    @Test
    void noEpochCrossesABoundary() throws Exception {
        Files.writeString(
                root.resolve("sub-01/eeg/sub-01_task-mi_run-1_events.tsv"),
                "onset\tduration\ttrial_type\n3.95\tn/a\tboundary\n5\t1\tleft\n");
        List<Recording> pieces = new RecordingReader().read(one, List.of());
        assertEquals(List.of(40, 40), pieces.stream().map(Recording::length).toList());
        assertEquals(List.of(new Event(1, 1, "left")), pieces.get(1).events());
    }

    @Test
    void channelsThatAreBadInOneRecordingAreLeftOutOfAll() {
        RecordingFolder folder = RecordingFolder.open(root);
        for (Recording recording : folder.load(List.of(), List.of())) {
            assertEquals(List.of("Fz", "Cz"), recording.channels());
        }
        for (Recording recording : folder.load(List.of(), List.of("Oz", "HEOG"))) {
            assertEquals(List.of("Oz", "HEOG"), recording.channels());
        }
        RecordingReader all = new RecordingReader(new CsvRecordingReader(), false, true);
        for (Recording recording : RecordingFolder.open(root, all).load(List.of(), List.of())) {
            assertEquals(List.of("Fz", "Cz", "Oz"), recording.channels());
        }
    }

    /** Sessions between person and recordings, and the formats with several files. */
    @Test
    void sessionsAndEeglab() throws Exception {
        Path folder = Files.createDirectories(root.resolve("new/sub-a/ses-x/eeg"));
        for (String ending : List.of("set", "fdt")) {
            try (var in = BidsTest.class.getResourceAsStream("/eeglab/continuous." + ending)) {
                Files.copy(in, folder.resolve("sub-a_ses-x_task-mi_eeg." + ending));
            }
        }
        Files.writeString(
                folder.resolve("sub-a_ses-x_task-mi_events.tsv"),
                "onset\tduration\ttrial_type\n2.34375\t1\tborder\n1\t1\tfirst\n");
        List<Recording> pieces =
                RecordingFolder.open(root.resolve("new")).load(List.of(), List.of());
        assertEquals(new RecordingId("sub-a", "ses-x", "ses-x_task-mi"), pieces.get(0).id());
        assertEquals(List.of(new Event(1, 1, "first")), pieces.get(0).events());
        assertEquals(List.of(new Event(0, 1, "border")), pieces.get(1).events());
    }

    @Test
    void wrongTablesAreNamed() throws Exception {
        Path channels = root.resolve("sub-01/eeg/sub-01_task-mi_run-1_channels.tsv");
        Path events = root.resolve("sub-01/eeg/sub-01_task-mi_run-1_events.tsv");
        Executable read = () -> new RecordingReader().read(one, List.of());
        Files.writeString(channels, "name\ttype\nF9\tEEG\n");
        fails("no channel 'F9'; available: Fz, Cz", read);
        Files.writeString(channels, "name\ttype\tstatus\nFz\tEEG\tbad\nCz\tEOG\tgood\n");
        fails("channels.tsv: no channel of type EEG that is not bad (--bad-channels)", read);
        Files.writeString(channels, "label\ttype\nFz\tEEG\n");
        fails("run-1_channels.tsv: no column 'name'", read);
        Files.writeString(channels, "name\ttype\nFz\tEEG\nCz\n");
        fails("run-1_channels.tsv line 3: 1 values, the header names 2 columns", read);
        Files.delete(channels);
        Files.writeString(events, "onset\tduration\ttrial_type\nsoon\t1\tleft\n");
        fails("run-1_events.tsv line 2, column 'onset': 'soon' is not a number", read);
        Files.writeString(events, "start\ttrial_type\n1\tleft\n");
        fails("run-1_events.tsv: no column 'onset'", read);
        Files.createSymbolicLink(
                root.resolve("sub-02/eeg/sub-02_task-mi_run-3_eeg.edf"), Path.of("annex", "x"));
        fails("'datalad get'", () -> RecordingFolder.open(root));
    }
}
