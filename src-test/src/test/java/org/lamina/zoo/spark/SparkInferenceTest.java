package org.lamina.zoo.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.lamina.zoo.EEGNet;
import org.lamina.zoo.data.DataException;
import org.lamina.zoo.evaluation.Metrics;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Distributed evaluation and prediction against the same on one machine. */
class SparkInferenceTest {
    private static final JavaSparkContext SPARK = LocalSpark.context();

    private static MultiLayerNetwork network(EEGNet.Preset preset, int classes) {
        return EEGNet.builder()
                .preset(preset)
                .channels(3)
                .samples(64)
                .classes(classes)
                .kernelLength(8)
                .f1(2)
                .d(1)
                .f2(2)
                .build()
                .init();
    }

    private static List<DataSet> batches(int classes, boolean oneColumn) {
        List<DataSet> batches = new ArrayList<>();
        for (int b = 0; b < 5; b++) {
            INDArray labels = Nd4j.zeros(4, oneColumn ? 1 : classes);
            for (int i = 0; i < 4; i++) {
                int truth = (b + i) % classes;
                labels.putScalar(i, oneColumn ? 0 : truth, oneColumn ? truth : 1);
            }
            batches.add(new DataSet(Nd4j.randn(4, 1, 3, 64), labels));
        }
        return batches;
    }

    private static Metrics here(
            MultiLayerNetwork network, List<DataSet> batches, List<String> names) {
        List<double[]> probabilities = new ArrayList<>();
        List<Integer> truth = new ArrayList<>();
        for (DataSet batch : batches) {
            probabilities.addAll(
                    List.of(Metrics.probabilities(network.output(batch.getFeatures(), false))));
            for (int i = 0; i < batch.numExamples(); i++) {
                INDArray label = batch.getLabels().getRow(i);
                truth.add(label.length() == 1 ? label.getInt(0) : label.argMax(0).getInt(0));
            }
        }
        return Metrics.of(
                probabilities.toArray(double[][]::new),
                truth.stream().mapToInt(Integer::intValue).toArray(),
                names);
    }

    private static void assertSame(Metrics expected, Metrics actual) {
        assertArrayEquals(expected.confusion(), actual.confusion());
        assertEquals(expected.accuracy(), actual.accuracy(), 1e-12);
        assertEquals(expected.auc(), actual.auc(), 1e-12);
        assertEquals(expected.loss(), actual.loss(), 1e-6);
    }

    @Test
    void measuresAreThoseOfOneMachine() {
        MultiLayerNetwork network = network(EEGNet.Preset.KERAS, 3);
        List<DataSet> batches = batches(3, false);
        List<String> names = List.of("a", "b", "c");
        Metrics expected = here(network, batches, names);
        for (Model model : List.of(network, network.toComputationGraph())) {
            assertSame(
                    expected, SparkInference.evaluate(model, SPARK.parallelize(batches, 3), names));
        }
    }

    @Test
    void oneOutputIsTheSecondClass() {
        MultiLayerNetwork network = network(EEGNet.Preset.SELFEEG, 2);
        List<DataSet> batches = batches(2, true);
        List<String> names = List.of("left", "right");
        assertSame(
                here(network, batches, names),
                SparkInference.evaluate(network, SPARK.parallelize(batches, 2), names));
    }

    @Test
    void predictionsComeInOrderAndNeedNoLabel() {
        MultiLayerNetwork network = network(EEGNet.Preset.KERAS, 3);
        List<DataSet> batches = new ArrayList<>();
        for (DataSet batch : batches(3, false)) {
            batches.add(new DataSet(batch.getFeatures(), null));
        }
        List<SparkInference.Prediction> all =
                SparkInference.predict(network, SPARK.parallelize(batches, 3)).collect();
        int i = 0;
        for (DataSet batch : batches) {
            for (double[] row : Metrics.probabilities(network.output(batch.getFeatures(), false))) {
                assertArrayEquals(row, all.get(i).probabilities(), 1e-6);
                assertEquals(-1, all.get(i++).truth());
            }
        }
        assertEquals(i, all.size());
        assertTrue(
                assertThrows(
                                DataException.class,
                                () ->
                                        SparkInference.evaluate(
                                                network,
                                                SPARK.parallelize(batches, 3),
                                                List.of("a", "b", "c")))
                        .getMessage()
                        .contains("no label"));
    }
}
