package org.lamina.zoo.spark;

import java.util.Objects;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;

/**
 * Trains a network on a Spark cluster with parameter averaging, as DL4J does. In a round each
 * worker gets the network, makes {@code averagingFrequency} updates on minibatches of its own, and
 * the driver takes the mean of the workers' parameters (running statistics are among them) and of
 * the updater's states:
 *
 * <pre>
 * p &lt;- project(1 / W * sum over w of p_w)
 * </pre>
 *
 * <p>{@code project} are the network's constraints: a mean of weights that satisfy a minimum or
 * unit norm need not satisfy it.
 *
 * <pre>
 * PreparedBatches batches = PreparedBatches.write(examples, "hdfs://host/prepared", 16, 1);
 * SparkTraining.builder(context).build().fit(network, batches, 20);
 * </pre>
 *
 * <p>The same seed, data and number of workers give the same network up to the order in which Spark
 * sums; a round that lost an executor is computed again from the state before it.
 *
 * <p>Networks with several inputs or outputs are not supported: prepared batches are {@code
 * DataSet}s.
 */
public final class SparkTraining {
    /** Default number of updates of a worker between two averagings. */
    public static final int DEFAULT_AVERAGING_FREQUENCY = 20;

    final JavaSparkContext context;
    final int workers;
    final int averagingFrequency;
    final int aggregationDepth;
    final long seed;
    private volatile boolean stopRequested;

    private SparkTraining(Builder builder) {
        context = builder.context;
        workers = builder.workers == null ? builder.context.defaultParallelism() : builder.workers;
        averagingFrequency = builder.averagingFrequency;
        aggregationDepth = builder.aggregationDepth;
        seed = builder.seed;
        atLeastOne("workers", workers);
        atLeastOne("averagingFrequency", averagingFrequency);
        atLeastOne("aggregationDepth", aggregationDepth);
    }

    private static void atLeastOne(String field, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    "SparkTraining: " + field + " = " + value + ", must be 1 or more");
        }
    }

    /**
     * @param context of the cluster
     */
    public static Builder builder(JavaSparkContext context) {
        return new Builder(context);
    }

    /**
     * Trains all epochs.
     *
     * @param network a MultiLayerNetwork or ComputationGraph; trained in place
     * @param data what to learn from
     * @param epochs passes over it, 1 or more
     */
    public void fit(Model network, PreparedBatches data, int epochs) {
        fit(network, data, epochs, Position.start(), new RoundListener() {});
    }

    /**
     * Trains from a position.
     *
     * @param network a MultiLayerNetwork or ComputationGraph, with the state of its updater if it
     *     was trained before; trained in place
     * @param data what to learn from
     * @param epochs passes over it, those before {@code from} included
     * @param from position of the training
     * @param listener called after every round and epoch
     * @return the new position: after the last epoch unless {@link #requestStop} ended the training
     * @throws IllegalStateException if the loss is no longer finite
     */
    public Position fit(
            Model network,
            PreparedBatches data,
            int epochs,
            Position from,
            RoundListener listener) {
        atLeastOne("epochs", epochs);
        Objects.requireNonNull(listener, "listener");
        return new AveragingRun(this, network, data, epochs, listener).from(from);
    }

    /** Ends {@link #fit} after the current round. May be called by any thread. */
    public void requestStop() {
        stopRequested = true;
    }

    boolean stopRequested() {
        return stopRequested;
    }

    /** Minibatches of a full round, of all workers together. */
    public int batchesPerRound() {
        return workers * averagingFrequency;
    }

    /** Builder. */
    public static final class Builder {
        private final JavaSparkContext context;
        private Integer workers;
        private int averagingFrequency = DEFAULT_AVERAGING_FREQUENCY;
        private int aggregationDepth = 2;
        private long seed = 1;

        private Builder(JavaSparkContext context) {
            this.context = Objects.requireNonNull(context, "context");
        }

        /** Number of workers, each a task of a round. Default: the cluster's cores. */
        public Builder workers(int value) {
            this.workers = value;
            return this;
        }

        /** Updates that a worker makes between two averagings. Default 20. */
        public Builder averagingFrequency(int value) {
            this.averagingFrequency = value;
            return this;
        }

        /** Levels of the tree in which workers' parameters are summed. Default 2. */
        public Builder aggregationDepth(int value) {
            this.aggregationDepth = value;
            return this;
        }

        /** Seed of the order of minibatches and of random numbers (dropout). Default 1. */
        public Builder seed(long value) {
            this.seed = value;
            return this;
        }

        /**
         * Takes workers, averaging frequency and aggregation depth of a training master as DL4J's
         * own Spark classes expect it.
         *
         * @throws IllegalArgumentException if it is not a ParameterAveragingTrainingMaster. DL4J's
         *     SharedTrainingMaster adds the other workers' quantized updates to the parameters
         *     behind the constraints: weights end outside them (a maximum norm of 0.5 at 1.3 to
         *     1.5)
         */
        public Builder trainingMaster(TrainingMaster<?, ?> master) {
            if (!(master instanceof ParameterAveragingTrainingMaster averaging)) {
                throw new IllegalArgumentException(
                        "SparkTraining: "
                                + (master == null ? "null" : master.getClass().getSimpleName())
                                + " is refused: only ParameterAveragingTrainingMaster keeps"
                                + " constraints. SharedTrainingMaster adds other workers' updates"
                                + " to the weights after the constraints were applied, so that"
                                + " norms end outside their limits");
            }
            workers = averaging.getNumWorkers();
            averagingFrequency = averaging.getAveragingFrequency();
            aggregationDepth = averaging.getAggregationDepth();
            return this;
        }

        /**
         * @throws IllegalArgumentException if a number is below 1
         */
        public SparkTraining build() {
            return new SparkTraining(this);
        }
    }
}
