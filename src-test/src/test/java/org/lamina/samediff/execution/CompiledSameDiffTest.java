package org.lamina.samediff.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.harness.Close;
import org.lamina.samediff.ops.ActivationOps;
import org.lamina.samediff.ops.ConvOps;
import org.lamina.samediff.ops.NormOps;
import org.lamina.samediff.ops.WeightStandardizationOps;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.NormSpec;
import org.lamina.spec.Padding;
import org.lamina.spec.WeightStandardization;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;

/** A graph of graph functions, compiled, against SameDiff's own session. */
class CompiledSameDiffTest {

    private static final DataType TYPE = DataType.DOUBLE;
    private static final Close CLOSE = new Close(1e-9, 1e-9);

    /** A normalized convolution with standardized weights, a hidden layer of SameDiff's own. */
    private static void define(SameDiff graph, boolean noise) {
        Nd4j.getRandom().setSeed(5);
        SDVariable x = graph.placeHolder("x", TYPE, -1, 3, 20);
        SDVariable w = graph.var("w", Nd4j.randn(TYPE, 4, 3, 5));
        SDVariable gain = graph.var("gain", Nd4j.ones(TYPE, 4));
        SDVariable gamma = graph.var("gamma", Nd4j.ones(TYPE, 4));
        SDVariable beta = graph.var("beta", Nd4j.zeros(TYPE, 4));
        SDVariable v = graph.var("v", Nd4j.randn(TYPE, 4, 2).muli(0.3));
        SDVariable standardized =
                WeightStandardizationOps.standardize(
                        w, gain, WeightStandardization.nfnet(), 4, 3, 5);
        ConvGeometry geometry =
                ConvGeometry.ofKernel(5).withPadding(Padding.causal()).withDilation(2);
        SDVariable h =
                ConvOps.conv(
                        x,
                        standardized,
                        null,
                        new ConvSpec(3, 4, geometry, false, NormSpec.none()));
        h.rename("filtered");
        Map<String, SDVariable> params = Map.of("gamma", gamma, "beta", beta);
        h = NormOps.batchNorm(h, 3, params, 1e-3, true, null).output();
        h = ActivationOps.swish(h, 1).mean(2);
        if (noise) {
            h = h.add(graph.random().normal(0, 0.1, TYPE, 4));
        }
        SDVariable logits = h.mmul(v).rename("logits");
        SDVariable labels = graph.placeHolder("labels", TYPE, -1, 2);
        graph.loss().softmaxCrossEntropy("loss", labels, logits, null);
    }

    private static SameDiff configured(SameDiff graph) {
        graph.setTrainingConfig(
                TrainingConfig.builder()
                        .updater(new Adam(0.05))
                        .l2(0.01)
                        .weightDecay(0.1, true)
                        .dataSetFeatureMapping("x")
                        .dataSetLabelMapping("labels")
                        .build());
        return graph;
    }

    private static CompiledSameDiff compiled(boolean noise) {
        SameDiff graph = SameDiff.create();
        CompiledSameDiff compiled = CompiledSameDiff.of(graph, () -> define(graph, noise));
        configured(graph);
        return compiled;
    }

    private static INDArray input(int examples) {
        return Nd4j.randn(TYPE, examples, 3, 20);
    }

    private static INDArray labels(int examples) {
        INDArray labels = Nd4j.zeros(TYPE, examples, 2);
        for (int i = 0; i < examples; i++) {
            labels.putScalar(i, i % 2, 1);
        }
        return labels;
    }

    /** With l2, weight decay and minibatches of changing size; the updaters are saved. */
    @Test
    void trainsAsTheGraphItself(@TempDir Path folder) {
        CompiledSameDiff compiled = compiled(false);
        SameDiff own = SameDiff.create();
        define(own, false);
        configured(own);
        for (int step = 0; step < 6; step++) {
            int examples = step % 2 == 0 ? 6 : 4;
            Nd4j.getRandom().setSeed(step);
            INDArray x = input(examples);
            INDArray y = labels(examples);
            double expected =
                    own.output(Map.of("x", x, "labels", y), "loss").get("loss").getDouble(0);
            own.fit(new MultiDataSet(x, y));
            assertEquals(expected, compiled.step(Map.of("x", x, "labels", y)), 1e-9);
            for (String name : new String[] {"w", "gain", "gamma", "beta", "v"}) {
                CLOSE.check(
                        name + ", step " + step,
                        compiled.graph().getArrForVarName(name),
                        own.getArrForVarName(name));
            }
            Map<String, INDArray> inputs = Map.of("x", x);
            Map<String, INDArray> outputs = compiled.output(inputs, "logits", "filtered");
            own.output(inputs, "logits", "filtered")
                    .forEach((name, value) -> CLOSE.check(name, outputs.get(name), value));
        }
        File file = folder.resolve("graph.fb").toFile();
        compiled.graph().save(file, true);
        SameDiff loaded = SameDiff.load(file, true);
        for (String name : new String[] {"w", "beta"}) {
            GradientUpdater<?> expected = own.getUpdaterMap().get(name);
            GradientUpdater<?> actual = loaded.getUpdaterMap().get(name);
            expected.getState()
                    .forEach((key, value) -> CLOSE.check(key, actual.getState().get(key), value));
        }
        assertEquals(6, loaded.getTrainingConfig().getIterationCount());
    }

    /** By SameDiff itself, before it is saved and after. */
    @Test
    void graphCanBeFittedToo(@TempDir Path folder) {
        CompiledSameDiff compiled = compiled(false);
        SameDiff own = SameDiff.create();
        define(own, false);
        configured(own);
        INDArray x = input(6);
        INDArray y = labels(6);
        MultiDataSet batch = new MultiDataSet(x, y);
        compiled.step(Map.of("x", x, "labels", y));
        own.fit(batch);
        compiled.graph().fit(batch);
        own.fit(batch);
        File file = folder.resolve("graph.fb").toFile();
        compiled.graph().save(file, true);
        SameDiff loaded = SameDiff.load(file, true);
        loaded.fit(batch);
        compiled.step(Map.of("x", x, "labels", y));
        own.fit(batch);
        for (String name : new String[] {"w", "gain", "gamma", "beta", "v"}) {
            CLOSE.check(name, compiled.graph().getArrForVarName(name), own.getArrForVarName(name));
            CLOSE.check(name, loaded.getArrForVarName(name), own.getArrForVarName(name));
        }
    }

    /** Outputs stay what they were. */
    @Test
    void outputsAreNotWrittenOver() {
        CompiledSameDiff compiled = compiled(false);
        INDArray first = compiled.output(Map.of("x", input(3)), "logits").get("logits");
        INDArray copy = first.dup();
        compiled.output(Map.of("x", input(3)), "logits");
        assertEquals(copy, first);
    }

    /** Random numbers: SameDiff's session runs it. */
    @Test
    void whatCannotBeCompiledRunsInSameDiff() {
        CompiledSameDiff compiled = compiled(true);
        Map<String, INDArray> batch = Map.of("x", input(6), "labels", labels(6));
        INDArray before = compiled.graph().getArrForVarName("w").dup();
        assertTrue(compiled.step(batch) > 0);
        assertTrue(before.distance2(compiled.graph().getArrForVarName("w")) > 0);
        assertEquals(2, compiled.output(batch, "logits").get("logits").size(1));
    }

    @Test
    void wrongInputsAreRefused() {
        CompiledSameDiff compiled = compiled(false);
        INDArray x = input(2);
        refused("no placeholder 'z'; it has [", () -> compiled.output(Map.of("z", x), "logits"));
        refused("no placeholder 'w'; it has [", () -> compiled.output(Map.of("w", x), "logits"));
        refused("no variable 'y'", () -> compiled.output(Map.of("x", x), "y"));
        refused("no value for the placeholder 'x'", () -> compiled.output(Map.of(), "logits"));
        refused("no value for the placeholder 'labels'", () -> compiled.step(Map.of("x", x)));
        refused(
                "placeholder 'x': an array of shape [2, 20]; it takes [-1, 3, 20]",
                () -> compiled.output(Map.of("x", Nd4j.ones(TYPE, 2, 20)), "logits"));
        SameDiff graph = SameDiff.create();
        CompiledSameDiff untrained = CompiledSameDiff.of(graph, () -> define(graph, false));
        refused("no training configuration", () -> untrained.step(Map.of("x", x)));
    }

    private static void refused(String message, Runnable what) {
        RuntimeException e = assertThrows(RuntimeException.class, what::run);
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }
}
