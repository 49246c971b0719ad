package org.lamina.zoo.spark;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.zoo.data.iterator.Seeds;
import org.lamina.zoo.network.Networks;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Trains on an executor, which gets it once in a training and keeps its networks from round to
 * round: what a network prepares in its first update lasts.
 */
final class Worker implements Serializable {
    private final HadoopFiles files;
    private final long seed;

    /** One of them is null. */
    private final MultiLayerConfiguration layers;

    private final ComputationGraphConfiguration graph;

    /** Networks that no task uses; null before the first. An executor may run several tasks. */
    private transient Deque<Model> idle;

    Worker(HadoopFiles files, long seed, Model network) {
        this.files = files;
        this.seed = seed;
        graph = network instanceof ComputationGraph g ? g.getConfiguration() : null;
        layers = network instanceof MultiLayerNetwork n ? n.getLayerWiseConfigurations() : null;
    }

    /**
     * A worker's part of a round. A repeated task computes the same: random numbers (dropout)
     * depend on worker and iteration.
     *
     * @param start what the round starts from
     * @param batches files to learn from, one update each
     */
    WorkerSum train(NetworkState start, Iterator<String> batches) throws IOException {
        // After an error it is not used again.
        Model network = take();
        start.applyTo(network);
        double loss = 0;
        long examples = 0;
        while (batches.hasNext()) {
            DataSet batch = PreparedBatches.load(files, batches.next());
            int iteration = Networks.iterationCount(network);
            Nd4j.getRandom().setSeed(Seeds.mix(seed, iteration, TaskContext.getPartitionId()));
            if (network instanceof ComputationGraph trained) {
                trained.fit(batch);
            } else {
                ((MultiLayerNetwork) network).fit(batch);
            }
            loss += network.score() * batch.numExamples();
            examples += batch.numExamples();
        }
        WorkerSum sum = WorkerSum.of(network, loss, examples);
        giveBack(network);
        return sum;
    }

    private Model take() {
        synchronized (this) {
            if (idle != null && !idle.isEmpty()) {
                return idle.pop();
            }
        }
        // With a driver in the same process, the configuration is that of its network.
        Model network =
                graph == null
                        ? new MultiLayerNetwork(layers.clone())
                        : new ComputationGraph(graph.clone());
        network.init();
        return network;
    }

    private synchronized void giveBack(Model network) {
        if (idle == null) {
            idle = new ArrayDeque<>();
        }
        idle.push(network);
    }
}
