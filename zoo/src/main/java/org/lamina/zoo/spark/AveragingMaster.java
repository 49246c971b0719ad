package org.lamina.zoo.spark;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.graph.util.ComputationGraphUtil;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.api.WorkerConfiguration;
import org.deeplearning4j.spark.api.worker.NetBroadcastTuple;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingResult;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingWorker;
import org.nd4j.linalg.dataset.DataSet;

/**
 * DL4J's parameter averaging, one round per call. It does not split the data (rounds are known in
 * advance), and removes each round's copy of the network from the executors. DL4J leaves that to
 * the driver's garbage collector, which off-heap arrays do not trigger.
 */
final class AveragingMaster extends ParameterAveragingTrainingMaster {
    private Broadcast<NetBroadcastTuple> sent;

    /**
     * Kept for another round, so that Spark's cleaner does not find it while it is being destroyed.
     */
    @SuppressWarnings("unused")
    private Broadcast<NetBroadcastTuple> destroyed;

    AveragingMaster(int workers, int batch, int averagingFrequency, int depth, TrainingHook hook) {
        super(
                new Builder(workers, batch)
                        .batchSizePerWorker(batch)
                        .averagingFrequency(averagingFrequency)
                        .aggregationDepth(depth)
                        // Otherwise each round would start with the momentum of the first.
                        .saveUpdater(true)
                        .repartionData(Repartition.Never)
                        .trainingHooks(List.of(hook)));
    }

    /**
     * Trains on the minibatches of each partition, at most as many as the averaging frequency, and
     * averages.
     */
    void round(SparkDl4jMultiLayer network, JavaRDD<DataSet> batches) {
        try {
            doIteration(network, batches, 1, 1);
        } finally {
            destroySent();
        }
    }

    /** The same for a graph. */
    void round(SparkComputationGraph graph, JavaRDD<DataSet> batches) {
        try {
            doIteration(graph, batches.map(ComputationGraphUtil::toMultiDataSet), 1, 1);
        } finally {
            destroySent();
        }
    }

    private void destroySent() {
        if (sent != null) {
            sent.destroy();
            destroyed = sent;
            sent = null;
        }
    }

    @Override
    public ParameterAveragingTrainingWorker getWorkerInstance(SparkDl4jMultiLayer network) {
        return worker(network.getSparkContext(), SentNetwork.of(network.getNetwork()));
    }

    @Override
    public ParameterAveragingTrainingWorker getWorkerInstance(SparkComputationGraph graph) {
        return worker(graph.getSparkContext(), SentNetwork.of(graph.getNetwork()));
    }

    @Override
    protected void processResults(
            SparkDl4jMultiLayer network,
            SparkComputationGraph graph,
            JavaRDD<ParameterAveragingTrainingResult> results,
            int split,
            int splits) {
        super.processResults(network, graph, new SentSum.Results(results), split, splits);
    }

    private ParameterAveragingTrainingWorker worker(JavaSparkContext context, SentNetwork network) {
        sent = context.broadcast(network);
        WorkerConfiguration configuration =
                new WorkerConfiguration(
                        network.getGraphConfiguration() != null,
                        batchSizePerWorker,
                        batchSizePerWorker,
                        averagingFrequency,
                        prefetchNumBatches,
                        false);
        return new ParameterAveragingTrainingWorker(
                sent, saveUpdater, configuration, trainingHookList, null, null);
    }
}
