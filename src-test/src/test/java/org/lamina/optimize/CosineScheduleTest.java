package org.lamina.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.Nesterovs;

class CosineScheduleTest {

    @Test
    void risesThenFallsAlongACosine() {
        CosineSchedule schedule = new CosineSchedule(0.4, 4, 24);
        double[] rising = {0.1, 0.2, 0.3, 0.4};
        for (int i = 0; i < 4; i++) {
            assertEquals(rising[i], schedule.valueAt(i, 0), 1e-12);
        }
        assertEquals(0.4, schedule.valueAt(4, 7), 1e-12);
        assertEquals(0.2 * (1 + Math.sqrt(0.5)), schedule.valueAt(9, 0), 1e-12);
        assertEquals(0.2, schedule.valueAt(14, 0), 1e-12);
        assertEquals(0, schedule.valueAt(24, 0), 1e-12);
        assertEquals(0, schedule.valueAt(1000, 0), 1e-12);
        assertEquals(3, new CosineSchedule(3, 0, 1).valueAt(0, 0), 1e-12);
    }

    @Test
    void survivesJsonInAConfiguration() {
        MultiLayerConfiguration conf =
                new NeuralNetConfiguration.Builder()
                        .updater(new Nesterovs(new CosineSchedule(0.1, 2, 10), 0.9))
                        .list()
                        .layer(new OutputLayer.Builder().nIn(2).nOut(2).build())
                        .build();
        assertEquals(conf, MultiLayerConfiguration.fromJson(conf.toJson()));
        CosineSchedule schedule = new CosineSchedule(0.1, 2, 10);
        assertEquals(schedule, schedule.clone());
        assertEquals(schedule.hashCode(), schedule.clone().hashCode());
        assertNotEquals(schedule, new CosineSchedule(0.1, 3, 10));
        assertNotEquals(schedule, new CosineSchedule(0.1, 2, 11));
        assertNotEquals(schedule, new CosineSchedule(0.2, 2, 10));
    }

    @Test
    void wrongValuesAreRefused() {
        assertMessage("peak = 0.0", 0, 1, 2);
        assertMessage("peak = NaN", Double.NaN, 1, 2);
        assertMessage("warmUp = -1", 0.1, -1, 2);
        assertMessage("iterations = 5; must be more than warmUp = 5", 0.1, 5, 5);
    }

    private static void assertMessage(String part, double peak, int warmUp, int iterations) {
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new CosineSchedule(peak, warmUp, iterations))
                        .getMessage();
        assertTrue(message.contains(part), message);
    }
}
