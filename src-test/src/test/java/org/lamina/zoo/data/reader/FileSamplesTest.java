package org.lamina.zoo.data.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.data.DataException;

class FileSamplesTest {
    @TempDir Path folder;

    /** Multiplexed, records of some samples, of many, and vectorized; each larger than a block. */
    @Test
    void everyLayoutGivesWhatIsThere() throws Exception {
        Random random = new Random(1);
        for (int perRecord : new int[] {1, 7, 200, 700_000}) {
            int channels = perRecord == 1 ? 40 : 3;
            int records = Math.max(1, 40_000 / perRecord);
            int start = random.nextInt(50);
            float[][] expected = new float[channels][perRecord * records];
            int recordBytes = channels * perRecord * Short.BYTES;
            ByteBuffer bytes =
                    ByteBuffer.allocate(start + records * recordBytes)
                            .order(ByteOrder.LITTLE_ENDIAN);
            List<FileSamples.Row> rows = new ArrayList<>();
            for (int c = 0; c < channels; c++) {
                long at = (long) c * perRecord * Short.BYTES;
                rows.add(new FileSamples.Row(at, perRecord, SampleType.INT16, 0.5, c, 10));
                for (int t = 0; t < expected[c].length; t++) {
                    short stored = (short) random.nextInt();
                    bytes.putShort(
                            start
                                    + t / perRecord * recordBytes
                                    + (c * perRecord + t % perRecord) * Short.BYTES,
                            stored);
                    expected[c][t] = (float) ((stored * 0.5 + c) * 10);
                }
            }
            Path file = Files.write(folder.resolve("samples"), bytes.array());
            int first = random.nextInt(1000);
            int length = perRecord * records - first;
            FileSamples samples =
                    new FileSamples(
                            file, bytes.capacity(), start, recordBytes, rows, first, length);
            for (int i = 0; i < 30; i++) {
                int c = random.nextInt(channels);
                int from = i == 0 ? 0 : random.nextInt(length);
                int count = i == 0 ? length : random.nextInt(length - from + 1);
                float[] target = new float[count + 5];
                samples.copy(c, from, target, 3, count);
                for (int t = 0; t < count; t++) {
                    assertEquals(expected[c][first + from + t], target[3 + t]);
                }
                assertEquals(0, target[2] + target[3 + count]);
            }
            Files.write(file, new byte[bytes.capacity() + 1]);
            String message =
                    assertThrows(DataException.class, () -> samples.copy(0, 0, new float[1], 0, 1))
                            .getMessage();
            assertTrue(message.endsWith("the file changed while in use"), message);
        }
    }
}
