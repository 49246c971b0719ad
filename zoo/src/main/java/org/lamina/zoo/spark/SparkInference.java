package org.lamina.zoo.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.evaluation.Metrics;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Runs a classifier on the executors that have the examples. */
public final class SparkInference {
    private SparkInference() {}

    /**
     * The prediction for an example.
     *
     * @param probabilities of the classes
     * @param truth index of the example's class, -1 if it has no label
     */
    public record Prediction(double[] probabilities, int truth) implements Serializable {}

    /**
     * Predicts.
     *
     * @param network a classifier with one input and one output, {@code [examples, classes]} or
     *     {@code [examples, 1]} with the probability of the second of two classes
     * @param data batches, with or without labels
     * @return a prediction for each example, in their order
     */
    public static JavaRDD<Prediction> predict(Model network, JavaRDD<DataSet> data) {
        return predict(send(network, data), data);
    }

    /**
     * Measures.
     *
     * @param network as in {@link #predict}
     * @param data labelled batches
     * @param classes names, in the order of the outputs
     * @return the performance
     * @throws DataException if an example has no label
     */
    public static Metrics evaluate(Model network, JavaRDD<DataSet> data, List<String> classes) {
        Broadcast<NetworkBytes> sent = send(network, data);
        List<Prediction> predictions;
        try {
            predictions = predict(sent, data).collect();
        } finally {
            sent.destroy();
        }
        double[][] probabilities = new double[predictions.size()][];
        int[] truth = new int[predictions.size()];
        for (int i = 0; i < truth.length; i++) {
            probabilities[i] = predictions.get(i).probabilities();
            truth[i] = predictions.get(i).truth();
            if (truth[i] < 0) {
                throw new DataException("Example " + i + " has no label to measure with");
            }
        }
        return Metrics.of(probabilities, truth, classes);
    }

    private static Broadcast<NetworkBytes> send(Model network, JavaRDD<DataSet> data) {
        return JavaSparkContext.fromSparkContext(data.context())
                .broadcast(NetworkBytes.of(network, false));
    }

    private static JavaRDD<Prediction> predict(
            Broadcast<NetworkBytes> sent, JavaRDD<DataSet> data) {
        return data.mapPartitions(batches -> predictions(sent.value(), batches));
    }

    private static Iterator<Prediction> predictions(NetworkBytes sent, Iterator<DataSet> batches)
            throws java.io.IOException {
        Model network = sent.network();
        List<Prediction> all = new ArrayList<>();
        while (batches.hasNext()) {
            DataSet batch = batches.next();
            double[][] probabilities = Metrics.probabilities(output(network, batch));
            int[] truth = truth(batch.getLabels());
            for (int i = 0; i < probabilities.length; i++) {
                all.add(new Prediction(probabilities[i], truth == null ? -1 : truth[i]));
            }
        }
        return all.iterator();
    }

    private static INDArray output(Model network, DataSet batch) {
        INDArray mask = batch.getFeaturesMaskArray();
        if (network instanceof ComputationGraph graph) {
            return graph.output(
                            false,
                            new INDArray[] {batch.getFeatures()},
                            mask == null ? null : new INDArray[] {mask})[0];
        }
        return ((MultiLayerNetwork) network).output(batch.getFeatures(), false, mask, null);
    }

    private static int[] truth(INDArray labels) {
        if (labels == null) {
            return null;
        }
        return labels.size(1) == 1
                ? labels.gt(0.5).castTo(org.nd4j.linalg.api.buffer.DataType.INT32).toIntVector()
                : labels.argMax(1).toIntVector();
    }
}
