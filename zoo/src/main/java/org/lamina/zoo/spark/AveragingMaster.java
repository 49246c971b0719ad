package org.lamina.zoo.spark;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.core.loader.impl.SerializedDataSetLoader;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.api.TrainingHook;
import org.deeplearning4j.spark.api.WorkerConfiguration;
import org.deeplearning4j.spark.api.worker.NetBroadcastTuple;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingWorker;

/**
 * DL4J's parameter averaging, one round at a call. It splits no data (the rounds are known before)
 * and takes each round's copy of the network off the executors afterwards, where DL4J leaves it to
 * the driver's garbage collector, which off-heap arrays do not wake.
 */
final class AveragingMaster extends ParameterAveragingTrainingMaster {
    private Broadcast<NetBroadcastTuple> sent;

    AveragingMaster(int workers, int batch, int averagingFrequency, int depth, TrainingHook hook) {
        super(
                new Builder(workers, batch)
                        .batchSizePerWorker(batch)
                        .averagingFrequency(averagingFrequency)
                        .aggregationDepth(depth)
                        // Without it each round would begin with the momentum of the first.
                        .saveUpdater(true)
                        .repartionData(Repartition.Never)
                        .trainingHooks(List.of(hook)));
    }

    /** Trains on the files of each partition, at most the averaging frequency, and averages. */
    void round(SparkDl4jMultiLayer network, SparkComputationGraph graph, JavaRDD<String> files) {
        try {
            doIterationPaths(
                    network,
                    graph,
                    files,
                    1,
                    1,
                    batchSizePerWorker,
                    new SerializedDataSetLoader(),
                    null);
        } finally {
            if (sent != null) {
                sent.destroy();
                sent = null;
            }
        }
    }

    @Override
    public ParameterAveragingTrainingWorker getWorkerInstance(SparkDl4jMultiLayer network) {
        return worker(
                network.getSparkContext(),
                new NetBroadcastTuple(
                        network.getNetwork().getLayerWiseConfigurations(),
                        network.getNetwork().params(),
                        network.getNetwork().getUpdater().getStateViewArray()));
    }

    @Override
    public ParameterAveragingTrainingWorker getWorkerInstance(SparkComputationGraph graph) {
        return worker(
                graph.getSparkContext(),
                new NetBroadcastTuple(
                        graph.getNetwork().getConfiguration(),
                        graph.getNetwork().params(),
                        graph.getNetwork().getUpdater().getStateViewArray()));
    }

    private ParameterAveragingTrainingWorker worker(
            JavaSparkContext context, NetBroadcastTuple network) {
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
