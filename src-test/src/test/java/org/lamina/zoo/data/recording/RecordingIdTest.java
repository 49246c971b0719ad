package org.lamina.zoo.data.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lamina.zoo.data.DataException;

class RecordingIdTest {
    /** Each file name and, after it, person, session and run. */
    private static void ids(String... expected) {
        List<String[]> rows = java.util.Arrays.stream(expected).map(e -> e.split(" ")).toList();
        List<RecordingId> ids = RecordingId.of("folder", rows.stream().map(r -> r[0]).toList());
        for (int i = 0; i < rows.size(); i++) {
            String[] row = rows.get(i);
            String session = row[2].equals("-") ? "" : row[2];
            assertEquals(new RecordingId(row[1], session, row[3]), ids.get(i), row[0]);
        }
    }

    @Test
    void fileNamesTellPersonSessionAndRun() {
        ids("S001R05.edf S001 - 05", "S001R10.bdf.edf S001 - 10", "S002R05.EDF S002 - 05");
        ids("sub-S109R14_raw.bdf S109 - 14");
        ids(
                "subject1-session1-data_2017-09-14-21.20.04.csv.gz subject1 session1 1",
                "subject1-session2-data.csv subject1 session2 2",
                "subject2-session1-data.csv subject2 session1 3");
        ids("A01E.csv A01 E 1", "A01T.csv A01 T 2", "B0102T.edf B01 02T 3", "A01X.csv folder - 4");
        ids("VP03_sess-2_oddball.csv VP03 sess-2 1", "s07-run2.csv s07 - 2");
        ids("monday.edf folder - 1", "tuesday.csv folder - 2");
        ids("P300.csv folder - 1", "glasses2.csv folder - 2", "S1a.csv folder - 3");
        ids("S001R05.edf S001 - 1", "monday.edf folder - 2");
        assertEquals(new RecordingId("", "", "my.run"), RecordingId.of("my.run.csv.gz"));
        assertEquals(new RecordingId("", "", "SR5"), RecordingId.of("SR5.EDF"));
    }

    @Test
    void runsOfBidsAreWhatDiffersBetweenFiles() {
        ids("sub-01_task-mi_eeg.edf sub-01 - sub-01", "sub-02_task-mi_eeg.edf sub-02 - sub-02");
        ids(
                "sub-01_task-mi_run-1_eeg.edf sub-01 - run-1",
                "sub-01_task-mi_run-2_eeg.edf sub-01 - run-2",
                "sub-02_task-mi_run-1_eeg.edf sub-02 - run-1");
        ids(
                "sub-01_ses-a_task-mi_run-1_eeg.edf sub-01 ses-a ses-a_run-1",
                "sub-01_ses-b_task-mi_run-1_eeg.edf sub-01 ses-b ses-b_run-1",
                "sub-01_ses-b_task-mi_run-2_eeg.edf sub-01 ses-b ses-b_run-2");
        ids(
                "sub-01_task-mi_eeg.edf sub-01 - task-mi",
                "sub-01_task-mi_run-2_eeg.edf sub-01 - run-2");
        ids("sub-01_task-mi_eeg.edf sub-01 - task-mi");
        ids("sub-01_eeg.edf sub-01 - sub-01");
        ids("sub-01_task-mi_eeg.edf sub-01 - 1", "notes.csv folder - 2");
    }

    @Test
    void numbersAreOrderedByValue() {
        List<String> sorted =
                List.of("ses-1_run-9", "ses-1_run-10", "ses-2_run-1", "9", "05", "10", "5").stream()
                        .sorted(RecordingId::compareByNumber)
                        .toList();
        assertEquals(
                List.of("05", "5", "9", "10", "ses-1_run-9", "ses-1_run-10", "ses-2_run-1"),
                sorted);
    }

    @Test
    void leadingZerosDoNotMatterWhereThatIsClear() {
        List<String> known = List.of("05", "6", "06", "ses-01_run-002", "007", "07");
        assertEquals(
                List.of("05", "6", "06", "ses-01_run-002", "8"),
                RecordingId.matching(List.of("5", "6", "06", "ses-1_run-2", "005", "8"), known));
        String message =
                assertThrows(DataException.class, () -> RecordingId.matching(List.of("7"), known))
                        .getMessage();
        assertEquals("Run '7' is ambiguous: 007 or 07", message);
    }
}
