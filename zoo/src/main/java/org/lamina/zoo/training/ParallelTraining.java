package org.lamina.zoo.training;

import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.deeplearning4j.parallelism.factory.DefaultTrainerContext;
import org.deeplearning4j.parallelism.trainer.DefaultTrainer;
import org.deeplearning4j.parallelism.trainer.Trainer;
import org.lamina.constraints.Constraints;
import org.lamina.zoo.network.Networks;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Trains a network in several threads of one machine with DL4J's ParallelWrapper: each worker
 * updates a copy on its own minibatches, and every {@code averagingFrequency} minibatches the
 * copies are replaced by the mean of parameters and updater states, to which the network's
 * constraints are applied (a mean of weights with a minimum or unit norm need not have it).
 *
 * <pre>
 * ParallelTraining.builder(network).workers(4).build().fit(iterator, 20);
 * </pre>
 *
 * <p>If the minibatches of an epoch do not fill the last averaging, only the first worker's updates
 * since the previous one are kept (DL4J's rule); with the default frequency of 1 none are lost.
 * Give each worker one OpenMP thread ({@code OMP_NUM_THREADS=1}), so that there are as many threads
 * as workers.
 */
public final class ParallelTraining {
    private static final long PATIENCE_SECONDS = 300;

    private final Model network;
    private final int workers;
    private final int averagingFrequency;

    private ParallelTraining(Builder builder) {
        network = builder.network;
        workers = builder.workers;
        averagingFrequency = builder.averagingFrequency;
        if (workers < 2) {
            throw new IllegalArgumentException(
                    "ParallelTraining: workers = " + workers + ", must be 2 or more");
        }
        if (averagingFrequency < 1) {
            throw new IllegalArgumentException(
                    "ParallelTraining: averagingFrequency = "
                            + averagingFrequency
                            + ", must be 1 or more");
        }
        Networks.checkKind("ParallelTraining: ", network);
    }

    /**
     * @param network initialized; trained in place
     */
    public static Builder builder(Model network) {
        return new Builder(network);
    }

    /**
     * Trains.
     *
     * @param data minibatches, handed to the workers in turn
     * @param epochs passes over them, 1 or more
     */
    public void fit(DataSetIterator data, int epochs) {
        if (epochs < 1) {
            throw new IllegalArgumentException(
                    "ParallelTraining: epochs = " + epochs + ", must be 1 or more");
        }
        for (int epoch = 0; epoch < epochs; epoch++) {
            data.reset();
            try (Projecting wrapper = new Projecting(network, workers, averagingFrequency)) {
                wrapper.fit(data);
            }
            Constraints.project(network);
            Networks.incrementEpochCount(network);
        }
    }

    /**
     * Waits before the first round until every worker has its copy (DL4J lets the first train while
     * the others still copy its parameters), and applies constraints to every copy after each
     * averaging. Both happen when DL4J asks for replacement parameters: no worker is active then.
     */
    private static final class Projecting extends ParallelWrapper {
        private final CountDownLatch copied;

        Projecting(Model network, int workers, int averagingFrequency) {
            // No prefetching: it would continue to read after an error.
            super(network, workers, 0);
            this.averagingFrequency = averagingFrequency;
            this.workspaceMode = WorkspaceMode.ENABLED;
            this.copied = new CountDownLatch(workers);
            this.modelParamsSupplier = this::betweenRounds;
            this.trainerContext =
                    new DefaultTrainerContext() {
                        @Override
                        public Trainer create(
                                String id,
                                int thread,
                                Model model,
                                int device,
                                boolean multi,
                                ParallelWrapper wrapper,
                                WorkspaceMode mode,
                                int frequency) {
                            return new Worker(id, thread, model, wrapper, mode, frequency, copied);
                        }
                    };
        }

        private INDArray betweenRounds() {
            long done = iterationsCounter.get();
            if (done == 0) {
                try {
                    if (!copied.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                        throw new IllegalStateException(
                                "ParallelTraining: no copy of the network within "
                                        + PATIENCE_SECONDS
                                        + " s");
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("ParallelTraining: interrupted", e);
                }
            } else if (done % averagingFrequency == 0) {
                for (Trainer worker : zoo) {
                    Constraints.project(worker.getModel());
                }
            }
            return null;
        }

        @Override
        public void close() {
            try {
                super.close();
            } catch (Exception e) {
                throw new IllegalStateException("ParallelTraining: " + e.getMessage(), e);
            }
        }
    }

    /** DL4J's worker, which reports when it has its copy. */
    private static final class Worker extends DefaultTrainer {
        private final CountDownLatch copied;

        Worker(
                String id,
                int thread,
                Model model,
                ParallelWrapper wrapper,
                WorkspaceMode mode,
                int frequency,
                CountDownLatch copied) {
            this.uuid = id + "_thread_" + thread;
            this.threadId = thread;
            this.originalModel = model;
            this.replicatedModel = model;
            this.parallelWrapper = wrapper;
            this.workspaceMode = mode;
            this.averagingFrequency = frequency;
            this.copied = copied;
            // Created here rather than on demand by the thread, so that both threads see it.
            setupIfNeccessary();
            setDaemon(true);
        }

        @Override
        protected void postInit() {
            super.postInit();
            copied.countDown();
        }
    }

    /** Builder. */
    public static final class Builder {
        private final Model network;
        private int workers = Math.max(2, Runtime.getRuntime().availableProcessors());
        private int averagingFrequency = 1;

        private Builder(Model network) {
            this.network = Objects.requireNonNull(network, "network");
        }

        /**
         * Number of threads, each with a copy of the network; 2 or more. Default: the machine's
         * cores.
         */
        public Builder workers(int value) {
            this.workers = value;
            return this;
        }

        /** Minibatches of a worker between two averagings. Default 1. */
        public Builder averagingFrequency(int value) {
            this.averagingFrequency = value;
            return this;
        }

        /**
         * The training mode of DL4J's ParallelWrapper.
         *
         * @param value only {@code AVERAGING}
         * @throws IllegalArgumentException for the other modes
         */
        public Builder trainingMode(ParallelWrapper.TrainingMode value) {
            if (value != ParallelWrapper.TrainingMode.AVERAGING) {
                throw new IllegalArgumentException(
                        "ParallelTraining: training mode "
                                + value
                                + " is refused, AVERAGING is allowed: sharing gradients hangs in"
                                + " DL4J 1.0.0-M2.1 (its workers lock each other out when training"
                                + " starts), and its updates bypass the constraints");
            }
            return this;
        }

        /**
         * @throws IllegalArgumentException if a number is too small
         */
        public ParallelTraining build() {
            return new ParallelTraining(this);
        }
    }
}
