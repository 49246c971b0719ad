package org.lamina.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.parallelism.ParallelInference;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.deeplearning4j.parallelism.inference.InferenceMode;
import org.junit.jupiter.api.Test;
import org.lamina.constraints.Constraints;
import org.lamina.constraints.UnitNorm;
import org.lamina.harness.Form;
import org.lamina.harness.Nets;
import org.lamina.spec.ParamSpec;
import org.lamina.zoo.training.ParallelTraining;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** Every layer in several threads of one machine: training and prediction. */
class ParallelTest {

    private static MultiLayerNetwork network(Row row, Form form) {
        Row tried = row.has(ParamSpec::weight) ? row.constrained(0.7, 0.5, 1.0) : row;
        MultiLayerNetwork network =
                Nets.classifier(
                        tried.build(form), row.input(), DataType.DOUBLE, new Nesterovs(0.05, 0.9));
        network.init();
        return network;
    }

    @Test
    void averagedTrainingIsTheProjectedMeanOfItsWorkers() {
        // DL4J's workers wait a second before they end. What is averaged is of no form.
        LayerFamily.everyLayerByTurns(8, ParallelTest::trainsAsOneAfterTheOther);
    }

    private static void trainsAsOneAfterTheOther(Row row, Form form) {
        MultiLayerNetwork network = network(row, form);
        MultiLayerNetwork expected = network.clone();
        List<DataSet> batches = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            INDArray x = row.batch(DataType.DOUBLE, i);
            batches.add(new DataSet(x, Nets.labels(network.output(x))));
        }
        ParallelTraining.builder(network)
                .workers(2)
                .build()
                .fit(new ExistingDataSetIterator(batches), 1);
        for (int round = 0; round < 2; round++) {
            MultiLayerNetwork a = expected.clone();
            MultiLayerNetwork b = expected.clone();
            a.fit(batches.get(2 * round));
            b.fit(batches.get(2 * round + 1));
            expected.setParams(a.params().add(b.params()).muli(0.5));
            Constraints.project(expected);
            expected.getUpdater()
                    .getStateViewArray()
                    .assign(
                            a.getUpdater()
                                    .getStateViewArray()
                                    .add(b.getUpdater().getStateViewArray())
                                    .muli(0.5));
            expected.setIterationCount(round + 1);
        }
        double difference = network.params().sub(expected.params()).amaxNumber().doubleValue();
        assertTrue(difference < 1e-9, "differs by " + difference);
    }

    @Test
    void predictionsOfManyThreadsAreThoseOfOne() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            LayerFamily.everyLayer((row, form) -> predictsAsOne(row, form, threads));
        } finally {
            threads.shutdownNow();
        }
    }

    private static void predictsAsOne(Row row, Form form, ExecutorService threads) {
        MultiLayerNetwork network = network(row, form);
        List<INDArray> inputs = new ArrayList<>();
        List<INDArray> expected = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            inputs.add(row.batch(DataType.DOUBLE, i));
            expected.add(network.output(inputs.get(i)).dup());
        }
        ParallelInference inference =
                new ParallelInference.Builder(network)
                        .inferenceMode(InferenceMode.SEQUENTIAL)
                        .workers(2)
                        .build();
        try {
            List<Future<INDArray>> outputs = new ArrayList<>();
            for (INDArray input : inputs) {
                outputs.add(threads.submit(() -> inference.output(input)));
            }
            for (int i = 0; i < expected.size(); i++) {
                INDArray output = outputs.get(i).get();
                assertTrue(
                        expected.get(i).equalsWithEps(output, 1e-9),
                        "output of input " + i + " differs");
            }
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            inference.shutdown();
        }
    }

    @Test
    void unitNormsHoldAfterEveryAveragingInGraphsToo() {
        ComputationGraph graph =
                new ComputationGraph(
                        Nets.config(DataType.DOUBLE, new Sgd(0.5))
                                .graphBuilder()
                                .addInputs("in")
                                .addLayer(
                                        "dense",
                                        new DenseLayer.Builder()
                                                .nIn(4)
                                                .nOut(3)
                                                .activation(Activation.TANH)
                                                .constrainWeights(new UnitNorm())
                                                .build(),
                                        "in")
                                .addLayer(
                                        "out",
                                        new OutputLayer.Builder()
                                                .nIn(3)
                                                .nOut(2)
                                                .activation(Activation.SOFTMAX)
                                                .build(),
                                        "dense")
                                .setOutputs("out")
                                .build());
        graph.init();
        List<DataSet> batches = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            INDArray x = Row.random(DataType.DOUBLE, i, 3, 4);
            batches.add(new DataSet(x, Nets.labels(graph.outputSingle(x))));
        }
        ParallelTraining.builder(graph)
                .workers(2)
                .averagingFrequency(3)
                .build()
                .fit(new ExistingDataSetIterator(batches), 2);
        INDArray norms = graph.getLayer("dense").getParam("W").norm2(0);
        assertTrue(norms.equalsWithEps(norms.dup().assign(1), 1e-5), norms.toString());
        assertEquals(2, graph.getConfiguration().getEpochCount());
    }

    @Test
    void wrongUseIsRefused() {
        Row row = new ConstrainedFamily().rows().get(0);
        ParallelTraining.Builder builder = ParallelTraining.builder(network(row, Form.NATIVE));
        for (ParallelWrapper.TrainingMode mode :
                List.of(
                        ParallelWrapper.TrainingMode.SHARED_GRADIENTS,
                        ParallelWrapper.TrainingMode.CUSTOM)) {
            String message =
                    assertThrows(IllegalArgumentException.class, () -> builder.trainingMode(mode))
                            .getMessage();
            assertTrue(message.contains("hangs in DL4J"), message);
        }
        assertThrows(IllegalArgumentException.class, builder.workers(1)::build);
        builder.workers(2);
        assertThrows(IllegalArgumentException.class, builder.averagingFrequency(0)::build);
    }
}
