package org.lamina.benchmark.spark;

import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;

/**
 * One process that trains without Spark on minibatches in its memory: {@code WARM-UP SECONDS
 * SHAPE}.
 */
final class TrainingAlone {
    /** Begins the line with the result. */
    static final String RESULT = "@samples/s ";

    private static final int BATCHES = 10;

    private TrainingAlone() {}

    public static void main(String[] args) {
        Eeg eeg = Eeg.of(args[2]);
        MultiLayerNetwork network = eeg.network();
        List<DataSet> batches = IntStream.range(0, BATCHES).mapToObj(eeg::minibatch).toList();
        train(network, batches, Double.parseDouble(args[0]));
        System.out.println(RESULT + train(network, batches, Double.parseDouble(args[1])));
        System.exit(0); // ND4J's threads would keep the process
    }

    private static double train(MultiLayerNetwork network, List<DataSet> batches, double seconds) {
        long begin = System.nanoTime();
        int done = 0;
        while (System.nanoTime() - begin < seconds * 1e9) {
            network.fit(batches.get(done++ % BATCHES));
        }
        return done * (double) batches.get(0).numExamples() / ((System.nanoTime() - begin) / 1e9);
    }
}
