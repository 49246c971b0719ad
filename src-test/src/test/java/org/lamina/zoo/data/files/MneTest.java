package org.lamina.zoo.data.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.data.brainvision.BrainVisionWriter;
import org.lamina.zoo.data.gdf.GdfWriter;
import org.lamina.zoo.data.recording.Event;
import org.lamina.zoo.data.recording.Recording;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** MNE reads the same: {@code check.py} compares. {@code -Dpython=} names a Python that has MNE. */
@Tag("slow")
class MneTest {
    private static final int RATE = 250;

    @TempDir static Path folder;
    private final Random random = new Random(11);

    @Test
    void mneReadsTheSame() throws Exception {
        double[] lowest = {-128, 0, -32768, 0, -0x1p31, 0, -0x1p53, 0, -500, -500};
        double[] highest = {
            127, 255, 32767, 65535, 0x1p31 - 1, 0x1p32 - 1, 0x1p53, 0x1p53, 500, 500
        };
        int[] types = {1, 2, 3, 4, 5, 6, 7, 8, 16, 17};
        for (double version : new double[] {1.25, 1.93, 1.99, 2.1, 2.2}) {
            for (int t = 0; t < types.length; t++) {
                gdf(version, types[t], lowest[t], highest[t], t % 2 == 0 ? RATE : 1);
            }
        }
        for (String format : new String[] {"INT_16", "INT_32", "IEEE_FLOAT_32"}) {
            for (boolean vectorized : new boolean[] {false, true}) {
                for (boolean latin : new boolean[] {false, true}) {
                    brainVision(format, vectorized, latin);
                }
            }
        }
        copy("/eeglab/continuous.fdt");
        copy("/eeglab/epoched.fdt");
        for (String name :
                List.of("continuous", "continuous-v6", "continuous-v7", "epoched", "epoched-v7")) {
            double[] steps = {1e-6, 1e-6, 1e-6};
            record(copy("/eeglab/" + name + ".set"), steps);
        }
        Path script = copy("/recordings/check.py");
        Process python =
                new ProcessBuilder(
                                System.getProperty("python", "python3"),
                                script.toString(),
                                folder.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        System.out.println(said);
        assertEquals(0, python.waitFor(), said);
    }

    private static Path copy(String resource) throws IOException {
        Path target = folder.resolve(resource.substring(resource.lastIndexOf('/') + 1));
        try (var in = MneTest.class.getResourceAsStream(resource)) {
            Files.copy(in, target);
        }
        return target;
    }

    private void gdf(double version, int type, double low, double high, int perRecord)
            throws IOException {
        int channels = 4;
        double[][] physical = {{-100, 100}, {-0.8, 0.8}, {-500, 700}, {0, 50}};
        String[] units = {"uV", "uV", "uV", "uV"};
        boolean second = version > 1.9;
        double[] steps = new double[channels];
        GdfWriter writer = new GdfWriter(version).duration(perRecord, RATE);
        for (int c = 0; c < channels; c++) {
            // MNE knows no millivolt in GDF 1
            boolean milli = second && c == 1;
            writer.signal(
                    "EEG-" + c,
                    milli ? "mV" : units[c],
                    milli ? 4274 : 4275,
                    physical[c],
                    new double[] {low, high},
                    perRecord,
                    type);
            steps[c] = (physical[c][1] - physical[c][0]) / (high - low) * (milli ? 1000 : 1);
        }
        boolean floating = type == GdfWriter.FLOAT32 || type == GdfWriter.FLOAT64;
        for (int r = 0; r < 8 * RATE / perRecord; r++) {
            double[][] record = new double[channels][perRecord];
            boolean missing = perRecord == 1 && r >= 1000 && r < 1100;
            for (double[] row : record) {
                for (int i = 0; i < perRecord; i++) {
                    double value = low + 1 + random.nextDouble() * (high - low - 2);
                    row[i] = missing ? low : floating ? (float) value : Math.floor(value);
                }
            }
            writer.record(record);
        }
        writer.events(type % 2 == 0 ? 3 : 1, RATE);
        for (int trial = 0; trial < 3; trial++) {
            writer.event(1 + 300 * trial, 768, 0, 250).event(101 + 300 * trial, 769, 0, 50);
        }
        if (type % 2 == 0) {
            writer.event(301, 1023, 0, 250);
        }
        String name = String.format("v%.0f-type%d.gdf", 100 * version, type);
        record(writer.write(folder.resolve(name)), steps);
    }

    private void brainVision(String format, boolean vectorized, boolean latin) throws IOException {
        String[] units = {"\u00b5V", "uV", "mV", "nV", ""};
        double[] factors = {1, 1, 1e3, 1e-3, 1};
        double[] steps = new double[units.length];
        double[][] stored = new double[units.length][8 * RATE];
        for (double[] row : stored) {
            for (int t = 0; t < row.length; t++) {
                row[t] =
                        switch (format) {
                            case "INT_16" -> (short) random.nextInt();
                            case "INT_32" -> random.nextInt();
                            default -> (float) (100 * random.nextGaussian());
                        };
            }
        }
        BrainVisionWriter writer = new BrainVisionWriter(format, vectorized, stored);
        for (int c = 0; c < units.length; c++) {
            steps[c] = 0.1 * (c + 1) * factors[c];
            writer.channel("E" + c + ",ref," + 0.1 * (c + 1) + "," + units[c]);
        }
        writer.marker("New Segment,,1,1,0,20131113161403794232")
                .marker("Stimulus,S  1,251,1,0")
                .marker("New Segment,,701,1,0")
                .marker("Stimulus,S 12,802,25,0")
                .marker("Response,R  1,1500,1,0");
        if (latin) {
            writer.text(StandardCharsets.ISO_8859_1, "ANSI");
        }
        String name =
                format + (vectorized ? "-vectorized" : "-multiplexed") + (latin ? "-ansi" : "");
        record(writer.write(folder, name), steps);
    }

    /** What is read of a file, beside it. */
    private static void record(Path file, double[] steps) throws IOException {
        List<Recording> pieces = new RecordingReader().read(file, List.of());
        List<List<Object>> events = new ArrayList<>();
        List<int[]> spans = new ArrayList<>();
        ByteBuffer samples =
                ByteBuffer.allocate(
                        pieces.stream().mapToInt(Recording::length).sum() * steps.length * 4);
        samples.order(ByteOrder.LITTLE_ENDIAN);
        for (Recording piece : pieces) {
            spans.add(
                    new int[] {
                        (int) Math.rint(piece.start() * piece.samplingRate()), piece.length()
                    });
            for (int c = 0; c < steps.length; c++) {
                for (float value : piece.samples(c)) {
                    samples.putFloat(value);
                }
            }
            for (Event event : piece.events()) {
                double duration = Double.isNaN(event.duration()) ? 0 : event.duration();
                events.add(List.of(piece.start() + event.onset(), duration, event.label()));
            }
        }
        Map<String, Object> read = new LinkedHashMap<>();
        read.put("rate", pieces.get(0).samplingRate());
        read.put("channels", pieces.get(0).channels());
        read.put("steps", Arrays.stream(steps).boxed().toList());
        read.put("pieces", spans);
        read.put("events", events);
        Path beside = file.resolveSibling(file.getFileName() + ".json");
        new ObjectMapper().writeValue(beside.toFile(), read);
        Files.write(file.resolveSibling(file.getFileName() + ".samples"), samples.array());
    }
}
