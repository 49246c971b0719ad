package org.lamina.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.optimize.AdaptiveGradientClippingTest.CLIP;
import static org.lamina.optimize.AdaptiveGradientClippingTest.CLIPPING;
import static org.lamina.optimize.AdaptiveGradientClippingTest.EPS;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.lamina.constraints.MaxNorm;
import org.lamina.constraints.UnitNorm;
import org.lamina.harness.Close;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** Adaptive gradient clipping in whole networks: graphs, recurrence, files, norm constraints. */
class ClippedNetworksTest {

    private static NeuralNetConfiguration.Builder config(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .seed(2)
                .activation(Activation.TANH)
                .updater(updater);
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build();
    }

    private static ComputationGraphConfiguration graph(IUpdater updater) {
        return config(updater)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.recurrent(2, 5))
                .addLayer("lstm", new LSTM.Builder().nOut(3).build(), "in")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "lstm")
                .addLayer("dense", new DenseLayer.Builder().nOut(4).build(), "pool")
                .addLayer("out", output(), "dense")
                .setOutputs("out")
                .build();
    }

    private static MultiLayerConfiguration recurrent(IUpdater updater) {
        return config(updater)
                .list()
                .layer(new LSTM.Builder().nOut(3).build())
                .layer(new GlobalPoolingLayer(PoolingType.AVG))
                .layer(output())
                .setInputType(InputType.recurrent(2, 5))
                .build();
    }

    private static DataSet series() {
        Nd4j.getRandom().setSeed(5);
        return new DataSet(
                Nd4j.randn(DataType.DOUBLE, 3, 2, 5).muli(5), Nd4j.eye(3).castTo(DataType.DOUBLE));
    }

    /** One step of plain gradient descent; a gate's unit is a column of the weights. */
    @Test
    void aGraphWithRecurrenceTakesAClippedStep() {
        ComputationGraph net = new ComputationGraph(CLIPPING.applyTo(graph(new Sgd(1))));
        net.init();
        DataSet data = series();
        net.setInputs(data.getFeatures());
        net.setLabels(data.getLabels());
        net.computeGradientAndScore();
        Map<String, INDArray> expected = new LinkedHashMap<>();
        int clippedCount = 0;
        for (Map.Entry<String, INDArray> entry : net.paramTable().entrySet()) {
            INDArray p = entry.getValue().dup();
            INDArray g =
                    net.gradient()
                            .gradientForVariable()
                            .get(entry.getKey())
                            .div(3)
                            .reshape(p.shape());
            boolean classifier = entry.getKey().startsWith("out_");
            INDArray step = classifier ? g : AdaptiveGradientClippingTest.clipped(p, g, 1);
            clippedCount += step.equals(g) ? 0 : 1;
            expected.put(entry.getKey(), p.sub(step));
        }
        assertTrue(clippedCount >= 4, clippedCount + " parameters are clipped");
        net.fit(data);
        Close close = Close.of(DataType.DOUBLE);
        expected.forEach((key, value) -> close.check(key, net.getParam(key), value));
    }

    private static MultiLayerConfiguration sameDiff(Layer layer) {
        return config(new Sgd(1))
                .list()
                .layer(layer)
                .layer(new GlobalPoolingLayer(PoolingType.AVG))
                .layer(output())
                .setInputType(InputType.recurrent(2, 5))
                .build();
    }

    /** One of DL4J's own SameDiff layers: [positions, in * kernel, out]. */
    @Test
    void aSameDiffLayerOfDl4jMovesNoFurtherThanAllowed() {
        Layer layer = new LocallyConnected1D.Builder().kernelSize(2).nOut(4).hasBias(false).build();
        MultiLayerConfiguration conf = sameDiff(layer);
        double free = farthestMove(new MultiLayerNetwork(conf));
        double clipped = farthestMove(new MultiLayerNetwork(CLIPPING.applyTo(conf)));
        assertTrue(clipped > 0 && clipped <= CLIP * 1.0001, "share of the norm: " + clipped);
        assertTrue(free > 2 * CLIP, "share of the norm without clipping: " + free);
    }

    /** Largest share of its norm that a unit of the first layer moves by. */
    private static double farthestMove(MultiLayerNetwork net) {
        net.init();
        INDArray before = net.getParam("0_W").dup();
        net.fit(series());
        INDArray moved = net.getParam("0_W").sub(before).norm2(1);
        return moved.divi(before.norm2(1)).maxNumber().doubleValue();
    }

    @Test
    void weightsWithoutKnownUnitsAreNamed() {
        Layer layer =
                new SelfAttentionLayer.Builder()
                        .name("attention")
                        .nHeads(1)
                        .headSize(4)
                        .projectInput(true)
                        .nOut(5)
                        .build();
        MultiLayerConfiguration conf = sameDiff(layer);
        String message =
                assertThrows(DL4JInvalidConfigException.class, () -> CLIPPING.applyTo(conf))
                        .getMessage();
        assertTrue(message.contains("\"attention\": the output units of its weight"), message);
        MultiLayerNetwork net =
                new MultiLayerNetwork(CLIPPING.applyToAllBut(conf, "attention", "layer2"));
        net.init();
        net.fit(series());
    }

    /** Saved, loaded and trained on, it goes where the network goes that was not saved. */
    @Test
    void survivesAFile() throws IOException {
        MultiLayerNetwork layers =
                new MultiLayerNetwork(CLIPPING.applyTo(recurrent(new Nesterovs(0.5, 0.9))));
        layers.init();
        MultiLayerNetwork plain = new MultiLayerNetwork(recurrent(new Nesterovs(0.5, 0.9)));
        plain.init();
        plain.fit(series());
        layers.fit(series());
        assertNotEquals(plain.params(), layers.params());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelSerializer.writeModel(layers, bytes, true);
        MultiLayerNetwork read =
                ModelSerializer.restoreMultiLayerNetwork(
                        new ByteArrayInputStream(bytes.toByteArray()), true);
        assertEquals(layers.getLayerWiseConfigurations(), read.getLayerWiseConfigurations());

        ComputationGraph graph =
                new ComputationGraph(CLIPPING.applyTo(graph(new Nesterovs(0.5, 0.9))));
        graph.init();
        graph.fit(series());
        bytes.reset();
        ModelSerializer.writeModel(graph, bytes, true);
        ComputationGraph readGraph =
                ModelSerializer.restoreComputationGraph(
                        new ByteArrayInputStream(bytes.toByteArray()), true);
        for (int step = 0; step < 5; step++) {
            layers.fit(series());
            read.fit(series());
            graph.fit(series());
            readGraph.fit(series());
        }
        assertEquals(layers.params(), read.params());
        assertEquals(graph.params(), readGraph.params());
    }

    /** The gradient is clipped, then the weights are projected. */
    private static void assertStep(LayerConstraint constraint, UnaryOperator<INDArray> projection) {
        MultiLayerConfiguration conf =
                config(new Sgd(1))
                        .list()
                        .layer(
                                new DenseLayer.Builder()
                                        .nOut(4)
                                        .constrainWeights(constraint)
                                        .build())
                        .layer(output())
                        .setInputType(InputType.feedForward(6))
                        .build();
        MultiLayerNetwork net = new MultiLayerNetwork(CLIPPING.applyTo(conf));
        net.init();
        Nd4j.getRandom().setSeed(4);
        DataSet data =
                new DataSet(
                        Nd4j.randn(DataType.DOUBLE, 3, 6).muli(5),
                        Nd4j.eye(3).castTo(DataType.DOUBLE));
        for (int step = 0; step < 3; step++) {
            net.setInput(data.getFeatures());
            net.setLabels(data.getLabels());
            net.computeGradientAndScore();
            INDArray p = net.getParam("0_W").dup();
            INDArray g = net.gradient().getGradientFor("0_W").div(3);
            INDArray clipped = AdaptiveGradientClippingTest.clipped(p, g, 1);
            assertNotEquals(g, clipped);
            net.fit(data);
            new Close(1e-5, 1e-7)
                    .check("step " + step, net.getParam("0_W"), projection.apply(p.sub(clipped)));
        }
    }

    @Test
    void goesTogetherWithAMaxNorm() {
        double max = 0.7;
        assertStep(
                new MaxNorm(max),
                w -> {
                    INDArray projected = w.dup();
                    int longer = 0;
                    for (int unit = 0; unit < 4; unit++) {
                        double norm = w.getColumn(unit).norm2Number().doubleValue();
                        longer += norm > max ? 1 : 0;
                        projected.getColumn(unit).muli(Math.min(1, max / norm));
                    }
                    assertTrue(longer > 0, "the constraint does nothing");
                    return projected;
                });
    }

    @Test
    void goesTogetherWithAUnitNorm() {
        assertStep(
                new UnitNorm(),
                w -> {
                    INDArray projected = w.dup();
                    for (int unit = 0; unit < 4; unit++) {
                        double norm = w.getColumn(unit).norm2Number().doubleValue();
                        projected.getColumn(unit).divi(norm);
                    }
                    return projected;
                });
    }

    /** Small weights may move by a share of eps. */
    @Test
    void weightsOfZeroCanLeaveIt() {
        MultiLayerNetwork net = new MultiLayerNetwork(CLIPPING.applyTo(recurrent(new Sgd(1))));
        net.init();
        net.getParam("0_RW").assign(0);
        net.fit(series());
        INDArray moved = net.getParam("0_RW").norm2(0);
        assertTrue(moved.maxNumber().doubleValue() > 0);
        assertTrue(moved.maxNumber().doubleValue() <= CLIP * EPS * 1.0001, moved.toString());
    }
}
