package org.lamina.zoo.cli;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.broadcast.Broadcast;
import org.lamina.zoo.data.epochs.EpochSet;
import org.lamina.zoo.evaluation.CrossValidation.Part;
import org.lamina.zoo.evaluation.Fold;
import org.lamina.zoo.training.TrainerListener;
import org.lamina.zoo.training.TrainingState;

/** Trains the folds of a cross-validation on a Spark cluster, each in one task of one thread. */
final class SparkFolds {
    private static final String GROUP = "lamina crossval";
    private static final int POLL_MILLIS = 100;

    private SparkFolds() {}

    /** A fold to train, as it is sent to an executor. */
    private record Task(Map<String, Object> settings, Fold fold, long seed)
            implements Serializable {

        double[][] run(EpochSet epochs) {
            Threads.one();
            EegTraining training =
                    CrossvalRun.training(
                            ClassifierSettings.read(settings, CrossvalSettings.class),
                            epochs,
                            new Part(fold, seed),
                            null,
                            0);
            training.trainer(TrainingState.start()).run(new TrainerListener() {});
            training.finish();
            return training.predict();
        }
    }

    /**
     * Trains and tests.
     *
     * @param parts to train
     * @param done called with the predictions of each finished part, in any order
     * @return whether all are done; false if the program was interrupted
     */
    static boolean train(
            String master,
            CrossvalSettings settings,
            EpochSet epochs,
            List<Part> parts,
            BiConsumer<Part, double[][]> done) {
        Map<String, Object> saved = settings.toMap();
        AtomicBoolean interrupted = new AtomicBoolean();
        try (SparkCluster spark = SparkCluster.connect(master)) {
            Runnable stop =
                    () -> {
                        interrupted.set(true);
                        spark.context().cancelJobGroup(GROUP);
                    };
            try (Interruption interruption = spark.interruption(stop)) {
                spark.context().setJobGroup(GROUP, "cross-validation");
                Broadcast<EpochSet> sent = spark.context().broadcast(epochs);
                Map<Part, JavaFutureAction<List<double[][]>>> running = new LinkedHashMap<>();
                for (Part part : parts) {
                    Task task = new Task(saved, part.fold(), part.seed());
                    running.put(
                            part,
                            spark.context()
                                    .parallelize(List.of(task), 1)
                                    .map(t -> t.run(sent.value()))
                                    .collectAsync());
                }
                collect(running, done);
                return true;
            } finally {
                spark.context().cancelJobGroup(GROUP);
                spark.context().clearJobGroup();
            }
        } catch (InterruptedException | ExecutionException e) {
            if (interrupted.get()) {
                return false;
            }
            throw SparkCluster.failure(e);
        }
    }

    private static void collect(
            Map<Part, JavaFutureAction<List<double[][]>>> running,
            BiConsumer<Part, double[][]> done)
            throws InterruptedException, ExecutionException {
        while (!running.isEmpty()) {
            for (Part part : List.copyOf(running.keySet())) {
                if (running.get(part).isDone()) {
                    done.accept(part, running.remove(part).get().get(0));
                }
            }
            Thread.sleep(POLL_MILLIS);
        }
    }
}
