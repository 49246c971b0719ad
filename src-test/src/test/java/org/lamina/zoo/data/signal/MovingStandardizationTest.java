package org.lamina.zoo.data.signal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.weights.StateDict;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Against braindecode; {@code augmentations.py} wrote the values. */
class MovingStandardizationTest {

    @Test
    void equalsBraindecode() throws Exception {
        StateDict reference =
                StateDict.read(
                        Path.of(
                                MovingStandardizationTest.class
                                        .getResource("/zoo/augmentations.npz")
                                        .toURI()));
        INDArray x = reference.get("continuous");
        for (int c = 0; c < 2; c++) {
            float[] row = x.getRow(c).dup().data().asFloat();
            assertArrayEquals(
                    reference.get("standardized").getRow(c).dup().data().asFloat(),
                    MovingStandardization.DEFAULT.apply(row),
                    2e-6f);
            assertArrayEquals(
                    reference.get("standardized_whole").getRow(c).dup().data().asFloat(),
                    new MovingStandardization(0.02, 0, 1e-4).apply(row),
                    2e-6f);
        }
    }

    @Test
    void shortAndConstantChannelsHaveNumbers() {
        assertArrayEquals(new float[0], MovingStandardization.DEFAULT.apply(new float[0]));
        assertArrayEquals(
                new float[] {0, 0, 0}, MovingStandardization.DEFAULT.apply(new float[] {5, 5, 5}));
        assertArrayEquals(
                new float[] {0, 0},
                new MovingStandardization(0.5, 0, 1e-4).apply(new float[] {5, 5}));
    }

    @Test
    void wrongValuesAreSaid() {
        for (Runnable wrong :
                List.<Runnable>of(
                        () -> new MovingStandardization(0, 1000, 1e-4),
                        () -> new MovingStandardization(Double.NaN, 1000, 1e-4),
                        () -> new MovingStandardization(0.1, -1, 1e-4),
                        () -> new MovingStandardization(0.1, 1, 0))) {
            String message = assertThrows(DataException.class, wrong::run).getMessage();
            assertTrue(message.matches("Moving standardization: .* must be .*"), message);
        }
    }
}
