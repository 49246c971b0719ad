package org.lamina.zoo.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.zoo.data.augment.Augmentation;
import org.lamina.zoo.data.augment.GaussianNoise;
import org.lamina.zoo.data.epochs.ChannelStandardizer;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.modelfile.Checkpoint;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class TrainerTest {
    private static final EpochSet TRAIN = TrainingFixtures.epochs(22, 1);
    private static final EpochSet VALIDATION = TrainingFixtures.epochs(10, 2);
    private static final ChannelStandardizer STANDARDIZER = ChannelStandardizer.of(TRAIN);
    private static final TrainerListener SILENT = new TrainerListener() {};

    @Test
    void learnsTheToyProblem() {
        Trainer trainer = trainer(new TrainingPlan(12, 4, 3, 0));
        assertTrue(trainer.run(SILENT));
        List<TrainingHistory.Epoch> epochs = trainer.state().history().epochs();
        assertEquals(12, epochs.size());
        assertTrue(epochs.get(11).loss() < 0.5 * epochs.get(0).loss());
        assertTrue(epochs.get(11).validationAccuracy() >= 0.9);
    }

    @Test
    void sameSeedGivesTheSameBits() {
        TrainingPlan plan = new TrainingPlan(3, 4, 7, 0);
        Trainer first = trainer(plan);
        first.run(SILENT);
        Nd4j.getRandom().setSeed(999);
        Trainer second = trainer(plan);
        second.run(SILENT);
        assertEquals(first.network().params(), second.network().params());
        assertEquals(losses(first), losses(second));

        Trainer other = trainer(new TrainingPlan(3, 4, 8, 0));
        other.run(SILENT);
        assertNotEquals(first.network().params(), other.network().params());
    }

    private static MultiLayerNetwork network(Trainer trainer) {
        return (MultiLayerNetwork) trainer.network();
    }

    /**
     * Six batches an epoch: stops at the first, in the middle, after the last of one, in the third.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 6, 15})
    void resumesAsIfNeverStopped(int stopAfter, @TempDir Path folder) throws IOException {
        TrainingPlan plan = new TrainingPlan(4, 4, 7, 3);
        Trainer whole = trainer(plan);
        assertTrue(whole.run(SILENT));

        Trainer stopped = trainer(plan);
        assertEquals(6, stopped.batchesPerEpoch());
        int[] seen = {0};
        assertFalse(
                stopped.run(
                        new TrainerListener() {
                            @Override
                            public void onBatch(int epoch, int batch, int batches, double loss) {
                                if (++seen[0] == stopAfter) {
                                    stopped.requestStop();
                                }
                            }
                        }));
        assertEquals(stopAfter, seen[0]);
        Path file = folder.resolve("checkpoint.zip");
        new Checkpoint(TrainingFixtures.model(stopped.network(), STANDARDIZER), stopped.state(), 42)
                .save(file);

        Nd4j.getRandom().setSeed(123);
        Checkpoint checkpoint = Checkpoint.load(file);
        assertEquals(42, checkpoint.fingerprint());
        Trainer resumed =
                new Trainer(
                        checkpoint.model().network(),
                        plan,
                        TRAIN,
                        VALIDATION,
                        checkpoint.model().normalizer(),
                        checkpoint.state());
        assertTrue(resumed.run(SILENT));
        assertEquals(whole.network().params(), resumed.network().params());
        assertEquals(
                network(whole).getUpdater().getStateViewArray(),
                network(resumed).getUpdater().getStateViewArray());
        assertEquals(losses(whole), losses(resumed));
        assertEquals(network(whole).getIterationCount(), network(resumed).getIterationCount());
        assertEquals(network(whole).getEpochCount(), network(resumed).getEpochCount());
    }

    /** A ComputationGraph is trained, saved and gone on with as a MultiLayerNetwork is. */
    @Test
    void graphsResumeAsIfNeverStopped(@TempDir Path folder) throws IOException {
        TrainingPlan plan = new TrainingPlan(4, 4, 7, 3);
        Trainer whole = trainer(TrainingFixtures.network(5).toComputationGraph(), plan);
        assertTrue(whole.run(SILENT));
        Trainer stopped = trainer(TrainingFixtures.network(5).toComputationGraph(), plan);
        assertFalse(
                stopped.run(
                        new TrainerListener() {
                            @Override
                            public void onBatch(int epoch, int batch, int batches, double loss) {
                                if (epoch == 2 && batch == 3) {
                                    stopped.requestStop();
                                }
                            }
                        }));
        Path file = folder.resolve("checkpoint.zip");
        new Checkpoint(TrainingFixtures.model(stopped.network(), STANDARDIZER), stopped.state(), 1)
                .save(file);
        Checkpoint checkpoint = Checkpoint.load(file);
        Trainer resumed =
                new Trainer(
                        checkpoint.model().network(),
                        plan,
                        TRAIN,
                        VALIDATION,
                        checkpoint.model().normalizer(),
                        checkpoint.state());
        assertTrue(resumed.run(SILENT));
        assertEquals(ComputationGraph.class, resumed.network().getClass());
        assertEquals(whole.network().params(), resumed.network().params());
        assertEquals(losses(whole), losses(resumed));
    }

    /** Counts its batches. */
    private static final class Noise implements Augmentation {
        private static final long serialVersionUID = 1L;
        private static final GaussianNoise NOISE = new GaussianNoise(0.7, 1);

        private int batches;

        @Override
        public double probability() {
            return NOISE.probability();
        }

        @Override
        public double[][] transform(double[][] x, RandomGenerator random) {
            return NOISE.transform(x, random);
        }

        @Override
        public void apply(double[][][] examples, double[][] labels, RandomGenerator random) {
            batches++;
            Augmentation.super.apply(examples, labels, random);
        }
    }

    /** Six batches an epoch; neither accuracy nor validation is measured on augmented ones. */
    @Test
    void augmentsTrainingBatchesOnlyAndResumes() {
        TrainingPlan plan = new TrainingPlan(3, 4, 7, 2);
        Noise noise = new Noise();
        Trainer whole = trainer(plan).augmenting(List.of(noise));
        assertTrue(whole.run(SILENT));
        assertEquals(18, noise.batches);

        Trainer stopped = trainer(plan).augmenting(List.of(new Noise()));
        assertFalse(
                stopped.run(
                        new TrainerListener() {
                            @Override
                            public void onBatch(int epoch, int batch, int batches, double loss) {
                                if (epoch == 2 && batch == 3) {
                                    stopped.requestStop();
                                }
                            }
                        }));
        Trainer resumed =
                new Trainer(
                                stopped.network(),
                                plan,
                                TRAIN,
                                VALIDATION,
                                STANDARDIZER,
                                stopped.state())
                        .augmenting(List.of(new Noise()));
        assertTrue(resumed.run(SILENT));
        assertEquals(whole.network().params(), resumed.network().params());
        assertEquals(losses(whole), losses(resumed));

        Trainer plain = trainer(plan);
        plain.run(SILENT);
        assertNotEquals(plain.network().params(), whole.network().params());
    }

    @Test
    void earlyStoppingKeepsTheBestEpoch() {
        Trainer trainer = trainer(new TrainingPlan(400, 8, 3, 2));
        List<Boolean> best = new ArrayList<>();
        assertTrue(
                trainer.run(
                        new TrainerListener() {
                            @Override
                            public void onEpoch(TrainingHistory.Epoch epoch, boolean isBest) {
                                best.add(isBest);
                            }
                        }));
        TrainingHistory history = trainer.state().history();
        assertTrue(history.size() < 400);
        assertEquals(history.bestEpoch(Criterion.LOSS) + 2, history.size());
        assertEquals(history.bestEpoch(Criterion.LOSS) - 1, best.lastIndexOf(true));
        DataSet validation = VALIDATION.toDataSet();
        STANDARDIZER.transform(validation);
        double loss =
                -Nd4j.math()
                                .log(network(trainer).output(validation.getFeatures()))
                                .mul(validation.getLabels())
                                .sumNumber()
                                .doubleValue()
                        / VALIDATION.size();
        assertEquals(
                history.epochs().get(history.bestEpoch(Criterion.LOSS) - 1).validationLoss(),
                loss,
                1e-5);
    }

    @Test
    void earlyStoppingNeedsAValidationSet() {
        MultiLayerNetwork network = TrainingFixtures.network(1);
        IllegalArgumentException error =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new Trainer(
                                        network,
                                        new TrainingPlan(1, 1, 1, 1),
                                        TRAIN,
                                        null,
                                        null,
                                        TrainingState.start()));
        assertTrue(error.getMessage().contains("validation"), error.getMessage());
    }

    @Test
    void planNamesWhatIsWrong() {
        assertMessage("epochs = 0", () -> new TrainingPlan(0, 1, 1, 0));
        assertMessage("batch = 0", () -> new TrainingPlan(1, 0, 1, 0));
        assertMessage("patience = -1", () -> new TrainingPlan(1, 1, 1, -1));
    }

    @Test
    void divergenceIsSaid() {
        MultiLayerNetwork network = TrainingFixtures.network(1);
        network.params().assign(Float.NaN);
        Trainer trainer =
                new Trainer(
                        network,
                        new TrainingPlan(1, 4, 1, 0),
                        TRAIN,
                        null,
                        null,
                        TrainingState.start());
        IllegalStateException error =
                assertThrows(IllegalStateException.class, () -> trainer.run(SILENT));
        assertTrue(error.getMessage().contains("epoch 1, batch 1"), error.getMessage());
        assertNotNull(trainer.state());
    }

    private static void assertMessage(String part, org.junit.jupiter.api.function.Executable e) {
        String message = assertThrows(IllegalArgumentException.class, e).getMessage();
        assertTrue(message.contains(part), message);
    }

    private static Trainer trainer(TrainingPlan plan) {
        return trainer(TrainingFixtures.network(5), plan);
    }

    private static Trainer trainer(Model network, TrainingPlan plan) {
        return new Trainer(network, plan, TRAIN, VALIDATION, STANDARDIZER, TrainingState.start());
    }

    private static List<Double> losses(Trainer trainer) {
        return trainer.state().history().epochs().stream()
                .map(TrainingHistory.Epoch::loss)
                .toList();
    }
}
