package org.lamina.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.contract.Persistence.assertBitEqual;
import static org.lamina.harness.Option.N_OUT;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.function.Executable;
import org.lamina.constraints.MaxNorm;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.harness.Nets;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** What DL4J promises of its own layers, whoever drives them: each holds for both forms. */
final class Promises implements Contract {

    private static final DataType TYPE = DataType.DOUBLE;

    /** Of features; the first is the network's. */
    private static final List<DataType> TYPES =
            List.of(
                    DataType.FLOAT,
                    DataType.DOUBLE,
                    DataType.FLOAT16,
                    DataType.UINT8,
                    DataType.INT32);

    @Override
    public Map<String, Executable> checks(Row row, Form form) {
        return Map.of();
    }

    @Override
    public Map<String, Executable> checksOfParameters(Row row, Form form) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        checks.put("features of every type", () -> features(row, form));
        if (row.has(p -> true)) {
            checks.put("every way to train gives the same", () -> driven(row, form));
            checks.put("the learning rate can be set", () -> learningRate(row, form));
            checks.put("fine-tuning", () -> fineTuned(row, form));
            checks.put("summary() names the layer", () -> summary(row, form));
        }
        if (row.has(p -> !p.role().trained())) {
            checks.put("a pass moves running statistics once", () -> once(row, form));
        }
        if (row.has(ParamSpec::weight)) {
            checks.put("the score has l1 and l2", () -> score(row, form));
            checks.put("fine-tuning adds to the layer's constraint", () -> constraints(row, form));
        }
        if (row.options().containsKey(N_OUT)) {
            checks.put("nIn and nOut can be replaced", () -> replaced(row, form));
        }
        return checks;
    }

    private static MultiLayerNetwork network(
            Subject layer, Form form, NeuralNetConfiguration.Builder c) {
        MultiLayerNetwork net = Nets.trainable(c, layer.build(form), layer.input());
        layer.randomize(net, 61);
        return net;
    }

    private static NeuralNetConfiguration.Builder sgd(double learningRate) {
        return Nets.config(TYPE, new Sgd(learningRate));
    }

    // ---- who drives -----------------------------------------------------------------------------

    /** {@code fit}, a loop of one's own, and errors from outside. */
    static void driven(Subject layer, Form form) {
        MultiLayerNetwork fitted = network(layer, form, sgd(0.1));
        MultiLayerNetwork looped = fitted.clone();
        MultiLayerNetwork external = // without a loss
                Nets.init(sgd(0.1).list().layer(layer.build(form)).setInputType(layer.input()));
        external.setParams(fitted.params());
        for (int step = 0; step < 3; step++) {
            INDArray x = layer.batch(TYPE, 62 + step);
            INDArray y = layer.outputGradient(TYPE, form, 65 + step);
            fitted.fit(x, y);

            looped.setInput(x);
            looped.setLabels(y);
            looped.computeGradientAndScore();
            update(looped, looped.gradient(), step);

            external.setInput(x);
            external.feedForward(true, false);
            update(external, external.backpropGradient(y, null).getFirst(), step);
        }
        Close close = Close.of(TYPE);
        close.check("a loop with computeGradientAndScore", looped.params(), fitted.params());
        close.check("a loop with external errors", external.params(), fitted.params());
    }

    private static void update(MultiLayerNetwork net, Gradient gradient, int iteration) {
        LayerWorkspaceMgr memory = LayerWorkspaceMgr.noWorkspaces();
        net.getUpdater().update(net, gradient, iteration, 0, 3, memory);
        net.params().subi(gradient.gradient());
        net.applyConstraints(iteration, 0);
    }

    private static void once(Row row, Form form) {
        MultiLayerNetwork net = Nets.single(row.build(form), row.input(), TYPE);
        row.randomize(net, 61);
        INDArray y = row.outputGradient(TYPE, form, 66);
        INDArray before = net.params().dup();
        net.setInput(row.batch(TYPE, 67));
        net.feedForward(false, false);
        net.backpropGradient(y, null);
        assertBitEqual("after the gradient of an evaluation", before, net.params());
        net.feedForward(true, false);
        net.backpropGradient(y, null);
        INDArray moved = net.params().dup();
        assertTrue(!moved.equals(before), "no statistic has moved");
        net.backpropGradient(y, null);
        assertBitEqual("after a second gradient of the same pass", moved, net.params());
    }

    // ---- updaters -------------------------------------------------------------------------------

    static void learningRate(Subject layer, Form form) {
        MultiLayerNetwork slow = network(layer, form, sgd(0.02));
        MultiLayerNetwork set = network(layer, form, sgd(0.1));
        set.setLearningRate(0.02);
        assertSameStep("learning rate of the network", layer, form, slow, set);
        assertEquals(0.02, set.getLearningRate(0));
        set.setLearningRate(0, 0.05);
        slow.setLearningRate(0.05); // the other layer learns nothing
        assertSameStep("learning rate of the layer", layer, form, slow, set);
        set.setLearningRate(0, new ExponentialSchedule(ScheduleType.ITERATION, 0.1, 0.5));
        slow.setLearningRate(0.1 * Math.pow(0.5, set.getIterationCount()));
        assertSameStep("schedule of the layer", layer, form, slow, set);

        ComputationGraph graph =
                Nets.classifierGraph(layer.build(form), layer.input(), TYPE, new Sgd(0.1));
        graph.setLearningRate("layer", 0);
        Map<String, INDArray> before = layer.trained(graph.getLayer("layer"));
        INDArray x = layer.batch(TYPE, 68);
        graph.fit(new DataSet(x, Nets.labels(graph.outputSingle(x))));
        assertEquals(before, layer.trained(graph.getLayer("layer")), "learning rate 0");
    }

    private static void assertSameStep(
            String what,
            Subject layer,
            Form form,
            MultiLayerNetwork expected,
            MultiLayerNetwork actual) {
        INDArray x = layer.batch(TYPE, 69);
        INDArray y = layer.outputGradient(TYPE, form, 70);
        expected.fit(x, y);
        actual.fit(x, y);
        Close.of(TYPE).check(what, actual.params(), expected.params());
    }

    /** What a network is fine-tuned to, it trains as one that is built so. */
    static void fineTuned(Subject layer, Form form) {
        MultiLayerNetwork net =
                new TransferLearning.Builder(network(layer, form, sgd(0.5)))
                        .fineTuneConfiguration(
                                new FineTuneConfiguration.Builder()
                                        .updater(new Adam(0.02))
                                        .l1(0.01)
                                        .l2(0.1)
                                        .build())
                        .build();
        MultiLayerNetwork built =
                network(layer, form, Nets.config(TYPE, new Adam(0.02)).l1(0.01).l2(0.1));
        for (int step = 0; step < 2; step++) {
            assertSameStep("fine-tuned", layer, form, built, net);
        }
    }

    private static void constraints(Row row, Form form) {
        if (!row.hasNormOptions()) {
            return; // constraints of the user, which fine-tuning replaces
        }
        for (double[] ownAndNew : new double[][] {{0.2, 0.5}, {0.5, 0.2}}) {
            MultiLayerNetwork net =
                    new TransferLearning.Builder(
                                    Nets.trainable(
                                            sgd(0.5),
                                            row.constrained(ownAndNew[0], null, 1).build(form),
                                            row.input()))
                            .fineTuneConfiguration(
                                    new FineTuneConfiguration.Builder()
                                            .updater(new Sgd(0.5))
                                            .constraints(List.of(new MaxNorm(ownAndNew[1])))
                                            .build())
                            .build();
            net.fit(row.batch(TYPE, 71), row.outputGradient(TYPE, form, 72));
            Training.eachWeight(
                    net,
                    (key, weight, axes) -> {
                        double norm = Training.norms(weight, axes).maxNumber().doubleValue();
                        assertTrue(norm < 0.2 + 1e-6, key + " has norm " + norm);
                    });
        }
    }

    static void score(Subject layer, Form form) {
        DataSet data = new DataSet(layer.batch(TYPE, 73), layer.outputGradient(TYPE, form, 74));
        double plain = network(layer, form, sgd(0.1)).score(data);
        MultiLayerNetwork net = network(layer, form, sgd(0.1).l1(0.02).l2(0.3));
        double expected = plain;
        for (String name : layer.weights()) {
            INDArray w = net.getParam("0_" + name);
            expected += 0.02 * Transforms.abs(w).sumNumber().doubleValue();
            expected += 0.3 / 2 * w.mul(w).sumNumber().doubleValue();
        }
        assertEquals(expected, net.score(data), 1e-9 * Math.abs(expected));
        double training = net.score(data, true);
        net.fit(data);
        assertEquals(training, net.score(), 1e-9 * Math.abs(training));
    }

    // ---- shapes ---------------------------------------------------------------------------------

    static void replaced(Subject layer, Form form) {
        MultiLayerNetwork net =
                Nets.classifier(layer.build(form), layer.input(), TYPE, new Sgd(0.1));
        FeedForwardLayer conf = (FeedForwardLayer) net.getLayer(0).conf().getLayer();
        int nIn = (int) conf.getNIn();
        int nOut = (int) conf.getNOut();
        int more = takes(conf, 2 * nIn) ? 2 : 1;
        MultiLayerNetwork wider =
                new TransferLearning.Builder(net)
                        .nInReplace(0, more * nIn, WeightInit.XAVIER)
                        .nOutReplace(0, 2 * nOut, WeightInit.XAVIER)
                        // which does not get past a pooling layer
                        .nInReplace(net.getnLayers() - 1, 2 * nOut, WeightInit.XAVIER)
                        .build();
        FeedForwardLayer changed = (FeedForwardLayer) wider.getLayer(0).conf().getLayer();
        assertEquals((long) more * nIn, changed.getNIn());
        assertEquals(2L * nOut, changed.getNOut());
        long[] shape = layer.batch(TYPE, 75).shape();
        shape[1] *= more;
        INDArray x = Row.random(TYPE, 75, shape);
        assertArrayEquals(net.output(layer.batch(TYPE, 75)).shape(), wider.output(x).shape());
        wider.fit(x, Nets.labels(wider.output(x)));
    }

    /** Whether a layer can have this number of input channels: fronts of EEG networks have one. */
    private static boolean takes(FeedForwardLayer conf, int nIn) {
        try {
            ((FeedForwardLayer) conf.clone()).setNIn(nIn);
            return true;
        } catch (DL4JInvalidConfigException e) {
            return false;
        }
    }

    static void summary(Subject layer, Form form) {
        MultiLayerNetwork net =
                Nets.classifier(layer.build(form), layer.input(), TYPE, new Sgd(0.1));
        FeedForwardLayer conf = (FeedForwardLayer) net.getLayer(0).conf().getLayer();
        String type = "(" + conf.getClass().getSimpleName();
        String sizes = conf.getNIn() + "," + conf.getNOut();
        ComputationGraph graph =
                Nets.classifierGraph(layer.build(form), layer.input(), TYPE, new Sgd(0.1));
        for (String summary : List.of(net.summary(), graph.summary())) {
            assertTrue(
                    summary.lines().anyMatch(line -> line.contains(type) && line.contains(sizes)),
                    summary);
        }
    }

    // ---- features -------------------------------------------------------------------------------

    /**
     * As if somebody had cast them first, in training and evaluation; a list of layers with
     * workspaces, a graph without.
     */
    private static void features(Row row, Form form) {
        DataType type = TYPES.get(0);
        MultiLayerNetwork net = Nets.classifier(row.build(form), row.input(), type, new Sgd(0.1));
        ComputationGraph graph =
                Nets.classifierGraph(row.build(form), row.input(), type, new Sgd(0.1));
        INDArray params = net.params() == null ? null : net.params().dup();
        INDArray x = Transforms.abs(row.batch(type, 76)).muli(20).castTo(DataType.UINT8);
        INDArray y = Nets.labels(net.output(x.castTo(type)));
        graph.getConfiguration().setTrainingWorkspaceMode(WorkspaceMode.NONE);
        graph.getConfiguration().setInferenceWorkspaceMode(WorkspaceMode.NONE);
        for (Model model : List.of(net, graph)) {
            INDArray expected = null;
            INDArray output = null;
            for (DataType given : TYPES) {
                String what = given + ", " + model.getClass().getSimpleName();
                model.setParams(params.dup());
                net.setIterationCount(0); // which stochastic depth depends on
                graph.getConfiguration().setIterationCount(0);
                fit(model, x.castTo(given), y);
                INDArray after = model.params().dup();
                INDArray evaluated = output(model, x.castTo(given));
                if (expected == null) {
                    expected = after;
                    output = evaluated;
                }
                assertBitEqual("parameters, features " + what, expected, after);
                assertBitEqual("output, features " + what, output, evaluated);
            }
        }
    }

    private static void fit(Model model, INDArray x, INDArray y) {
        if (model instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) model).fit(x, y);
        } else {
            ((ComputationGraph) model).fit(new DataSet(x, y));
        }
    }

    private static INDArray output(Model model, INDArray x) {
        return model instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) model).output(x)
                : ((ComputationGraph) model).outputSingle(x);
    }
}
