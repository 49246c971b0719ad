package org.lamina.benchmark;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.lamina.samediff.execution.CompiledSameDiff;
import org.lamina.samediff.ops.ActivationOps;
import org.lamina.samediff.ops.ConvOps;
import org.lamina.samediff.ops.DenseOps;
import org.lamina.samediff.ops.NormOps;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.NormSpec;
import org.lamina.spec.Padding;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * A SameDiff graph of Lamina's graph functions, without DL4J: EEGNet's front and a dense output,
 * trained with Adam or in inference, compiled or in SameDiff's own interpreter.
 */
record GraphWorkload(boolean compiled, Mode mode, long... shape) implements Workload {

    private static final int CLASSES = 4;
    private static final int FILTERS = 8;
    private static final int KERNEL = 64;

    /** What it saves to compile the graph: at least half of the time. */
    static List<Overhead> compiling() {
        return List.of(compiling(Mode.TRAINING), compiling(Mode.INFERENCE));
    }

    private static Overhead compiling(Mode mode) {
        long[] shape = {16, 1, 22, 256};
        return new Overhead(
                "compiled",
                new GraphWorkload(true, mode, shape),
                new GraphWorkload(false, mode, shape),
                -0.5);
    }

    @Override
    public String name() {
        return compiled ? "SameDiff graph, compiled" : "SameDiff graph, interpreter";
    }

    @Override
    public String size() {
        return "typical";
    }

    @Override
    public boolean isFor(Competitor competitor) {
        return competitor == Competitor.LAMINA;
    }

    @Override
    public boolean alone() {
        return false;
    }

    @Override
    public Step prepare(Competitor competitor) {
        SameDiff graph = SameDiff.create();
        CompiledSameDiff steps = CompiledSameDiff.of(graph, () -> define(graph));
        SameDiff own = SameDiff.create();
        define(own);
        for (SameDiff each : List.of(graph, own)) {
            each.setTrainingConfig(
                    TrainingConfig.builder()
                            .updater(new Adam(1e-3))
                            .dataSetFeatureMapping("x")
                            .dataSetLabelMapping("labels")
                            .build());
        }
        INDArray x = array("x", shape);
        INDArray labels = Nd4j.zeros(DataType.FLOAT, shape[0], CLASSES);
        for (long i = 0; i < shape[0]; i++) {
            labels.putScalar(i, i % CLASSES, 1);
        }
        Map<String, INDArray> inputs = Map.of("x", x);
        Map<String, INDArray> batch = Map.of("x", x, "labels", labels);
        MultiDataSet data = new MultiDataSet(x, labels);
        // After an update of each, whatever the mode.
        steps.step(batch);
        own.fit(data);
        double fingerprint = fingerprint(steps.output(inputs, "logits"));
        double expected = fingerprint(own.output(inputs, "logits"));
        if (Math.abs(fingerprint - expected) > 1e-3 * expected) {
            throw new IllegalStateException(
                    "compiled: " + fingerprint + ", in SameDiff's interpreter: " + expected);
        }
        Runnable run =
                mode == Mode.TRAINING
                        ? compiled ? () -> steps.step(batch) : () -> own.fit(data)
                        : compiled
                                ? () -> steps.output(inputs, "logits")
                                : () -> own.output(inputs, "logits");
        return new Step() {
            @Override
            public void run() {
                run.run();
            }

            @Override
            public double fingerprint() {
                return fingerprint;
            }
        };
    }

    private static double fingerprint(Map<String, INDArray> outputs) {
        return Values.fingerprint(outputs.get("logits").dup('c').data().asFloat());
    }

    private void define(SameDiff graph) {
        long channels = shape[2];
        int both = 2 * FILTERS;
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 1, channels, shape[3]);
        ConvGeometry time = ConvGeometry.ofKernel(1, KERNEL).withPadding(Padding.same());
        SDVariable h = ConvOps.conv(x, param(graph, "temporal", FILTERS, 1, 1, KERNEL), null, time);
        h = normalized(graph, "first", h, FILTERS);
        ConvGeometry height = ConvGeometry.ofKernel((int) channels, 1);
        h =
                ConvOps.depthwise(
                        h,
                        param(graph, "spatial", both, 1, channels, 1),
                        null,
                        new DepthwiseConvSpec(FILTERS, 2, height, false, NormSpec.none()));
        h = ActivationOps.elu(normalized(graph, "second", h, both), 1).mean(2, 3);
        SDVariable logits =
                DenseOps.dense(h, param(graph, "w", both, CLASSES), param(graph, "b", CLASSES));
        SDVariable labels = graph.placeHolder("labels", DataType.FLOAT, -1, CLASSES);
        graph.loss().softmaxCrossEntropy("loss", labels, logits.rename("logits"), null);
    }

    private static SDVariable normalized(SameDiff graph, String name, SDVariable h, long channels) {
        SDVariable gamma = graph.var(name + "-gamma", Nd4j.ones(DataType.FLOAT, channels));
        SDVariable beta = graph.var(name + "-beta", Nd4j.zeros(DataType.FLOAT, channels));
        return NormOps.batchNorm(h, 4, Map.of("gamma", gamma, "beta", beta), 1e-3, true, null)
                .output();
    }

    private static SDVariable param(SameDiff graph, String name, long... shape) {
        return graph.var(name, array(name, shape));
    }

    private static INDArray array(String name, long... shape) {
        return Nd4j.createFromArray(Values.of(name, shape)).reshape('c', shape);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GraphWorkload that
                && compiled == that.compiled
                && mode == that.mode
                && Arrays.equals(shape, that.shape);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(shape);
    }
}
