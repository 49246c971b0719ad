package org.lamina.zoo.spark;

import java.util.List;
import java.util.Objects;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.DoubleAccumulator;
import org.apache.spark.util.LongAccumulator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.lamina.constraints.Constraints;

/**
 * Trains a network on a Spark cluster with DL4J's parameter averaging. In a round each worker gets
 * the network, makes {@code averagingFrequency} updates on minibatches of its own, and the driver
 * takes the mean of the workers' parameters (running statistics are among them) and of the
 * updater's states:
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
    private final JavaSparkContext context;
    private final int workers;
    private final int averagingFrequency;
    private final int aggregationDepth;
    private final long seed;
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
     * Trains from a position on.
     *
     * @param network a MultiLayerNetwork or ComputationGraph, with the state of its updater if it
     *     was trained before; trained in place
     * @param data what to learn from
     * @param epochs passes over it, those before {@code from} included
     * @param from where training stands
     * @param listener hears of every round and epoch
     * @return where training stands now: after the last epoch unless {@link #requestStop} ended it
     * @throws IllegalStateException if the loss is no longer a number
     */
    public Position fit(
            Model network,
            PreparedBatches data,
            int epochs,
            Position from,
            RoundListener listener) {
        atLeastOne("epochs", epochs);
        return new Run(network, data, epochs, listener).from(from);
    }

    /** Ends {@link #fit} after the round it is at. May be called by any thread. */
    public void requestStop() {
        stopRequested = true;
    }

    /**
     * @return minibatches of a full round, of all workers together
     */
    public int batchesPerRound() {
        return workers * averagingFrequency;
    }

    /** One call of fit. */
    private final class Run {
        private final Model network;
        private final PreparedBatches data;
        private final int epochs;
        private final RoundListener listener;
        private final SparkDl4jMultiLayer multiLayer;
        private final SparkComputationGraph graph;
        private final AveragingMaster master;
        private final DoubleAccumulator lossSum = context.sc().doubleAccumulator();
        private final LongAccumulator examples = context.sc().longAccumulator();
        private double secondsOfRounds;
        private long batchesOfRounds;

        Run(Model network, PreparedBatches data, int epochs, RoundListener listener) {
            this.network = network;
            this.data = data;
            this.epochs = epochs;
            this.listener = Objects.requireNonNull(listener, "listener");
            master =
                    new AveragingMaster(
                            workers,
                            data.batch(),
                            averagingFrequency,
                            aggregationDepth,
                            new WorkerHook(seed, lossSum, examples));
            if (network instanceof MultiLayerNetwork net) {
                multiLayer = new SparkDl4jMultiLayer(context, net, master);
                graph = null;
            } else if (network instanceof ComputationGraph net) {
                multiLayer = null;
                graph = new SparkComputationGraph(context, net, master);
            } else {
                throw new IllegalArgumentException(
                        "SparkTraining: "
                                + (network == null ? "null" : network.getClass().getName())
                                + " is neither a MultiLayerNetwork nor a ComputationGraph");
            }
        }

        Position from(Position start) {
            Position position = start;
            while (position.epochs() < epochs && !stopRequested) {
                position = epoch(position);
            }
            return position;
        }

        /** The rest of an epoch, or of it what was done before a stop was asked for. */
        private Position epoch(Position start) {
            List<String> files = data.shuffledFiles(seed, start.epochs());
            int rounds = (files.size() + batchesPerRound() - 1) / batchesPerRound();
            int epoch = start.epochs() + 1;
            int done = start.batches();
            double loss = 0;
            long count = 0;
            double seconds = 0;
            while (done < files.size()) {
                if (stopRequested) {
                    return new Position(start.epochs(), done);
                }
                int end = Math.min(files.size(), done + batchesPerRound());
                long begin = System.nanoTime();
                round(files.subList(done, end));
                double taken = (System.nanoTime() - begin) / 1e9;
                check(epoch, end);
                secondsOfRounds += taken;
                batchesOfRounds += end - done;
                long left = (long) (epochs - epoch) * files.size() + files.size() - end;
                Round round =
                        new Round(
                                epoch,
                                (end + batchesPerRound() - 1) / batchesPerRound(),
                                rounds,
                                lossSum.value() / examples.value(),
                                examples.value(),
                                taken,
                                secondsOfRounds / batchesOfRounds * left);
                loss += lossSum.value();
                count += examples.value();
                seconds += taken;
                done = end;
                if (done < files.size()) {
                    listener.onRound(round, new Position(start.epochs(), done));
                } else {
                    incrementEpochCount();
                    listener.onRound(round, new Position(epoch, 0));
                }
            }
            Position next = new Position(epoch, 0);
            listener.onEpoch(epoch, count == 0 ? Double.NaN : loss / count, seconds, next);
            return next;
        }

        private void round(List<String> files) {
            lossSum.reset();
            examples.reset();
            int used = Math.min(workers, files.size());
            int iteration = iterationCount();
            JavaRDD<String> parts = context.parallelize(List.copyOf(files), used);
            master.round(multiLayer, graph, parts);
            // DL4J counts a whole round's updates in the short last one too.
            setIterationCount(iteration + (files.size() + used - 1) / used);
            Constraints.project(network);
        }

        private void check(int epoch, int batches) {
            double loss = lossSum.value();
            if (!Double.isFinite(loss)) {
                throw new IllegalStateException(
                        String.format(
                                "Training diverged: the loss is %s in epoch %d after %d batches;"
                                        + " try a smaller learning rate",
                                loss, epoch, batches));
            }
        }

        private int iterationCount() {
            return graph == null
                    ? multiLayer.getNetwork().getLayerWiseConfigurations().getIterationCount()
                    : graph.getNetwork().getConfiguration().getIterationCount();
        }

        private void setIterationCount(int count) {
            if (graph == null) {
                multiLayer.getNetwork().getLayerWiseConfigurations().setIterationCount(count);
            } else {
                graph.getNetwork().getConfiguration().setIterationCount(count);
            }
        }

        private void incrementEpochCount() {
            if (graph == null) {
                multiLayer.getNetwork().incrementEpochCount();
            } else {
                graph.getNetwork().incrementEpochCount();
            }
        }
    }

    /** Builder. */
    public static final class Builder {
        private final JavaSparkContext context;
        private Integer workers;
        private int averagingFrequency = 5;
        private int aggregationDepth = 2;
        private long seed = 1;

        private Builder(JavaSparkContext context) {
            this.context = Objects.requireNonNull(context, "context");
        }

        /** Workers, each a task of a round. Default: the cluster's cores. */
        public Builder workers(int value) {
            this.workers = value;
            return this;
        }

        /** Updates that a worker makes between two averagings. Default 5. */
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
         * own Spark classes want it.
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
