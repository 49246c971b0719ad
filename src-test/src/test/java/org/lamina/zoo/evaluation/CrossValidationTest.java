package org.lamina.zoo.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.data.recording.RecordingId;
import org.lamina.zoo.evaluation.CrossValidation.Part;
import org.nd4j.linalg.factory.Nd4j;

class CrossValidationTest {
    private static final List<String> CLASSES = List.of("left, \"quoted\"", "right", "feet");

    private static EpochSet epochs(int size, int runs, long seed) {
        Random random = new Random(seed);
        return new EpochSet(
                Nd4j.rand(size, 1, 1, 2),
                random.ints(size, 0, 3).toArray(),
                CLASSES,
                IntStream.range(0, size)
                        .mapToObj(i -> RecordingId.ofRun("run" + i * runs / size))
                        .toList(),
                List.of("Cz"),
                100,
                "test");
    }

    private static void assertPartition(int size, List<Fold> folds) {
        List<Integer> tested = new ArrayList<>();
        for (Fold fold : folds) {
            Arrays.stream(fold.test()).forEach(tested::add);
            int[] both =
                    IntStream.concat(Arrays.stream(fold.train()), Arrays.stream(fold.test()))
                            .sorted()
                            .toArray();
            assertArrayEquals(IntStream.range(0, size).toArray(), both, "each is in one of both");
        }
        Collections.sort(tested);
        assertEquals(IntStream.range(0, size).boxed().toList(), tested, "each is tested once");
    }

    @Test
    void groupsStayTogether() {
        List<String> groups = List.of("b", "a", "b", "c", "a");
        List<Fold> folds = Folds.byGroup(groups);
        assertPartition(5, folds);
        assertEquals(List.of("b", "a", "c"), folds.stream().map(Fold::name).toList());
        assertArrayEquals(new int[] {0, 2}, folds.get(0).test());
        assertThrows(DataException.class, () -> Folds.byGroup(List.of("a", "a")));
    }

    @Test
    void stratifiedFoldsHaveTheSameSharesToOneEpoch() {
        for (int seed = 0; seed < 20; seed++) {
            EpochSet epochs = epochs(100 + seed, 1, seed);
            int k = 2 + seed % 6;
            List<Fold> folds = Folds.stratified(epochs.classes(), CLASSES, k, seed);
            assertPartition(epochs.size(), folds);
            for (Fold fold : folds) {
                assertEquals((double) epochs.size() / k, fold.test().length, 0.999);
                int[] counts = epochs.subset(fold.test()).classCounts();
                for (int c = 0; c < 3; c++) {
                    assertEquals((double) epochs.classCounts()[c] / k, counts[c], 0.999);
                }
            }
        }
        int[] rare = {0, 0, 0, 1, 1, 2, 2, 2};
        DataException e =
                assertThrows(DataException.class, () -> Folds.stratified(rare, CLASSES, 3, 1));
        assertTrue(e.getMessage().contains("'right' has 2 epochs, too few for 3 folds"));
    }

    private static double[][] predictions(int size, Random random) {
        double[][] probabilities = new double[size][3];
        for (double[] row : probabilities) {
            Arrays.setAll(row, k -> random.nextDouble());
        }
        return probabilities;
    }

    /** Against the definitions, with loops; kappa's textbook is in the test of the metrics. */
    @Test
    void meansAndDeviations() {
        EpochSet epochs = epochs(60, 4, 3);
        CrossValidation validation =
                new CrossValidation(epochs, Folds.byGroup(epochs.runs()), List.of(5L, 6L, 7L));
        assertNull(validation.mean(Score.AUC));
        Random random = new Random(1);
        double[][] scores = new double[3][4];
        for (int s = 0; s < 3; s++) {
            for (int f = 0; f < 4; f++) {
                Part part = validation.remaining().get(0);
                assertEquals(5 + s, part.seed());
                assertEquals("run" + f, part.fold().name());
                double[][] predicted = predictions(part.fold().test().length, random);
                scores[s][f] =
                        Metrics.of(predicted, validation.test(part).classes(), CLASSES).kappa();
                validation.add(part, predicted);
            }
        }
        assertEquals(List.of(), validation.remaining());
        double mean = 0;
        double[] ofFold = new double[4];
        double[] ofSeed = new double[3];
        for (int s = 0; s < 3; s++) {
            for (int f = 0; f < 4; f++) {
                mean += scores[s][f] / 12;
                ofFold[f] += scores[s][f] / 3;
                ofSeed[s] += scores[s][f] / 4;
            }
        }
        assertEquals(mean, validation.mean(Score.KAPPA), 1e-12);
        assertEquals(deviation(ofFold, mean), validation.sdOfFolds(Score.KAPPA), 1e-12);
        assertEquals(deviation(ofSeed, mean), validation.sdOfSeeds(Score.KAPPA), 1e-12);
        assertEquals(ofFold[2], validation.mean(Score.KAPPA, validation.folds().get(2)), 1e-12);
        int[] counts =
                Arrays.stream(validation.confusion())
                        .mapToInt(row -> Arrays.stream(row).sum())
                        .toArray();
        assertArrayEquals(Arrays.stream(epochs.classCounts()).map(n -> 3 * n).toArray(), counts);
    }

    private static double deviation(double[] values, double mean) {
        double sum = 0;
        for (double value : values) {
            sum += (value - mean) * (value - mean);
        }
        return Math.sqrt(sum / (values.length - 1));
    }

    @Test
    void predictionsComeBackFromTheirFile(@TempDir Path folder) throws IOException {
        EpochSet epochs = epochs(31, 3, 8);
        List<Fold> folds = Folds.byGroup(epochs.runs());
        CrossValidation validation = new CrossValidation(epochs, folds, List.of(1L, -2L));
        Random random = new Random(2);
        // One in the middle is missing: on Spark folds end in any order.
        for (int i : new int[] {4, 0, 2, 3}) {
            Part part = validation.parts().get(i);
            validation.add(part, predictions(part.fold().test().length, random));
        }
        Path file = folder.resolve("predictions.csv");
        new PredictionsFile(validation).write(file);
        CrossValidation again = new CrossValidation(epochs, folds, List.of(1L, -2L));
        new PredictionsFile(again).read(file);
        assertEquals(validation.remaining(), again.remaining());
        for (int i = 0; i < 4; i++) {
            assertArrayEquals(
                    validation.results().get(i).probabilities(),
                    again.results().get(i).probabilities());
        }
        String text = Files.readString(file);
        for (String other :
                List.of(
                        text.replaceFirst("run0,1,", "run0,3,"),
                        text.replaceFirst("feet", "right"),
                        text.replaceFirst("(?m)^run1.*\\R", ""),
                        text.replaceFirst("0\\.", "O."),
                        text + "run0,9\n",
                        text.substring(0, text.length() - 30),
                        "\"")) {
            Files.writeString(file, other);
            CrossValidation fresh = new CrossValidation(epochs, folds, List.of(1L, -2L));
            DataException e =
                    assertThrows(DataException.class, () -> new PredictionsFile(fresh).read(file));
            assertTrue(e.getMessage().startsWith(file + ": damaged"), e.getMessage());
        }
    }
}
