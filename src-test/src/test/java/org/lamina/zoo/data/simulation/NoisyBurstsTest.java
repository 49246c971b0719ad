package org.lamina.zoo.data.simulation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

class NoisyBurstsTest {

    @ParameterizedTest
    @ValueSource(doubles = {-5, 0, 10})
    void hasTheRatioAskedFor(double snr) {
        DataSet drawn = new NoisyBursts(200, snr).draw(5, new Random(4));
        assertArrayEquals(new long[] {5, 1, 200}, drawn.getFeatures().shape());
        INDArray clean = drawn.getLabels();
        assertEquals(snr, NoisyBursts.snr(clean, drawn.getFeatures()), 1e-3);
        for (int n = 0; n < 5; n++) {
            assertEquals(1, clean.slice(n).norm2Number().doubleValue() / Math.sqrt(200), 1e-4);
            assertEquals(0, clean.slice(n).meanNumber().doubleValue(), 1e-4);
        }
        double filtered =
                NoisyBursts.snr(clean, new NoisyBursts(200, snr).bandPassed(drawn.getFeatures()));
        assertTrue(filtered > snr + (snr < 5 ? 2 : -5), "after a band-pass: " + filtered);
        assertEquals(drawn, new NoisyBursts(200, snr).draw(5, new Random(4)));
        assertNotEquals(clean, new NoisyBursts(200, snr).draw(5, new Random(5)).getLabels());
    }
}
