package org.lamina.zoo.modelfile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.Pretrained;
import org.lamina.zoo.data.epochs.ChannelStandardizer;
import org.lamina.zoo.io.AtomicFile;
import org.lamina.zoo.training.TrainingFixtures;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ModelFileTest {
    private static final ChannelStandardizer STANDARDIZER =
            ChannelStandardizer.of(TrainingFixtures.epochs(6, 1));

    @TempDir Path folder;

    private ModelFile model() {
        return TrainingFixtures.model(TrainingFixtures.network(5), STANDARDIZER);
    }

    @Test
    void comesBackWhole() throws IOException {
        ModelFile saved = model();
        Path file = folder.resolve("model.zip");
        saved.save(file);
        ModelFile loaded = ModelFile.load(file);
        assertEquals(saved.card(), loaded.card());
        assertEquals(saved.network().params(), loaded.network().params());
        assertArrayEquals(STANDARDIZER.mean(), ((ChannelStandardizer) loaded.normalizer()).mean());

        MultiLayerNetwork plain = ModelSerializer.restoreMultiLayerNetwork(file.toFile());
        assertEquals(saved.network().params(), plain.params());
        ChannelStandardizer normalizer = ModelSerializer.restoreNormalizerFromFile(file.toFile());
        assertArrayEquals(STANDARDIZER.std(), normalizer.std());
        assertEquals(1, filesIn(folder), "temporary files must be gone");
    }

    @Test
    void everyTruncationIsSaid() throws IOException {
        Path file = folder.resolve("model.zip");
        model().save(file);
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {0, 10, whole.length / 4, whole.length / 2}) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertDamaged(file);
        }
        for (int at = 200; at < whole.length - 2000; at += whole.length / 7) {
            byte[] flipped = whole.clone();
            for (int i = at; i < at + 40; i++) {
                flipped[i] ^= 0x5a;
            }
            Files.write(file, flipped);
            assertDamaged(file);
        }
        Files.writeString(file, "no zip");
        assertDamaged(file);
        assertDamaged(folder.resolve("missing.zip"));
        ModelSerializer.writeModel(TrainingFixtures.network(1), file.toFile(), false);
        assertDamaged(file);
        model().save(file);
        String message =
                assertThrows(ModelFileException.class, () -> Checkpoint.load(file)).getMessage();
        assertTrue(message.contains("no checkpoint"), message);
    }

    private static void assertDamaged(Path file) {
        String message =
                assertThrows(ModelFileException.class, () -> ModelFile.load(file)).getMessage();
        assertTrue(message.startsWith(file.toString()), message);
        assertFalse(message.contains("\n"), message);
    }

    @Test
    void aFailedWriteLeavesTheOldFile() throws IOException {
        Path file = folder.resolve("text");
        AtomicFile.write(file, "old");
        assertThrows(
                IOException.class,
                () ->
                        AtomicFile.write(
                                file,
                                out -> {
                                    out.write('n');
                                    throw new IOException("disk full");
                                }));
        assertEquals("old", Files.readString(file));
        assertEquals(1, filesIn(folder));
        AtomicFile.write(file, "new");
        assertEquals("new", Files.readString(file));
    }

    @Test
    void newFilesHaveTheUsualPermissions() throws IOException {
        Path usual = Files.writeString(folder.resolve("usual"), "x");
        Path file = folder.resolve("file");
        AtomicFile.write(file, "x");
        assertEquals(Files.getPosixFilePermissions(usual), Files.getPosixFilePermissions(file));
    }

    @Test
    void errorsNameTheTarget() {
        Path nowhere = folder.resolve("nowhere/file");
        String message =
                assertThrows(IOException.class, () -> AtomicFile.write(nowhere, "x")).getMessage();
        assertEquals(nowhere + ": there is no folder " + nowhere.getParent(), message);
    }

    @Test
    void anArchiveThatUnpacksToMoreThanMemoryIsRefused() throws IOException {
        Path file = folder.resolve("bomb.zip");
        byte[] block = new byte[1 << 20];
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("lamina.json"));
            for (long i = 0; i <= Runtime.getRuntime().maxMemory() >> 22; i++) {
                zip.write(block);
            }
        }
        String message =
                assertThrows(ModelFileException.class, () -> ModelFile.load(file)).getMessage();
        assertTrue(message.contains("bomb.zip: unpacks to more than"), message);
    }

    private static long filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    @Test
    void namesOfVersion01AreRead() throws IOException {
        Path file = folder.resolve("earlier.zip");
        try (InputStream in = getClass().getResourceAsStream("/training/eegnet-names-0.1.zip")) {
            Files.copy(in, file);
        }
        ModelFile earlier = ModelFile.load(file);
        ModelFile current = Pretrained.EEGNET_SIMULATED.load();
        INDArray x = Nd4j.rand(DataType.FLOAT, 2, 1, 22, 256);
        assertEquals(output(current, x), output(earlier, x));
    }

    private static INDArray output(ModelFile file, INDArray x) {
        return ((MultiLayerNetwork) file.network()).output(x);
    }
}
