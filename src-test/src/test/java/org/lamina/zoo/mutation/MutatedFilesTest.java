package org.lamina.zoo.mutation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.harness.Jvm;
import org.lamina.zoo.cli.Cli;
import org.lamina.zoo.data.brainvision.BrainVisionWriter;
import org.lamina.zoo.data.edf.EdfWriter;
import org.lamina.zoo.data.gdf.GdfWriter;
import org.lamina.zoo.data.gdf.MatWriter;
import org.lamina.zoo.data.image.MnistFolder;
import org.lamina.zoo.io.Kills;

/**
 * No changed file ends the program, takes it minutes or gets an error of the program's code. {@code
 * -Dmutated.kinds=REGEX} tries some kinds only.
 */
class MutatedFilesTest {
    private static final Map<String, String> BIDS_TABLES =
            Map.of(
                    "channels.tsv",
                    "name\ttype\tunits\tstatus\n"
                            + "C3\tEEG\tuV\tgood\n"
                            + "Cz\tEEG\tuV\tbad\n"
                            + "C4\tEOG\tuV\tn/a\n",
                    "events.tsv",
                    "onset\tduration\ttrial_type\tvalue\n"
                            + "1.5\t1\tleft\t1\n"
                            + "3\tn/a\tn/a\t2\n"
                            + "5\t0\tboundary\tn/a\n");

    @TempDir static Path folder;

    @BeforeAll
    static void write() throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        Cli.writeRecordings(data, 2, 6);
        Files.copy(data.resolve("run1.csv"), folder.resolve("recording.csv"));
        writeRecording(false, "recording.edf");
        writeRecording(true, "recording.bdf");
        writeGdf(1.25, "first.gdf");
        writeGdf(2.1, "second.gdf");
        writeGdf(1.25, "labelled.gdf");
        double[] classes = {1, 2, 1, 2, 1, 2, 1, 2};
        Files.write(folder.resolve("labelled.mat"), MatWriter.matrix("classlabel", classes));
        writeBrainVision();
        Path out = folder.resolve("out");
        List<String> args = new ArrayList<>(List.of("train", "eegnet", "--data", data.toString()));
        args.addAll(Cli.TINY);
        args.addAll(List.of("--epochs", "1", "--out", out.toString()));
        assertTrue(Kills.at("model.zip", true, () -> Cli.run(args.toArray(String[]::new))));
        Files.copy(out.resolve("model.zip"), folder.resolve("model.zip"));
        Files.copy(out.resolve("checkpoint.zip"), folder.resolve("checkpoint.zip"));
        MnistFolder.write(folder, 4, 2, 8);
        try (InputStream images = open(folder.resolve("train-images-idx3-ubyte"))) {
            Files.copy(images, folder.resolve("images-idx3-ubyte"));
        }
        for (String type : List.of("safetensors", "npz", "onnx")) {
            List<String> export = new ArrayList<>();
            export.addAll(List.of("export", folder.resolve("model.zip").toString(), "--out"));
            export.add(folder.resolve("weights." + type).toString());
            if (type.equals("onnx")) {
                export.add("--published-order");
            }
            Cli exported = Cli.run(export.toArray(String[]::new));
            assertEquals(0, exported.code(), exported.err());
        }
        copy("/onnx/braindecode-deep4net.onnx", "torch.onnx");
        copy("/weights/keras-legacy.h5", "weights.h5");
        for (String name :
                List.of("eegnet.h5", "eegnet.keras", "images.keras", "nested.h5", "nested.keras")) {
            copy("/keras/" + name, name);
        }
        for (String name : MutatedFiles.EEGLAB) {
            copy("/eeglab/" + name, name);
        }
        Files.createDirectory(folder.resolve("changed"));
        copy("/eeglab/continuous.fdt", "changed/continuous.fdt");
        Path bids = folder.resolve("changed").resolve(MutatedFiles.BIDS + "eeg.edf");
        Files.copy(folder.resolve("recording.edf"), bids);
        for (String table : BIDS_TABLES.keySet()) {
            Files.writeString(folder.resolve(MutatedFiles.BIDS + table), BIDS_TABLES.get(table));
            Files.copy(
                    folder.resolve(MutatedFiles.BIDS + table),
                    bids.resolveSibling(MutatedFiles.BIDS + table));
        }
    }

    private static void copy(String resource, String name) throws Exception {
        try (InputStream in = MutatedFilesTest.class.getResourceAsStream(resource)) {
            Files.copy(in, folder.resolve(name));
        }
    }

    private static InputStream open(Path file) throws Exception {
        Path packed = file.resolveSibling(file.getFileName() + ".gz");
        return Files.exists(file)
                ? Files.newInputStream(file)
                : new java.util.zip.GZIPInputStream(Files.newInputStream(packed));
    }

    private static void writeRecording(boolean bdf, String name) throws Exception {
        EdfWriter writer = new EdfWriter(bdf, bdf ? "BDF+C" : "EDF+C", "1");
        for (String channel : List.of("C3", "Cz", "C4")) {
            writer.plain(channel, Cli.RATE);
        }
        writer.annotations(20);
        Random random = new Random(3);
        for (int second = 0; second < 8; second++) {
            int[][] signals = new int[3][];
            for (int c = 0; c < 3; c++) {
                signals[c] =
                        IntStream.range(0, Cli.RATE).map(i -> random.nextInt(41) - 20).toArray();
            }
            String event = "+" + second + "\24\24\0+" + second + "\24" + (1 + second % 2) + "\24\0";
            writer.record(signals[0], signals[1], signals[2], event);
        }
        writer.write(folder.resolve(name));
    }

    private static double[][] noise(Random random, int samples) {
        double[][] channels = new double[3][samples];
        for (double[] channel : channels) {
            Arrays.setAll(channel, t -> random.nextInt(41) - 20);
        }
        return channels;
    }

    private static void writeGdf(double version, String name) throws Exception {
        GdfWriter writer = new GdfWriter(version).events(3, Cli.RATE);
        for (String channel : List.of("C3", "Cz", "C4")) {
            writer.plain(channel, Cli.RATE);
        }
        Random random = new Random(4);
        for (int second = 0; second < 8; second++) {
            writer.record(noise(random, Cli.RATE));
            int code = name.startsWith("labelled") ? 783 : 1 + second % 2;
            writer.event(1 + second * Cli.RATE, code, 0, Cli.RATE);
        }
        writer.event(1 + 3 * Cli.RATE, 1023, 0, Cli.RATE).event(1 + 6 * Cli.RATE, 32766, 0, 0);
        writer.write(folder.resolve(name));
    }

    private static void writeBrainVision() throws Exception {
        BrainVisionWriter writer =
                new BrainVisionWriter("INT_16", false, noise(new Random(5), 8 * Cli.RATE))
                        .with("SamplingInterval=" + 1e6 / Cli.RATE)
                        .marker("New Segment,,1,1,0");
        for (String channel : List.of("C3", "Cz", "C4")) {
            writer.channel(channel + ",,0.5,\u00b5V");
        }
        for (int second = 1; second < 8; second++) {
            writer.marker("Stimulus,S  1," + (1 + second * Cli.RATE) + ",1,0");
        }
        writer.write(folder, "parts");
    }

    /** In a process with little memory, since a wrong one may take it along. */
    private static void readChanged(int count, long seed) throws Exception {
        Jvm program =
                Jvm.run(
                        Jvm.CLASS_PATH,
                        List.of(
                                "-Xmx512m",
                                "-Dorg.bytedeco.javacpp.maxbytes=512m",
                                "-Dorg.bytedeco.javacpp.maxphysicalbytes=2g"),
                        MutatedFiles.class,
                        folder.toString(),
                        Integer.toString(count),
                        Long.toString(seed),
                        System.getProperty("mutated.kinds", ".*"));
        List<String> told =
                program.printed()
                        .lines()
                        .filter(l -> l.matches("WRONG .*|[a-z0-9. -]+: \\d+ of .*|#.*"))
                        .toList();
        assertEquals(0, program.code(), String.join("\n", told));
    }

    @Test
    void aFewOfEachFormat() throws Exception {
        readChanged(10, 1_000_000);
    }

    @Test
    @Tag("slow")
    void threeHundredOfEachFormat() throws Exception {
        readChanged(300, 0);
    }
}
