package org.lamina.benchmark.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.zoo.spark.Position;
import org.lamina.zoo.spark.PreparedBatches;
import org.lamina.zoo.spark.Round;
import org.lamina.zoo.spark.RoundListener;
import org.lamina.zoo.spark.SparkTraining;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * What a round of averaging costs a network: one example and one update for each worker, less the
 * time of that update here.
 *
 * @param parameters of the network; its updater, Adam, has a state of twice as many numbers
 * @param round median seconds of a round
 * @param update median seconds of an update
 */
record RoundCost(long parameters, double round, double update) {
    private static final int WORKERS = 2;
    private static final int WARM_UP = 5;

    /** Features and hidden units of networks with about 1000, 100 000 and 10 million parameters. */
    private static final int[][] SIZES = {{10, 77}, {100, 970}, {1000, 9970}};

    double seconds() {
        return round - update;
    }

    /** Measures all sizes. */
    static List<RoundCost> all(JavaSparkContext spark, String folder, int rounds)
            throws IOException {
        List<RoundCost> all = new ArrayList<>();
        for (int[] size : SIZES) {
            all.add(of(spark, folder + "/" + size[1], size[0], size[1], rounds));
        }
        return all;
    }

    private static RoundCost of(
            JavaSparkContext spark, String folder, int features, int hidden, int rounds)
            throws IOException {
        MultiLayerNetwork network = network(features, hidden);
        List<DataSet> examples = new ArrayList<>();
        for (int i = 0; i < WORKERS * (WARM_UP + rounds); i++) {
            examples.add(
                    new DataSet(
                            Nd4j.randn(DataType.FLOAT, 1, features),
                            Nd4j.createFromArray(new float[][] {{1, 0}})));
        }
        PreparedBatches data =
                PreparedBatches.write(spark.parallelize(examples, WORKERS), folder, 1, 1);
        List<Double> seconds = new ArrayList<>();
        SparkTraining.builder(spark)
                .workers(WORKERS)
                .averagingFrequency(1)
                .build()
                .fit(
                        network,
                        data,
                        1,
                        Position.start(),
                        new RoundListener() {
                            @Override
                            public void onRound(Round round, Position position) {
                                seconds.add(round.seconds());
                            }
                        });
        List<Double> updates = new ArrayList<>();
        for (int i = 0; i < WARM_UP + rounds; i++) {
            long begin = System.nanoTime();
            network.fit(examples.get(i));
            updates.add((System.nanoTime() - begin) / 1e9);
        }
        return new RoundCost(network.numParams(), warm(seconds), warm(updates));
    }

    private static double warm(List<Double> seconds) {
        return SparkBenchmark.median(seconds.subList(WARM_UP, seconds.size()));
    }

    private static MultiLayerNetwork network(int features, int hidden) {
        MultiLayerNetwork network =
                new MultiLayerNetwork(
                        new NeuralNetConfiguration.Builder()
                                .updater(new Adam(1e-3))
                                .list()
                                .layer(
                                        new DenseLayer.Builder()
                                                .nIn(features)
                                                .nOut(hidden)
                                                .activation(Activation.RELU)
                                                .build())
                                .layer(
                                        new OutputLayer.Builder()
                                                .nIn(hidden)
                                                .nOut(2)
                                                .activation(Activation.SOFTMAX)
                                                .build())
                                .build());
        network.init();
        return network;
    }
}
