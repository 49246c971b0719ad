package org.lamina.zoo.spark;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.api.Model;
import org.lamina.constraints.Constraints;
import org.lamina.zoo.network.Networks;
import org.lamina.zoo.training.DivergenceException;

/**
 * One call of {@link SparkTraining#fit}: its epochs and rounds, which are reported to a listener.
 */
final class AveragingRun {
    /**
     * Bytes of a network that travels in the code of a round's tasks. Executors fetch that code
     * anyway, but it is serialized several times: a larger network is broadcast on its own.
     */
    private static final int SMALL = 1 << 18;

    private final SparkTraining training;
    private final Model network;
    private final PreparedBatches data;
    private final int epochs;
    private final RoundListener listener;
    private final Broadcast<Worker> worker;

    /** Kept for another round: Spark's cleaner is not to find it while it is being destroyed. */
    @SuppressWarnings("unused")
    private Broadcast<NetworkState> destroyed;

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
        Networks.checkKind("SparkTraining: ", network);
        HadoopFiles files = HadoopFiles.of(training.context);
        worker = training.context.broadcast(new Worker(files, training.seed, network));
    }

    Position from(Position start) {
        try {
            Position position = start;
            while (position.epochs() < epochs && !training.stopRequested()) {
                position = epoch(position);
            }
            return position;
        } finally {
            worker.destroy();
        }
    }

    /** The rest of an epoch, or what of it is done before a stop is requested. */
    private Position epoch(Position start) {
        List<String> names = data.shuffledFiles(training.seed, start.epochs());
        int rounds = (names.size() + training.batchesPerRound() - 1) / training.batchesPerRound();
        int epoch = start.epochs() + 1;
        int done = start.batches();
        double loss = 0;
        long examples = 0;
        double seconds = 0;
        while (done < names.size()) {
            if (training.stopRequested()) {
                return new Position(start.epochs(), done);
            }
            int end = Math.min(names.size(), done + training.batchesPerRound());
            long begin = System.nanoTime();
            WorkerSum sum = round(List.copyOf(names.subList(done, end)));
            double taken = (System.nanoTime() - begin) / 1e9;
            check(sum.loss(), epoch, end);
            secondsOfRounds += taken;
            batchesOfRounds += end - done;
            long left = (long) (epochs - epoch) * names.size() + names.size() - end;
            Round round =
                    new Round(
                            epoch,
                            (end + training.batchesPerRound() - 1) / training.batchesPerRound(),
                            rounds,
                            sum.loss() / sum.examples(),
                            sum.examples(),
                            taken,
                            secondsOfRounds / batchesOfRounds * left);
            loss += sum.loss();
            examples += sum.examples();
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
        listener.onEpoch(epoch, loss / examples, seconds, next);
        return next;
    }

    /** Trains on a round's batches, leaves the mean in the network. */
    private WorkerSum round(List<String> batches) {
        NetworkState start = NetworkState.of(network);
        WorkerSum sum;
        if (start.bytes() <= SMALL) {
            sum = sum(batches, () -> start);
        } else {
            Broadcast<NetworkState> sent = training.context.broadcast(start);
            try {
                sum = sum(batches, sent::value);
            } finally {
                sent.destroy();
                destroyed = sent;
            }
        }
        int used = Math.min(training.workers, batches.size());
        int updates = (batches.size() + used - 1) / used;
        sum.mean(start.iteration() + updates, start.epoch()).applyTo(network);
        Constraints.project(network);
        return sum;
    }

    private WorkerSum sum(List<String> batches, Start start) {
        Broadcast<Worker> sent = worker;
        return training.context
                .parallelize(batches, Math.min(training.workers, batches.size()))
                .mapPartitions(part -> List.of(sent.value().train(start.state(), part)).iterator())
                .treeReduce(WorkerSum::plus, training.aggregationDepth);
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

    /** Where the tasks of a round find what they start from. */
    private interface Start extends Serializable {
        NetworkState state();
    }
}
