package org.lamina.zoo.data.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.data.DataException;

class IdxFileTest {

    @TempDir private Path folder;

    private static byte[] idx(int magic, int[] sizes, int elements) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(magic);
        for (int size : sizes) {
            out.writeInt(size);
        }
        for (int i = 0; i < elements; i++) {
            out.writeByte(i * 7);
        }
        return bytes.toByteArray();
    }

    private static byte[] zipped(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    @Test
    void readsPlainAndZipped() throws IOException {
        byte[] plain = idx(0x803, new int[] {2, 3, 4}, 24);
        for (byte[] bytes : List.of(plain, zipped(plain))) {
            IdxFile file = IdxFile.read(write("images", bytes), 3);
            assertArrayEquals(new int[] {2, 3, 4}, file.sizes());
            assertEquals(24, file.bytes().length);
            assertEquals((byte) (23 * 7), file.bytes()[23]);
        }
        // More than is read at once.
        byte[] large = idx(0x801, new int[] {3_000_001}, 3_000_001);
        IdxFile file = IdxFile.read(write("large", zipped(large)), 1);
        assertArrayEquals(Arrays.copyOfRange(large, 8, large.length), file.bytes());
    }

    @Test
    void errorsNameTheFileAndWhatIsWrong() throws IOException {
        byte[] good = idx(0x803, new int[] {2, 3, 4}, 24);
        assertMessage("0x00000801; an IDX file of unsigned bytes with 3", idx(0x801, good(2), 2));
        assertMessage("0x00000d03", idx(0xd03, new int[] {2, 3, 4}, 24)); // floats
        assertMessage("dimension 1 has size 0", idx(0x803, new int[] {2, 0, 4}, 0));
        assertMessage("dimension 0 has size -1", idx(0x803, new int[] {-1, 3, 4}, 24));
        assertMessage("ends after 23 of its 24 elements", Arrays.copyOf(good, good.length - 1));
        assertMessage("has more than its 24", Arrays.copyOf(good, good.length + 1));
        assertMessage("truncated", Arrays.copyOf(good, 6));
        assertMessage("truncated", new byte[0]);
        byte[] zip = zipped(good);
        assertMessage("truncated", Arrays.copyOf(zip, zip.length - 12));
        zip[zip.length - 5] ^= 1; // the checksum
        assertMessage("the gzip data are damaged", zip);
        DataException missing =
                assertThrows(DataException.class, () -> IdxFile.read(folder.resolve("none"), 3));
        assertTrue(missing.getMessage().contains("there is no such file"), missing.getMessage());
    }

    /** A header may claim any size: it gets an error, and memory only for what is there. */
    @Test
    void aHostileHeaderTakesNoMemory() throws IOException {
        assertMessage("too large", idx(0x803, new int[] {2, 2_000_000_000, 2_000_000_000}, 0));
        assertMessage(
                "ends after 5 of its 2000000000", idx(0x803, new int[] {2, 1000_000_000, 1}, 5));
    }

    @Test
    void aGzipBombEndsEarly() throws IOException {
        byte[] header = idx(0x803, new int[] {1, 40_000, 40_000}, 0);
        assertMessage("unpacks to more than 100", zipped(Arrays.copyOf(header, 100_000_000)));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aPipeIsRefused() throws Exception {
        Path pipe = folder.resolve("pipe");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
        DataException refused =
                assertTimeoutPreemptively(
                        Duration.ofSeconds(10),
                        () -> assertThrows(DataException.class, () -> IdxFile.read(pipe, 3)));
        assertTrue(refused.getMessage().contains("not a regular file"), refused.getMessage());
    }

    private static int[] good(int size) {
        return new int[] {size};
    }

    private void assertMessage(String part, byte[] bytes) throws IOException {
        Path file = write("probe", bytes);
        String message =
                assertThrows(DataException.class, () -> IdxFile.read(file, 3)).getMessage();
        assertTrue(message.contains("probe") && message.contains(part), message);
    }
}
