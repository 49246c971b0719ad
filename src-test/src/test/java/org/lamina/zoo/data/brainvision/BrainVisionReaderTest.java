package org.lamina.zoo.data.brainvision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.lamina.zoo.data.DataErrors.contains;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;

class BrainVisionReaderTest {
    @TempDir Path folder;
    private final List<String> notes = new ArrayList<>();

    private List<Recording> read(BrainVisionWriter writer, String... channels) throws Exception {
        return BrainVisionReader.read(
                writer.write(folder, "rec"), List.of(channels), false, notes::add);
    }

    private String failure(BrainVisionWriter writer) {
        String message = assertThrows(DataException.class, () -> read(writer)).getMessage();
        assertFalse(message.contains("\n"), message);
        return message;
    }

    private static BrainVisionWriter small() {
        double[][] stored = new double[2][1000];
        for (int t = 0; t < 1000; t++) {
            stored[0][t] = t;
            stored[1][t] = -t;
        }
        return new BrainVisionWriter("INT_16", false, stored)
                .channel("Fp1,,0.5,\u00b5V")
                .channel("C\\1z,,0.25");
    }

    /** Against loops over what was written. */
    @Test
    void everyFormatAndOrientation() throws Exception {
        Random random = new Random(3);
        String[] units = {"\u00b5V", "uV", "mV", "V", "nV", "\u03bcV", ""};
        double[] factors = {1, 1, 1e3, 1e6, 1e-3, 1, 1};
        for (String format : new String[] {"INT_16", "UINT_16", "INT_32", "IEEE_FLOAT_32"}) {
            for (boolean vectorized : new boolean[] {false, true}) {
                double[][] stored = new double[units.length][700];
                for (double[] row : stored) {
                    for (int t = 0; t < row.length; t++) {
                        row[t] =
                                switch (format) {
                                    case "INT_16" -> (short) random.nextInt();
                                    case "UINT_16" -> random.nextInt(1 << 16);
                                    case "INT_32" -> random.nextInt();
                                    default -> (float) random.nextGaussian();
                                };
                    }
                }
                BrainVisionWriter writer = new BrainVisionWriter(format, vectorized, stored);
                for (int c = 0; c < units.length; c++) {
                    writer.channel("E" + c + ",ref," + 0.1 * (c + 1) + "," + units[c]);
                }
                Recording recording = read(writer).get(0);
                assertEquals(250, recording.samplingRate());
                assertEquals(units.length, recording.channels().size());
                for (int c = 0; c < units.length; c++) {
                    float[] samples = recording.samples(c);
                    for (int t = 0; t < 700; t++) {
                        double expected = stored[c][t] * 0.1 * (c + 1) * factors[c];
                        assertEquals(expected, samples[t], 1e-6 * Math.abs(expected));
                    }
                }
                assertArrayEquals(
                        Arrays.copyOfRange(recording.samples(4), 5, 9),
                        Arrays.copyOfRange(read(writer, "e4").get(0).samples(0), 5, 9));
            }
        }
        assertEquals(List.of(), notes);
    }

    @Test
    void textInEachCodePage() throws Exception {
        Object[][] pages = {
            {StandardCharsets.UTF_8, "UTF-8"},
            {StandardCharsets.UTF_8, null},
            {StandardCharsets.ISO_8859_1, "ANSI"},
            {StandardCharsets.ISO_8859_1, null},
            {Charset.forName("windows-1252"), "windows-1252"},
            {StandardCharsets.ISO_8859_1, "UTF-8"}
        };
        for (Object[] page : pages) {
            BrainVisionWriter writer =
                    new BrainVisionWriter("INT_16", false, new double[][] {{1, 2}})
                            .channel("\u00c4,,2,\u00b5V")
                            .marker("Comment,\u00fcber\\1 alles,2,1,0")
                            .text((Charset) page[0], (String) page[1]);
            Recording recording = read(writer).get(0);
            assertEquals(List.of("\u00c4"), recording.channels());
            assertEquals("Comment/\u00fcber, alles", recording.events().get(0).label());
            assertArrayEquals(new float[] {2, 4}, recording.samples(0));
        }
        assertEquals(List.of(), notes);
    }

    @Test
    void markersAreEventsAndNewSegmentsGaps() throws Exception {
        BrainVisionWriter writer =
                small().marker("New Segment,,1,1,0,20131113161403794232")
                        .marker("Stimulus,S  1,251,1,0")
                        .marker("New Segment,,501,1,0")
                        .marker("Stimulus,S  2,501,50,0")
                        .marker("Response,R  1,626,0,0");
        List<Recording> pieces = read(writer);
        assertEquals(List.of(500, 500), pieces.stream().map(Recording::length).toList());
        assertEquals(List.of("Fp1", "C,z"), pieces.get(0).channels());
        assertEquals(List.of(new Event(1, 0.004, "Stimulus/S  1")), pieces.get(0).events());
        assertEquals(
                List.of(new Event(0, 0.2, "Stimulus/S  2"), new Event(0.5, 0, "Response/R  1")),
                pieces.get(1).events());
        assertEquals(2, pieces.get(1).start());
        assertEquals(-250 * 0.25, pieces.get(0).samples(1)[250]);
        assertEquals(-750 * 0.25, pieces.get(1).samples(1)[250]);
        contains(String.join("", notes), "breaks (new runs or segments) in 1 places");
    }

    @Test
    void segmentsOfEqualLengthAreGaps() throws Exception {
        BrainVisionWriter writer =
                small().with("SegmentationType=MARKERBASED").with("SegmentDataPoints=400");
        assertEquals(List.of(400, 400, 200), read(writer).stream().map(Recording::length).toList());
        writer.with("SegmentationType=NOTSEGMENTED");
        assertEquals(1, read(writer).size());
    }

    @Test
    void filesAreFoundByTheirNames() throws Exception {
        assertEquals(1000, read(small().files("$b.eeg", "$b.vmrk")).get(0).length());
        assertEquals(1000, read(small().with("MarkerFile=")).get(0).length());
        String renamed = failure(small().files("old.eeg", "old.vmrk"));
        contains(
                renamed,
                "rec.vhdr: no file old.eeg in the same folder (DataFile)",
                "renamed to rec.eeg");
        Files.createDirectory(folder.resolve("sub"));
        small().write(folder.resolve("sub"), "rec");
        for (String elsewhere :
                new String[] {"sub/rec.eeg", "../x.eeg", "C:\\x.eeg", "..", "/etc/passwd"}) {
            contains(failure(small().files(elsewhere, null)), "same folder", "DataFile=");
        }
        Files.delete(folder.resolve("rec.vmrk"));
        contains(failure(small().files("rec.eeg", "lost.vmrk")), "lost.vmrk", "MarkerFile");
    }

    @Test
    void aFileThatIsCutShort() throws Exception {
        for (boolean vectorized : new boolean[] {false, true}) {
            BrainVisionWriter writer =
                    new BrainVisionWriter("INT_16", vectorized, new double[2][100])
                            .channel("A,,1")
                            .channel("B,,1");
            Path header = writer.write(folder, "cut");
            Files.write(folder.resolve("cut.eeg"), new byte[397]);
            if (!vectorized) {
                Recording recording =
                        BrainVisionReader.read(header, List.of(), false, notes::add).get(0);
                assertEquals(99, recording.length());
                contains(notes.get(0), "cut.eeg has 397 bytes, 100 samples of 2 channels are 400");
            }
            contains(
                    assertThrows(
                                    DataException.class,
                                    () ->
                                            BrainVisionReader.read(
                                                    header, List.of(), !vectorized, notes::add))
                            .getMessage(),
                    "cut.vhdr: cut.eeg has 397 bytes");
        }
    }

    @Test
    void notANumberIsAGap() throws Exception {
        double[][] stored = {{1, 2, Double.NaN, 4}, {1, 2, 3, 4}};
        BrainVisionWriter writer =
                new BrainVisionWriter("IEEE_FLOAT_32", false, stored).channel("A").channel("B");
        assertEquals(List.of(2, 1), read(writer).stream().map(Recording::length).toList());
        contains(String.join("", notes), "1 samples are missing");
    }

    @Test
    void wrongHeadersAreErrors() throws Exception {
        String[][] wrong = {
            {"DataFormat=ASCII", "DataFormat=ASCII; BINARY can be read"},
            {"DataType=FREQUENCYDOMAIN", "DataType=FREQUENCYDOMAIN"},
            {"DataOrientation=SIDEWAYS", "MULTIPLEXED and VECTORIZED"},
            {"NumberOfChannels=3", "NumberOfChannels=3, but [Channel Infos] has 2"},
            {"NumberOfChannels=0", "must be a whole number from 1"},
            {"NumberOfChannels=x", "NumberOfChannels=x is not a number"},
            {"SamplingInterval=0", "SamplingInterval=0.0 us must be above 0"},
            {"SamplingInterval=", "no 'SamplingInterval' in [Common Infos]"},
            {"DataPoints=-5", "DataPoints=-5"},
            {"DataFile=", "no 'DataFile' in [Common Infos]"},
        };
        for (String[] one : wrong) {
            contains(failure(small().with(one[0])), "rec.vhdr", one[1]);
        }
        contains(
                failure(new BrainVisionWriter("INT_8", false, new double[1][2]).channel("A")),
                "BinaryFormat=INT_8; INT_16");
        contains(failure(small().marker("Stimulus,S  1")), "rec.vmrk", "mk1=Stimulus,S  1");
        contains(failure(small().marker("Stimulus,S  1,1.5,1,0")), "rec.vmrk", "position 1.5");
        BrainVisionWriter zero =
                new BrainVisionWriter("INT_16", false, new double[2][2])
                        .channel("A,,0,uV")
                        .channel("B,,1,uV");
        assertEquals(List.of("B"), read(zero).get(0).channels());
        Path header = Files.writeString(folder.resolve("text.vhdr"), "hello");
        contains(
                assertThrows(
                                DataException.class,
                                () -> BrainVisionReader.read(header, List.of(), false, notes::add))
                        .getMessage(),
                "text.vhdr: not a BrainVision file (its first line is 'hello')");
    }

    /** Also where it begins before the piece that it spoils. */
    @Test
    void badIntervalsReachIntoTheNextSegment() throws Exception {
        BrainVisionWriter writer =
                small().marker("Bad Interval,Userdefined,401,200,0").marker("New Segment,,501,1,0");
        List<Recording> pieces = read(writer);
        String label = "Bad Interval/Userdefined";
        assertEquals(List.of(new Event(1.6, 0.8, label)), pieces.get(0).events());
        assertEquals(1, pieces.get(1).events().size());
        assertEquals(-0.4, pieces.get(1).events().get(0).onset(), 1e-9);
    }
}
