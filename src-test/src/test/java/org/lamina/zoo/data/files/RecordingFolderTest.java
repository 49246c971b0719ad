package org.lamina.zoo.data.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.zoo.data.DataErrors.fails;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.data.csv.CsvRecordingReader;
import org.lamina.zoo.data.edf.EdfWriter;
import org.lamina.zoo.data.epochs.ChannelStandardizer;
import org.lamina.zoo.data.epochs.EpochExtractor;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.data.epochs.EpochingOptions;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;

class RecordingFolderTest {
    @TempDir Path folder;

    /** Eight seconds at 10 Hz, T1 at 1 s and T2 at 4 s; sample values are the given one. */
    private void edf(String name, int value) throws Exception {
        EdfWriter writer = new EdfWriter(false, "EDF+C", "8").plain("C3..", 80).annotations(20);
        int[] samples = new int[80];
        java.util.Arrays.fill(samples, value);
        writer.record(
                samples, "+0\u0014\u0014\0+1\u0014T1\u0014\0+4\u0014T2\u0014\0+6\u0014T0\u0014\0");
        writer.write(folder.resolve(name));
    }

    private void csv(String name) throws Exception {
        StringBuilder text = new StringBuilder("time,C3,marker\n");
        for (int i = 0; i < 80; i++) {
            text.append(i / 10.0).append(",7,").append(i == 10 ? 1 : i == 40 ? 2 : 0).append('\n');
        }
        Files.writeString(folder.resolve(name), text);
    }

    /** PhysioNet's files write their labels with trailing dots; people do not. */
    @Test
    void channelsAreFoundWithoutTheirDots() throws Exception {
        EdfWriter writer = new EdfWriter(false, "EDF+C", "1");
        for (String label : List.of("Fc5.", "Fc3.", "C3..", "Fcz.", "Cpz.")) {
            writer.plain(label, 1);
        }
        writer.annotations(20);
        int[][] samples = {{1}, {2}, {3}, {4}, {5}};
        writer.record(
                samples[0], samples[1], samples[2], samples[3], samples[4], "+0\u0014\u0014\0");
        writer.write(folder.resolve("S001R05.edf"));
        Recording recording =
                RecordingFolder.open(folder)
                        .load(List.of("05"), List.of("Cpz", "Fc5", "C3"))
                        .get(0);
        assertEquals(List.of("Cpz.", "Fc5.", "C3.."), recording.channels());
        assertArrayEquals(new float[] {5}, recording.samples(0));
        assertArrayEquals(new float[] {1}, recording.samples(1));
        assertArrayEquals(new float[] {3}, recording.samples(2));
    }

    @Test
    void runsAreNumbersInFileNamesWhereAllHaveThem() throws Exception {
        edf("S001R05.edf", 5);
        edf("S002R05.EDF", 6);
        edf("S001R10.bdf.edf", 10);
        edf("S001R9.edf", 9);
        Files.writeString(folder.resolve("notes.txt"), "not a recording");
        RecordingFolder recordings = RecordingFolder.open(folder);
        assertEquals(List.of("05", "9", "10"), recordings.runs());
        EpochingOptions options = EpochingOptions.builder().window(0, 1).build();
        EpochSet.Split split = recordings.split(List.of("05", "10"), List.of("9"), options);
        assertEquals(List.of("T1", "T2"), split.train().classNames());
        assertArrayEquals(new long[] {6, 1, 1, 10}, split.train().features().shape());
        assertEquals(6, split.train().features().getFloat(2, 0, 0, 0));
        assertEquals(List.of("9", "9"), split.test().runs());
        assertEquals(
                List.of("05", "05", "05", "05", "10", "10"),
                recordings.split(List.of(), List.of("9"), options).train().runs());
        fails(
                "No run '13' in "
                        + folder
                        + "; available: 05 (S001R05.edf and 1 more), 9 (S001R9.edf), 10 (",
                () -> recordings.split(List.of("05"), List.of("13"), options));
        fails(
                "no channel 'Oz'; available: C3..",
                () -> recordings.load(List.of("9"), List.of("Oz")));
    }

    @Test
    void otherwiseRunsAreCounted() throws Exception {
        edf("monday.edf", 1);
        csv("tuesday.csv");
        RecordingFolder recordings = RecordingFolder.open(folder);
        assertEquals(List.of("1", "2"), recordings.runs());
        List<Recording> both = recordings.load(List.of("2", "1"), List.of("c3"));
        assertEquals("tuesday.csv", both.get(0).name());
        assertEquals("2", both.get(0).run());
        assertEquals(10, both.get(0).samplingRate());
        fails(
                "available: 1 (monday.edf), 2 (tuesday.csv)",
                () -> recordings.load(List.of("monday"), List.of()));
    }

    @Test
    void csvColumnsCanBeNamed() throws Exception {
        csv("a.csv");
        RecordingFolder named =
                RecordingFolder.open(folder, new CsvRecordingReader("time", "C3", 5));
        Recording recording = named.load(List.of(), List.of("marker")).get(0);
        assertEquals(5, recording.samplingRate());
    }

    @Test
    void readsOneFile() throws Exception {
        edf("a.edf", 3);
        assertEquals(
                3,
                RecordingFolder.readFile(folder.resolve("a.edf"), List.of()).get(0).samples(0)[0]);
        fails("No file", () -> RecordingFolder.readFile(folder.resolve("b.edf"), List.of()));
        fails(
                "b.txt: not a recording; the names of recordings end in .edf, .bdf, ",
                () -> RecordingFolder.readFile(folder.resolve("b.txt"), List.of()));
        Files.writeString(folder.resolve("broken.csv.gz"), "plain text");
        fails(
                "broken.csv.gz cannot be read",
                () -> RecordingFolder.readFile(folder.resolve("broken.csv.gz"), List.of()));
    }

    @Test
    void hiddenFilesAreNoRecordings() throws Exception {
        edf("S001R01.edf", 1);
        Files.write(folder.resolve("._S001R01.edf"), new byte[] {0, 5, 22, 7});
        Files.writeString(folder.resolve(".hidden.csv"), "");
        assertEquals(List.of("01"), RecordingFolder.open(folder).runs());
        assertFalse(RecordingFolder.isRecording("._S001R01.edf"));
    }

    @Test
    void aFileOfAnnotationsOnlyGivesThemToItsRecording() throws Exception {
        EdfWriter night = new EdfWriter(false, "", "30").with("time", "22.00.00").plain("Fpz", 60);
        night.record(new int[60]).write(folder.resolve("SC1E0-PSG.edf"));
        EdfWriter stages = new EdfWriter(false, "EDF+C", "0").annotations(60);
        stages.with("time", "22.00.00");
        stages.record(
                "+0\u001510\u0014Sleep stage W\u0014\0+10\u001520\u0014Sleep stage 1\u0014\0");
        stages.write(folder.resolve("SC1EC-Hypnogram.edf"));
        stages.with("time", "23.00.00").write(folder.resolve("SC2EC-Hypnogram.edf"));
        RecordingFolder recordings = RecordingFolder.open(folder);
        assertEquals(List.of("1"), recordings.runs());
        assertEquals(
                List.of(new Event(0, 10, "Sleep stage W"), new Event(10, 20, "Sleep stage 1")),
                recordings.load(List.of(), List.of()).get(0).events());
    }

    /** Of files whose records last 1.1 and 1.137 s, and 1.000445 s. */
    @Test
    void filesOfEqualRatesAndResampledOnesGoTogether() throws Exception {
        String[][] files = {{"a", "1100", "1.1"}, {"b", "1137", "1.137"}, {"c", "250", "1.000445"}};
        for (String[] file : files) {
            int perRecord = Integer.parseInt(file[1]);
            EdfWriter writer = new EdfWriter(false, "EDF+C", file[2]).plain("C3", perRecord);
            writer.annotations(60);
            for (int i = 0; i < 4; i++) {
                writer.record(
                        new int[perRecord],
                        i > 0 ? "" : "+0\u0014\u0014\0+1\u0014T1\u0014\0+2\u0014T2\u0014\0");
            }
            writer.write(folder.resolve(file[0] + ".edf"));
        }
        RecordingFolder recordings = RecordingFolder.open(folder);
        EpochingOptions.Builder options = EpochingOptions.builder().window(0, 1);
        assertEquals(
                1000,
                EpochExtractor.extract(
                                recordings.load(List.of("1", "2"), List.of()), options.build())
                        .samplingRate());
        fails(
                "249.8887",
                () ->
                        EpochExtractor.extract(
                                recordings.load(List.of(), List.of()), options.build()));
        EpochSet all =
                EpochExtractor.extract(
                        recordings.load(List.of(), List.of()), options.resampleHz(200).build());
        assertArrayEquals(new long[] {6, 1, 1, 200}, all.features().shape());
    }

    @Test
    void errorsAreClear() throws Exception {
        fails("No folder", () -> RecordingFolder.open(folder.resolve("none")));
        fails(
                "No recording in " + folder + "; names of recordings end in .edf, .bdf, ",
                () -> RecordingFolder.open(folder));
        Path file = Files.writeString(folder.resolve("a.edf"), "");
        fails("is a file", () -> RecordingFolder.open(file));
        fails(
                "a.edf: truncated: 0 bytes",
                () -> RecordingFolder.open(folder).load(List.of(), List.of()));
    }

    /** The reference split of eegmmi-s001 (see the data's README). */
    @Test
    void motorImageryRecordings() {
        RecordingFolder recordings = RecordingFolder.open(DataFolder.require("eegmmi-s001"));
        assertEquals(List.of("05", "06", "09", "10", "13", "14"), recordings.runs());
        EpochingOptions options = EpochingOptions.builder().band(4, 38).window(0.5, 3.5).build();
        EpochSet.Split split =
                recordings.split(List.of("05", "06", "09", "10"), List.of("13", "14"), options);
        assertEquals(List.of("T1", "T2"), split.train().classNames());
        assertArrayEquals(new long[] {60, 1, 21, 480}, split.train().features().shape());
        assertArrayEquals(new long[] {30, 1, 21, 480}, split.test().features().shape());
        assertEquals(160, split.train().samplingRate());
        ChannelStandardizer standardizer = ChannelStandardizer.of(split.train());
        for (int c = 0; c < 21; c++) {
            assertEquals(0, standardizer.mean()[c], 0.5);
            assertTrue(standardizer.std()[c] > 10 && standardizer.std()[c] < 40);
        }
    }

    /** The clock of a real headband: no gap where there is none, a packet lost is one. */
    @Test
    void gapsOfAHeadband() throws Exception {
        try (Stream<Path> files = Files.list(DataFolder.require("muse-ssvep"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".gz")).toList()) {
                List<String> lines;
                try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
                    lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
                }
                assertEquals(1, RecordingFolder.readFile(file, List.of()).size());
                for (int lost : new int[] {12, 24, 128}) {
                    List<String> rest = new ArrayList<>(lines.subList(0, 1 + 12 * 1000));
                    rest.addAll(lines.subList(1 + 12 * 1000 + lost, lines.size()));
                    Path cut = Files.write(folder.resolve("cut.csv"), rest);
                    List<Recording> pieces = RecordingFolder.readFile(cut, List.of());
                    assertEquals(2, pieces.size(), file + " without " + lost);
                    assertEquals(256, pieces.get(0).samplingRate());
                    assertEquals(12000, pieces.get(0).length(), 3);
                    assertEquals((12000 + lost) / 256.0, pieces.get(1).start(), 0.05);
                }
            }
        }
    }

    /** Trials, labels and the flicker that each label stands for (see the data's README). */
    @Test
    void steadyStateRecordings() {
        RecordingFolder recordings = RecordingFolder.open(DataFolder.require("muse-ssvep"));
        EpochSet set =
                EpochExtractor.extract(
                        recordings.load(List.of(), List.of()),
                        EpochingOptions.builder().window(0.5, 3).build());
        assertEquals(256, set.samplingRate());
        assertEquals(List.of("TP9", "AF7", "AF8", "TP10", "Right AUX"), set.channels());
        assertArrayEquals(new long[] {192, 1, 5, 640}, set.features().shape());
        assertArrayEquals(new int[] {87, 105}, set.classCounts());
        double[][] power = new double[2][2];
        double[] hz = {30, 20};
        for (int i = 0; i < set.size(); i++) {
            int k = set.classes()[i];
            for (int f = 0; f < 2; f++) {
                double sin = 0;
                double cos = 0;
                for (int t = 0; t < 640; t++) {
                    float x = set.features().getFloat(i, 0, 4, t);
                    sin += x * Math.sin(2 * Math.PI * hz[f] * t / 256);
                    cos += x * Math.cos(2 * Math.PI * hz[f] * t / 256);
                }
                power[k][f] += (sin * sin + cos * cos) / set.classCounts()[k];
            }
        }
        double at30 = power[0][0] / power[1][0];
        double at20 = power[1][1] / power[0][1];
        assertTrue(at30 > 8, "30 Hz, label 1 against 2: " + at30);
        assertTrue(at20 > 20, "20 Hz, label 2 against 1: " + at20);
    }

    @Test
    void formatsThatAreNotReadSayHowToConvert() throws Exception {
        Path file = Files.writeString(folder.resolve("a.fif"), "");
        String mne = "convert it with MNE: python3 -c \"import mne; mne.io.read_raw('";
        fails(
                "a.fif: this format is not supported; " + mne,
                () -> RecordingFolder.readFile(file, List.of()));
        fails("No recording in", () -> RecordingFolder.open(folder));
        fails(mne + "a.fif').export('a.edf')\"", () -> RecordingFolder.open(folder));
        for (String other : new String[] {"b.cnt", "b.xdf", "b.mff", "b.nwb", "b.fif.gz"}) {
            fails(
                    "not supported; ",
                    () -> RecordingFolder.readFile(folder.resolve(other), List.of()));
        }
        for (String part : new String[] {"b.eeg", "b.vmrk"}) {
            fails("its .vhdr", () -> RecordingFolder.readFile(folder.resolve(part), List.of()));
        }
        Files.writeString(folder.resolve("b.csv"), "t,A\n0,1\n1,2\n");
        assertEquals(List.of("1"), RecordingFolder.open(folder).runs());
    }
}
