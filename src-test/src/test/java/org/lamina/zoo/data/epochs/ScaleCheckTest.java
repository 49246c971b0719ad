package org.lamina.zoo.data.epochs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ScaleCheckTest {
    private static final double[] TRAINED = {10, 20, 30};

    /** What is said about samples that vary so many times as much as those of the training data. */
    private static String warning(double... factors) {
        Nd4j.getRandom().setSeed(1);
        INDArray features = Nd4j.randn(DataType.FLOAT, 4, 1, 3, 500).addi(7);
        for (int c = 0; c < 3; c++) {
            features.tensorAlongDimension(c, 0, 1, 3).muli(factors[c] * TRAINED[c]);
        }
        ScaleCheck check =
                new ScaleCheck(
                        new ChannelStandardizer(new double[3], TRAINED), List.of("A", "B", "C"));
        check.add(features);
        return check.warning().orElse("");
    }

    @Test
    void warnsBeyondAFactorOf20() {
        assertEquals("", warning(1, 1, 1));
        assertEquals("", warning(18, 1 / 18.0, 0.5));
        assertTrue(warning(1e-3, 1e-3, 1e-3).contains("times as much"));
        assertTrue(warning(1e6, 22, 25).contains("unit"));
        assertTrue(warning(1, 0, 1).startsWith("samples of B vary"), warning(1, 0, 1));
        assertTrue(warning(1 / 22.0, 1, 1).startsWith("samples of A vary"));
    }
}
