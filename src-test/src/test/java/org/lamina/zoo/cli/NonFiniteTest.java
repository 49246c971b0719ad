package org.lamina.zoo.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.zoo.data.epochs.EpochExtractor;
import org.lamina.zoo.data.files.RecordingFolder;
import org.lamina.zoo.data.recording.Recording;
import org.lamina.zoo.modelfile.Checkpoint;
import org.lamina.zoo.modelfile.ModelFile;
import org.lamina.zoo.network.Networks;
import org.lamina.zoo.training.DivergenceException;
import org.lamina.zoo.training.Trainer;
import org.lamina.zoo.training.TrainingPlan;
import org.lamina.zoo.training.TrainingState;

/** What is no number is no result. */
class NonFiniteTest {
    @TempDir static Path folder;
    private static Path data;
    private static Path model;

    @BeforeAll
    static void poison() throws IOException {
        data = Files.createDirectory(folder.resolve("data"));
        Cli.writeRecordings(data, 2, 6);
        Path out = folder.resolve("out");
        Cli.train(data, out, "--epochs", "1");
        ModelFile trained = ModelFile.load(out.resolve("model.zip"));
        trained.network().params().putScalar(trained.network().numParams() - 1, Float.NaN);
        model = folder.resolve("nan.zip");
        trained.save(model);
    }

    private static Cli promptly(String... args) {
        return Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> Cli.run(args));
    }

    @Test
    void aModelsOutput() {
        String recording = data.resolve("run1.csv").toString();
        Cli refused = promptly("predict", model.toString(), recording);
        assertTrue(refused.err().contains("not all weights are numbers"), refused.err());
        assertTrue(refused.err().contains("--allow-nan"), refused.err());

        Cli predicted = promptly("predict", model.toString(), recording, "--allow-nan");
        assertEquals("", predicted.out());
        assertTrue(predicted.err().contains("epoch at 1.000 s: the model's output is [NaN"));
        assertEquals(1, predicted.err().lines().count(), predicted.err());

        Cli evaluated =
                promptly("evaluate", model.toString(), "--data", data.toString(), "--allow-nan");
        assertTrue(
                evaluated.err().contains("output for epoch 1 of 12 (run 1, class '1') is no"),
                evaluated.err());
        assertFalse(evaluated.out().contains("accuracy"), evaluated.out());
    }

    /** The loss is that of before an update; what the last one did shows nowhere else. */
    @Test
    void trainingThatDivergesAtTheLastUpdate() {
        Path out = folder.resolve("diverged");
        List<String> args = new ArrayList<>(List.of("train", "eegnet", "--data", data.toString()));
        args.addAll(List.of("--out", out.toString(), "--no-early-stopping"));
        args.addAll(Cli.TINY);
        args.addAll(List.of("--epochs", "1", "--batch", "100", "--lr", "1e38"));
        args.subList(args.indexOf("--batch"), args.indexOf("--batch") + 2).clear();
        args.subList(args.indexOf("--lr"), args.indexOf("--lr") + 2).clear();
        Cli diverged = promptly(args.toArray(String[]::new));
        assertEquals(1, diverged.code(), diverged.err());
        assertEquals(1, diverged.err().lines().count(), diverged.err());
        assertTrue(diverged.err().contains("Training diverged"), diverged.err());
        assertTrue(diverged.err().contains("update 1, learning rate 1.0E38"), diverged.err());
        assertTrue(diverged.err().contains("there is no checkpoint yet"), diverged.err());
        assertEquals(0, out.toFile().list().length);
    }

    @Test
    void theLastGoodCheckpointStays() throws IOException {
        Path out = folder.resolve("poisoned");
        ModelFile file = ModelFile.load(folder.resolve("out").resolve("model.zip"));
        List<Recording> recordings = RecordingFolder.open(data).load(List.of(), List.of());
        Trainer trainer =
                new Trainer(
                        file.network(),
                        new TrainingPlan(3, 4, 1, 0),
                        EpochExtractor.extract(recordings, file.card().epoching()),
                        null,
                        file.normalizer(),
                        TrainingState.start());
        int[] updates = {0};
        TrainingListener poison =
                new BaseTrainingListener() {
                    @Override
                    public void iterationDone(Model network, int iteration, int epoch) {
                        if (++updates[0] == trainer.batchesPerEpoch() + 1) {
                            network.params().putScalar(0, Float.NaN);
                        }
                    }
                };
        file.network().setListeners(poison);
        Console silent = new Console(System.out, System.err, false);
        try (OutputFolder folder = OutputFolder.create(out, "eegnet")) {
            CheckpointedTraining training =
                    new CheckpointedTraining(silent, new EegSettings(), file, folder, 1);
            String message =
                    assertThrows(DivergenceException.class, () -> training.run(trainer))
                            .getMessage();
            assertTrue(message.contains("in epoch 2, batch 2 (update "), message);
            assertTrue(message.endsWith("of 1 epochs, is " + folder.checkpoint()), message);
        }
        assertArrayEquals(new String[] {"checkpoint.zip"}, out.toFile().list());
        Checkpoint good = Checkpoint.load(out.resolve("checkpoint.zip"));
        assertEquals(1, good.state().history().size());
        assertTrue(Networks.isFinite(good.model().network()));
    }
}
