package org.lamina.zoo.data.eeglab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.files.RecordingFolder;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;

/** Files are those of {@code make.py}, written with scipy and h5py. */
class EeglabReaderTest {
    @TempDir Path folder;

    private final List<String> notes = new ArrayList<>();

    @BeforeEach
    void copyFiles() throws Exception {
        for (String name :
                List.of(
                        "continuous.set",
                        "continuous.fdt",
                        "continuous-v6.set",
                        "continuous-v7.set",
                        "continuous-v73.set",
                        "epoched.set",
                        "epoched.fdt",
                        "epoched-v7.set",
                        "epoched-v73.set")) {
            try (var in = EeglabReaderTest.class.getResourceAsStream("/eeglab/" + name)) {
                Files.copy(in, folder.resolve(name));
            }
        }
    }

    private List<Recording> read(String name, String... channels) throws IOException {
        return EeglabReader.read(folder.resolve(name), List.of(channels), notes::add);
    }

    private void fails(String name, String... parts) {
        String message = assertThrows(DataException.class, () -> read(name)).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
        assertTrue(message.startsWith(name + ": "), message);
    }

    /** The rule of make.py. */
    private static void assertSamples(Recording piece, int first, int... fileChannels) {
        for (int c = 0; c < fileChannels.length; c++) {
            float[] samples = piece.samples(c);
            for (int i = 0; i < samples.length; i++) {
                long step = (7919L * fileChannels[c] + 104729L * (first + i)) % 20011;
                assertEquals(step / 16f - 600, samples[i], 0, "channel " + c + " sample " + i);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "continuous.set,6000",
        "continuous-v6.set,6000",
        "continuous-v7.set,600",
        "continuous-v73.set,600"
    })
    void continuousRecordingsEndAtBoundaries(String name, int length) throws Exception {
        List<Recording> pieces = read(name);
        assertEquals(2, pieces.size());
        Recording first = pieces.get(0);
        Recording second = pieces.get(1);
        assertEquals(List.of("Fz", "Cz", "Pz"), first.channels());
        assertEquals(128, first.samplingRate());
        assertEquals("uV", first.unit());
        assertEquals(300, first.length());
        assertEquals(length - 300, second.length());
        assertEquals(300 / 128.0, second.start());
        assertSamples(first, 0, 0, 1, 2);
        assertSamples(second, 300, 0, 1, 2);
        assertEquals(
                List.of(new Event(1, 0.5, "left"), new Event(256.25 / 128, Double.NaN, "7")),
                first.events());
        assertEquals(List.of(new Event(0, 1 / 128.0, "right")), second.events());
        assertTrue(
                notes.containsAll(
                        List.of(
                                "an event without a type or a latency is ignored",
                                "an event outside the data is ignored",
                                "stimulus channels are input only if requested; omitted: TRIG")),
                notes::toString);
    }

    @ParameterizedTest
    @CsvSource({"epoched.set", "epoched-v7.set", "epoched-v73.set"})
    void epochsAreRecordingsOfTheirOwn(String name) throws Exception {
        List<Recording> pieces = read(name);
        assertEquals(6, pieces.size());
        for (int e = 0; e < 6; e++) {
            Recording piece = pieces.get(e);
            assertEquals(100, piece.length());
            assertSamples(piece, 100 * e, 0, 1, 2);
            assertEquals(List.of(new Event(0.5, 0, e % 3 == 2 ? "right" : "left")), piece.events());
        }
    }

    @ParameterizedTest
    @CsvSource({"continuous.set", "continuous-v6.set", "continuous-v7.set", "continuous-v73.set"})
    void channelsAreReadInTheOrderAskedFor(String name) throws Exception {
        Recording piece = read(name, "trig", "Cz").get(1);
        assertEquals(List.of("TRIG", "Cz"), piece.channels());
        assertSamples(piece, 300, 3, 1);
        String message = assertThrows(DataException.class, () -> read(name, "Oz")).getMessage();
        assertTrue(message.contains("no channel 'Oz'; available: Fz, Cz, Pz, TRIG"), message);
    }

    @Test
    void samplesOfAnotherFileAreRefused() throws Exception {
        Path samples = folder.resolve("continuous.fdt");
        byte[] bytes = Files.readAllBytes(samples);
        for (int size : new int[] {0, bytes.length - 4, bytes.length + 4}) {
            Files.write(samples, Arrays.copyOf(bytes, size));
            fails("continuous.set", "continuous.fdt has " + size + " bytes", "take 96000");
        }
        Files.delete(samples);
        fails("continuous.set", "the file continuous.fdt, which is missing in the same folder");
    }

    @Test
    void renamedFilesAreFoundTogether() throws Exception {
        Files.move(folder.resolve("continuous.set"), folder.resolve("S01.set"));
        Files.move(folder.resolve("continuous.fdt"), folder.resolve("S01.fdt"));
        assertSamples(read("S01.set").get(0), 0, 0, 1, 2);
        assertTrue(
                notes.contains(
                        "the samples should be in continuous.fdt; those in S01.fdt are read"),
                notes::toString);
    }

    @Test
    void samplesThatAreNoNumbersAreGaps() throws Exception {
        Path samples = folder.resolve("continuous.fdt");
        byte[] bytes = Files.readAllBytes(samples);
        Arrays.fill(bytes, 16 * 100 + 4, 16 * 100 + 8, (byte) 0xFF);
        Files.write(samples, bytes);
        List<Recording> pieces = read("continuous.set");
        assertEquals(List.of(100, 199, 5700), pieces.stream().map(Recording::length).toList());
        assertSamples(pieces.get(1), 101, 0, 1, 2);
        assertEquals(2, read("continuous.set", "Fz").size());
    }

    @Test
    void otherFilesAreRefused() throws Exception {
        Path file = folder.resolve("other.set");
        Files.writeString(file, "x".repeat(1000));
        fails("other.set", "not a MAT file of version 5 or 7.3");
        Files.write(file, new byte[0]);
        fails("other.set", "not a MAT file of version 5 or 7.3");
        byte[] whole = Files.readAllBytes(folder.resolve("continuous-v6.set"));
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        fails("other.set", "damaged MAT file");
        String text = new String(whole, StandardCharsets.ISO_8859_1);
        for (String[] change :
                new String[][] {
                    {"data\0\0\0\0", "dada\0\0\0\0", "without EEG.data of EEGLAB"},
                    {"srate\0\0\0", "crate\0\0\0", "EEG.srate must be a number"},
                    {"nbchan\0\0", "nbchat\0\0", "EEG.nbchan must be a number"}
                }) {
            int at = text.indexOf(change[0]);
            assertTrue(at > 0, change[0]);
            byte[] changed = whole.clone();
            System.arraycopy(change[1].getBytes(StandardCharsets.ISO_8859_1), 0, changed, at, 8);
            Files.write(file, changed);
            fails("other.set", change[2]);
        }
    }

    /** Dimensions of the events, and the compressed form of an array that is far too large. */
    @Test
    void sizesAreNotBelieved() throws Exception {
        byte[] whole = Files.readAllBytes(folder.resolve("continuous-v6.set"));
        ByteBuffer buffer = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (buffer.getInt(at) != 1 || buffer.getInt(at + 4) != 6) {
            at += 4;
        }
        buffer.putInt(at + 4, Integer.MAX_VALUE);
        Files.write(folder.resolve("other.set"), whole);
        fails("other.set", "do not fit into memory");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new DeflaterOutputStream(packed)) {
            ByteBuffer start = ByteBuffer.allocate(56).order(ByteOrder.LITTLE_ENDIAN);
            start.putInt(14).putInt(Integer.MAX_VALUE - 7).putInt(6).putInt(8).putInt(7).putInt(0);
            start.putInt(5).putInt(8).putInt(1).putInt(1 << 29).putInt(4 << 16 | 1);
            start.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(7).putInt(0x7FFFFFC0);
            out.write(start.array());
        }
        ByteBuffer file = ByteBuffer.allocate(136 + packed.size()).order(ByteOrder.LITTLE_ENDIAN);
        file.put(whole, 0, 128).putInt(15).putInt(packed.size()).put(packed.toByteArray());
        Files.write(folder.resolve("other.set"), file.array());
        fails("other.set", "more than the file can hold");
    }

    /** Compressed variables have check sums; names and dimensions are compressed, too. */
    @Test
    void damagedCompressedFilesAreRefusedOrRight() throws Exception {
        byte[] whole = Files.readAllBytes(folder.resolve("continuous-v7.set"));
        List<Recording> good = read("continuous-v7.set");
        Random random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 300; i++) {
            byte[] changed = whole.clone();
            changed[128 + random.nextInt(whole.length - 128)] ^= (byte) (1 << random.nextInt(8));
            Files.write(folder.resolve("other.set"), changed);
            try {
                List<Recording> pieces = read("other.set");
                assertEquals(good.size(), pieces.size());
                for (int p = 0; p < good.size(); p++) {
                    assertEquals(good.get(p).events(), pieces.get(p).events());
                    assertEquals(good.get(p).channels(), pieces.get(p).channels());
                }
                assertSamples(pieces.get(0), 0, 0, 1, 2);
                assertSamples(pieces.get(1), 300, 0, 1, 2);
            } catch (DataException e) {
                refused++;
            }
        }
        assertTrue(refused > 200, "refused: " + refused);
    }

    @Test
    void folderHoldsThem() throws Exception {
        Files.delete(folder.resolve("continuous-v73.set"));
        RecordingFolder recordings = RecordingFolder.open(folder);
        assertEquals(6, recordings.files().size());
        assertEquals(2, recordings.load(List.of("1"), List.of()).size());
    }
}
