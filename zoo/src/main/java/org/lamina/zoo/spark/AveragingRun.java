package org.lamina.zoo.spark;

import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.lamina.constraints.Constraints;
import org.lamina.zoo.network.Networks;
import org.lamina.zoo.training.DivergenceException;
import org.nd4j.linalg.dataset.DataSet;

/**
 * One call of {@link SparkTraining#fit}: its epochs and rounds, which are reported to a listener.
 */
final class AveragingRun {
    private final SparkTraining training;
    private final Model network;
    private final PreparedBatches data;
    private final int epochs;
    private final RoundListener listener;
    private final SparkDl4jMultiLayer multiLayer;
    private final SparkComputationGraph graph;
    private final AveragingMaster master;
    private final Broadcast<HadoopFiles> files;
    private final PartitionLosses losses = new PartitionLosses();
    private double secondsOfRounds;
    private long batchesOfRounds;

    AveragingRun(
            SparkTraining training,
            Model network,
            PreparedBatches data,
            int epochs,
            RoundListener listener) {
        this.training = training;
        this.network = network;
        this.data = data;
        this.epochs = epochs;
        this.listener = listener;
        JavaSparkContext context = training.context;
        context.sc().register(losses);
        files = context.broadcast(HadoopFiles.of(context));
        master =
                new AveragingMaster(
                        training.workers,
                        data.batch(),
                        training.averagingFrequency,
                        training.aggregationDepth,
                        new WorkerHook(training.seed, losses));
        Networks.checkKind("SparkTraining: ", network);
        boolean isGraph = network instanceof ComputationGraph;
        graph =
                isGraph
                        ? new SparkComputationGraph(context, (ComputationGraph) network, master)
                        : null;
        multiLayer =
                isGraph
                        ? null
                        : new SparkDl4jMultiLayer(context, (MultiLayerNetwork) network, master);
    }

    Position from(Position start) {
        Position position = start;
        while (position.epochs() < epochs && !training.stopRequested()) {
            position = epoch(position);
        }
        return position;
    }

    /** The rest of an epoch, or what of it is done before a stop is requested. */
    private Position epoch(Position start) {
        List<String> names = data.shuffledFiles(training.seed, start.epochs());
        int rounds = (names.size() + training.batchesPerRound() - 1) / training.batchesPerRound();
        int epoch = start.epochs() + 1;
        int done = start.batches();
        PartitionLosses.Loss loss = PartitionLosses.Loss.NONE;
        double seconds = 0;
        while (done < names.size()) {
            if (training.stopRequested()) {
                return new Position(start.epochs(), done);
            }
            int end = Math.min(names.size(), done + training.batchesPerRound());
            long begin = System.nanoTime();
            round(names.subList(done, end));
            double taken = (System.nanoTime() - begin) / 1e9;
            PartitionLosses.Loss ofRound = losses.total();
            check(ofRound.sum(), epoch, end);
            secondsOfRounds += taken;
            batchesOfRounds += end - done;
            long left = (long) (epochs - epoch) * names.size() + names.size() - end;
            Round round =
                    new Round(
                            epoch,
                            (end + training.batchesPerRound() - 1) / training.batchesPerRound(),
                            rounds,
                            ofRound.mean(),
                            ofRound.examples(),
                            taken,
                            secondsOfRounds / batchesOfRounds * left);
            loss = loss.plus(ofRound);
            seconds += taken;
            done = end;
            if (done < names.size()) {
                listener.onRound(round, new Position(start.epochs(), done));
            } else {
                Networks.incrementEpochCount(network);
                listener.onRound(round, new Position(epoch, 0));
            }
        }
        Position next = new Position(epoch, 0);
        listener.onEpoch(epoch, loss.mean(), seconds, next);
        return next;
    }

    private void round(List<String> batches) {
        losses.reset();
        int used = Math.min(training.workers, batches.size());
        int iteration = Networks.iterationCount(network);
        Broadcast<HadoopFiles> from = files;
        JavaRDD<DataSet> parts =
                training.context
                        .parallelize(List.copyOf(batches), used)
                        .map(name -> PreparedBatches.load(from.value(), name));
        if (graph == null) {
            master.round(multiLayer, parts);
        } else {
            master.round(graph, parts);
        }
        // DL4J counts a full round's updates in the short last one, too.
        Networks.setIterationCount(network, iteration + (batches.size() + used - 1) / used);
        Constraints.project(network);
    }

    private void check(double loss, int epoch, int batches) {
        if (!Double.isFinite(loss)) {
            throw new DivergenceException(
                    String.format(
                            Locale.ROOT,
                            "Training diverged: the loss is %s in epoch %d after %d batches,"
                                    + " learning rate %s; try a smaller one",
                            loss,
                            epoch,
                            batches,
                            Networks.learningRate(network)));
        }
    }
}
