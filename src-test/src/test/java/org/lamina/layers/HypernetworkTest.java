package org.lamina.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.UniformDistribution;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.layers.samediff.SameDiffLocalConv2DVertex;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * The example of {@link LocalConv2DVertex}'s Javadoc, end to end: a hypernetwork gives every task
 * filters of its own, and learns what each task asks for.
 */
class HypernetworkTest {

    private static final int TASKS = 3;
    private static final int STEPS = 25;
    private static final int IMAGES = 16;

    private static ComputationGraph network(Form form, DataType type, boolean learnsFast) {
        GraphVertex local =
                form == Form.NATIVE
                        ? new LocalConv2DVertex.Builder(3).nOut(1).build()
                        : new SameDiffLocalConv2DVertex.Builder(3).nOut(1).build();
        ComputationGraphConfiguration conf =
                new NeuralNetConfiguration.Builder()
                        .dataType(type)
                        .seed(7)
                        .updater(learnsFast ? new Adam(0.05) : new Sgd(0))
                        .graphBuilder()
                        .addInputs("image", "task")
                        .setInputTypes(
                                InputType.convolutional(6, 5, 1), InputType.feedForward(TASKS))
                        .addLayer("filters", dense(9 * 12), "task")
                        .addLayer("bias", dense(12), "task")
                        .addVertex("local", local, "image", "filters", "bias")
                        .addLayer(
                                "loss",
                                new CnnLossLayer.Builder(LossFunctions.LossFunction.MSE)
                                        .activation(Activation.IDENTITY)
                                        .build(),
                                "local")
                        .setOutputs("loss")
                        .build();
        ComputationGraph graph = new ComputationGraph(conf);
        graph.init();
        return graph;
    }

    private static DenseLayer dense(int outputs) {
        return new DenseLayer.Builder()
                .nOut(outputs)
                .activation(Activation.IDENTITY)
                .weightInit(new UniformDistribution(-0.1, 0.1))
                .build();
    }

    /**
     * Task k wants from every image its 3x3 means times k, plus the row's number: other filters for
     * every task, another bias at every position.
     */
    private static MultiDataSet task(int k, int images, boolean taskOnce, DataType type) {
        Random r = new Random(k);
        INDArray x = Nd4j.create(type, images, 1, 6, 5);
        INDArray y = Nd4j.create(type, images, 1, 4, 3);
        for (int n = 0; n < images; n++) {
            for (int i = 0; i < 6; i++) {
                for (int j = 0; j < 5; j++) {
                    x.putScalar(new long[] {n, 0, i, j}, r.nextGaussian());
                }
            }
            for (int i = 0; i < 4; i++) {
                for (int j = 0; j < 3; j++) {
                    double sum = 0;
                    for (int u = 0; u < 3; u++) {
                        for (int v = 0; v < 3; v++) {
                            sum += x.getDouble(n, 0, i + u, j + v) / 9;
                        }
                    }
                    y.putScalar(new long[] {n, 0, i, j}, k * sum + 0.5 * i);
                }
            }
        }
        INDArray id = Nd4j.zeros(type, taskOnce ? 1 : images, TASKS);
        id.getColumn(k).assign(1);
        return new MultiDataSet(new INDArray[] {x, id}, new INDArray[] {y});
    }

    /** The task given once with every minibatch: one set of filters for all images. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void learnsAllTasksInTurn(Form form) throws Exception {
        ComputationGraph graph = network(form, DataType.FLOAT, true);
        List<MultiDataSet> tasks =
                IntStream.range(0, TASKS)
                        .mapToObj(k -> task(k, IMAGES, true, DataType.FLOAT))
                        .toList();
        double before = loss(graph, tasks);
        for (int step = 0; step < STEPS; step++) {
            tasks.forEach(graph::fit);
        }
        double after = loss(graph, tasks);

        assertTrue(after < before / 10, "loss " + before + " before training, " + after);

        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(graph, bytes, true);
        ComputationGraph restored =
                ModelSerializer.restoreComputationGraph(
                        new ByteArrayInputStream(bytes.toByteArray()), true);
        MultiDataSet data = task(1, 4, true, DataType.FLOAT);
        assertEquals(graph.output(data.getFeatures())[0], restored.output(data.getFeatures())[0]);
    }

    private static double loss(ComputationGraph graph, List<MultiDataSet> tasks) {
        return tasks.stream().mapToDouble(graph::score).sum();
    }

    /** Images of different tasks in one minibatch: filters for every example. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void aMixedMinibatchIsItsTasksSideBySide(Form form) {
        ComputationGraph graph = network(form, DataType.DOUBLE, false);
        MultiDataSet first = task(0, 2, false, DataType.DOUBLE);
        MultiDataSet second = task(2, 3, false, DataType.DOUBLE);
        INDArray images = Nd4j.concat(0, first.getFeatures(0), second.getFeatures(0));
        INDArray tasks = Nd4j.concat(0, first.getFeatures(1), second.getFeatures(1));
        INDArray once = task(0, 2, true, DataType.DOUBLE).getFeatures(1);
        INDArray onceSecond = task(2, 3, true, DataType.DOUBLE).getFeatures(1);
        INDArray expected =
                Nd4j.concat(
                        0,
                        graph.output(first.getFeatures(0), once)[0],
                        graph.output(second.getFeatures(0), onceSecond)[0]);
        Close.of(DataType.DOUBLE).check("output", graph.output(images, tasks)[0], expected);
    }

    /** Through DL4J's own backward pass. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void gradientsOfTheHypernetworkEqualFiniteDifferences(Form form) {
        for (boolean once : new boolean[] {true, false}) {
            ComputationGraph graph = network(form, DataType.DOUBLE, false);
            MultiDataSet data = task(1, IMAGES, once, DataType.DOUBLE);
            graph.setInputs(data.getFeatures());
            graph.setLabels(data.getLabels());
            graph.computeGradientAndScore();
            Map<String, INDArray> gradients = new LinkedHashMap<>();
            graph.gradient().gradientForVariable().forEach((k, g) -> gradients.put(k, g.dup()));
            assertEquals(4, gradients.size());
            gradients.forEach(
                    (key, gradient) -> {
                        INDArray variable = graph.getParam(key);
                        for (long i = 0; i < variable.length(); i += 17) {
                            double actual = gradient.getDouble(index(gradient, i));
                            // The score is a mean over the minibatch, the gradient a sum.
                            double expected = IMAGES * difference(graph, data, variable, i);
                            assertEquals(expected, actual, 1e-6, key + " " + i + ", " + once);
                        }
                    });
        }
    }

    private static long[] index(INDArray array, long i) {
        return Shape.ind2subC(array.shape(), i);
    }

    private static double difference(
            ComputationGraph graph, MultiDataSet data, INDArray variable, long i) {
        double h = 1e-5;
        long[] index = index(variable, i);
        double value = variable.getDouble(index);
        variable.putScalar(index, value + h);
        double above = graph.score(data);
        variable.putScalar(index, value - h);
        double below = graph.score(data);
        variable.putScalar(index, value);
        return (above - below) / (2 * h);
    }
}
