package org.lamina.zoo.data.simulation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.epochs.EpochExtractor;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.data.epochs.EpochingOptions;
import org.lamina.zoo.data.recording.Recording;

class EegSimulatorTest {
    private static double variance(float[] x) {
        double mean = 0;
        for (float value : x) {
            mean += value / (double) x.length;
        }
        double variance = 0;
        for (float value : x) {
            variance += (value - mean) * (value - mean) / x.length;
        }
        return variance;
    }

    @Test
    void equalSeedsGiveEqualSamplesAndOthersOthers() {
        List<Recording> one =
                EegSimulator.builder().epochsPerClass(1).runs(2).subjects(2).build().recordings();
        List<Recording> same =
                EegSimulator.builder().epochsPerClass(1).runs(2).subjects(2).build().recordings();
        List<Recording> other =
                EegSimulator.builder().epochsPerClass(1).runs(2).seed(43).build().recordings();
        List<Recording> fewer =
                EegSimulator.builder().epochsPerClass(1).runs(1).build().recordings();
        assertEquals(4, one.size());
        for (int i = 0; i < 4; i++) {
            assertEquals(one.get(i).events(), same.get(i).events());
            assertArrayEquals(one.get(i).samples(7), same.get(i).samples(7));
            for (int j = 0; j < i; j++) {
                assertFalse(Arrays.equals(one.get(i).samples(7), one.get(j).samples(7)));
            }
        }
        assertFalse(Arrays.equals(one.get(0).samples(7), other.get(0).samples(7)));
        assertArrayEquals(one.get(0).samples(7), fewer.get(0).samples(7));
    }

    @Test
    void saysThatItIsSimulatedWhereverItIsNamed() {
        EegSimulator simulator = EegSimulator.builder().runs(2).epochsPerClass(2).build();
        Recording recording = simulator.recordings().get(1);
        assertEquals("simulated-S001R02", recording.name());
        assertEquals("02", recording.run());
        assertTrue(recording.description().contains("Simulated"));
        EpochSet set = EpochExtractor.extract(simulator.recordings(), simulator.epoching());
        assertTrue(set.description().contains("Simulated"));
    }

    @Test
    void goesThroughThePipelineBalanced() {
        EegSimulator simulator =
                EegSimulator.builder().classes(2).epochsPerClass(5).runs(3).build();
        EpochSet set = EpochExtractor.extract(simulator.recordings(), simulator.epoching());
        assertArrayEquals(new long[] {30, 1, 22, 256}, set.features().shape());
        assertEquals(List.of("left_hand", "right_hand"), set.classNames());
        assertArrayEquals(new int[] {15, 15}, set.classCounts());
        assertEquals(128, set.samplingRate());
    }

    /** What the simulation promises: 1/f background, microvolts as in real EEG, mains at 50 Hz. */
    @Test
    void spectrumIsThatOfEeg() {
        Recording recording =
                EegSimulator.builder()
                        .snr(0)
                        .runs(1)
                        .channels(List.of("Fz", "C3", "POz"))
                        .build()
                        .recordings()
                        .get(0);
        double[] octaves = new double[4];
        for (int k = 0; k < 4; k++) {
            double low = 2 << k;
            EpochingOptions band = EpochingOptions.builder().band(low, 2 * low).build();
            octaves[k] = variance(EpochExtractor.preprocess(recording, band).samples(1));
        }
        // Equal power in each octave, up to the amplifier's white noise and the alpha rhythm
        for (int k = 1; k < 4; k++) {
            assertEquals(octaves[0], octaves[k], 0.6 * octaves[0], "octave " + k);
        }
        double rms = Math.sqrt(variance(recording.samples(1)));
        assertTrue(rms > 5 && rms < 60, "rms " + rms);
        EpochingOptions mains = EpochingOptions.builder().band(49, 51).build();
        EpochingOptions beside = EpochingOptions.builder().band(53, 55).build();
        double onMains = variance(EpochExtractor.preprocess(recording, mains).samples(1));
        double besideMains = variance(EpochExtractor.preprocess(recording, beside).samples(1));
        assertTrue(onMains > 1.3 * besideMains, onMains + " / " + besideMains);
    }

    /** Imagined movements weaken mu over the opposite hand area, and nothing at snr 0. */
    @Test
    void handsWeakenTheRhythmOfTheOppositeSide() {
        for (double snr : new double[] {1, 0}) {
            EegSimulator simulator =
                    EegSimulator.builder()
                            .classes(2)
                            .runs(4)
                            .snr(snr)
                            .channels(List.of("C3", "C4"))
                            .build();
            EpochingOptions options = EpochingOptions.builder().band(8, 13).window(1, 3).build();
            EpochSet set = EpochExtractor.extract(simulator.recordings(), options);
            double[][] logPower = new double[2][2];
            for (int i = 0; i < set.size(); i++) {
                for (int c = 0; c < 2; c++) {
                    float[] x = new float[set.samples()];
                    for (int t = 0; t < x.length; t++) {
                        x[t] = set.features().getFloat(i, 0, c, t);
                    }
                    int k = set.classes()[i];
                    logPower[k][c] += Math.log(variance(x)) / set.classCounts()[k];
                }
            }
            // Lateralization C4 - C3: lower for the left hand than for the right
            double left = logPower[0][1] - logPower[0][0];
            double right = logPower[1][1] - logPower[1][0];
            if (snr > 0) {
                assertTrue(right - left > 1, left + " " + right);
            } else {
                assertEquals(left, right, 0.35);
            }
        }
    }

    @Test
    void refusesWhatItCannotSimulate() {
        fails("classes is 3; allowed: 2 or 4", EegSimulator.builder().classes(3));
        fails("rate is 10.0", EegSimulator.builder().rate(10));
        fails("snr is -1.0", EegSimulator.builder().snr(-1));
        fails("runs is 0", EegSimulator.builder().runs(0));
        fails("subjects is 0", EegSimulator.builder().subjects(0));
        fails("epochs per class is 0", EegSimulator.builder().epochsPerClass(0));
        fails("channels is []", EegSimulator.builder().channels(List.of()));
        fails("'EKG' is not a name", EegSimulator.builder().channels(List.of("EKG")));
    }

    private static void fails(String part, EegSimulator.Builder builder) {
        String message = assertThrows(DataException.class, builder::build).getMessage();
        assertTrue(message.contains(part), message);
    }
}
