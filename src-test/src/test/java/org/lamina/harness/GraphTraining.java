package org.lamina.harness;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * A graph function in the hands of a SameDiff user who has no DL4J: a graph is trained by its own
 * {@code TrainingConfig}, saved and loaded as FlatBuffers.
 */
public final class GraphTraining {

    private static final int STEPS = 30;

    private GraphTraining() {}

    /**
     * Checks that the loss falls, that the loaded graph gives the same output and that it goes on
     * training as the saved one does.
     *
     * @param function the graph from the input {@code x} to the output; its variables are trained
     * @param inputShape shape of the input, minibatch first
     */
    public static void check(UnaryOperator<SDVariable> function, long... inputShape)
            throws IOException {
        SameDiff graph = SameDiff.create();
        long[] any = inputShape.clone();
        any[0] = -1;
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, any);
        SDVariable y = function.apply(x).rename("y");
        INDArray input = random(1, inputShape);
        long[] outputShape = graph.outputSingle(Map.of("x", input), "y").shape();
        long[] anyOutput = outputShape.clone();
        anyOutput[0] = -1;
        SDVariable target = graph.placeHolder("target", DataType.FLOAT, anyOutput);
        graph.math().square(y.sub(target)).mean().rename("loss").markAsLoss();
        graph.setTrainingConfig(
                TrainingConfig.builder()
                        .updater(new Adam(0.02))
                        .dataSetFeatureMapping("x")
                        .dataSetLabelMapping("target")
                        .build());

        DataSet data = new DataSet(input, random(2, outputShape));
        double before = loss(graph, data);
        for (int step = 0; step < STEPS; step++) {
            graph.fit(data);
        }
        double after = loss(graph, data);
        assertTrue(after < 0.95 * before, "loss " + before + " before training, " + after);

        File file = File.createTempFile("graph", ".fb");
        try {
            graph.save(file, true);
            SameDiff loaded = SameDiff.load(file, true);
            assertSame(graph, loaded, input);
            graph.fit(data);
            loaded.fit(data);
            assertSame(graph, loaded, input);
        } finally {
            Files.delete(file.toPath());
        }
    }

    private static double loss(SameDiff graph, DataSet data) {
        return graph.outputSingle(
                        Map.of("x", data.getFeatures(), "target", data.getLabels()), "loss")
                .getDouble(0);
    }

    private static void assertSame(SameDiff expected, SameDiff actual, INDArray input) {
        assertArrayEquals(
                output(expected, input).toFloatVector(),
                output(actual, input).toFloatVector(),
                1e-6f);
    }

    private static INDArray output(SameDiff graph, INDArray input) {
        INDArray output = graph.outputSingle(Map.of("x", input), "y");
        return output.reshape('c', new long[] {output.length()});
    }

    /** Small random numbers, for inputs and weights. */
    public static INDArray random(long seed, long... shape) {
        Random random = new Random(seed);
        INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, 0.5 * random.nextGaussian());
        }
        return array;
    }
}
