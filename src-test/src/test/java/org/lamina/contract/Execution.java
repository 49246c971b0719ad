package org.lamina.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.lamina.contract.Persistence.assertBitEqual;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.function.Executable;
import org.lamina.arrays.Masks;
import org.lamina.harness.Close;
import org.lamina.harness.Form;
import org.lamina.layers.base.LayerInputs;
import org.lamina.layers.samediff.LayerGraphBuilder;
import org.lamina.layers.samediff.SameDiffStochasticDepth;
import org.lamina.layers.samediff.SpecSameDiffLayer;
import org.lamina.samediff.execution.LayerGraph;
import org.lamina.spec.ParamSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * A SameDiff layer's graph gives the same numbers run by SameDiff's own session, step by step, and
 * with kernels for its parts.
 */
final class Execution implements Contract {

    /** Changes to and fro, so that what is kept for a shape must not serve another. */
    private static final int[] MINIBATCHES = {3, 2, 3};

    @Override
    public Map<String, Executable> checks(Row row, Form form) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        if (form == Form.SAMEDIFF) {
            add(checks, row, DataType.DOUBLE, true);
            add(checks, row, DataType.FLOAT, true);
            add(checks, row, DataType.DOUBLE, false);
        }
        return checks;
    }

    private static void add(
            Map<String, Executable> checks, Row row, DataType type, boolean training) {
        String name = (training ? "training" : "evaluation") + ", " + type;
        checks.put(
                "the graph as in SameDiff's session, " + name,
                () -> check(row, type, training, false));
        if (row.spatialRank() > 0) {
            checks.put(
                    "the graph with masks as in SameDiff's session, " + name,
                    () -> check(row, type, training, true));
        }
    }

    private static void check(Row row, DataType type, boolean training, boolean masked) {
        Layer built = row.build(Form.SAMEDIFF);
        built.setNIn(row.input(), false);
        SpecSameDiffLayer<?> layer = (SpecSameDiffLayer<?>) built;
        Map<String, INDArray> params = new HashMap<>();
        for (ParamSpec param : layer.getSpec().params()) {
            INDArray value = Row.random(type, 20 + params.size(), param.shape()).muli(0.5);
            boolean variance = param.role() == ParamSpec.Role.RUNNING_VARIANCE;
            params.put(param.name(), variance ? Transforms.abs(value, false) : value);
        }
        boolean factors = training && layer instanceof SameDiffStochasticDepth;
        Map<String, INDArray> first = inputs(row, layer, params, type, 3, masked, factors);
        LayerGraphBuilder.Built graph =
                LayerGraphBuilder.build(
                        layer,
                        params,
                        type,
                        first.get(LayerGraphBuilder.INPUT).shape(),
                        training,
                        others(row, layer, type, 3, masked, factors));
        LayerGraph session = LayerGraph.inSession(graph.definition());
        LayerGraph byOps = LayerGraph.of(graph.definition(), function -> null);
        LayerGraph byKernels = LayerGraph.of(graph.definition());
        assertEquals("CompiledLayerGraph", byOps.getClass().getSimpleName());
        assertEquals("CompiledLayerGraph", byKernels.getClass().getSimpleName());
        for (int minibatch : MINIBATCHES) {
            Map<String, INDArray> inputs =
                    inputs(row, layer, params, type, minibatch, masked, factors);
            Run expected = new Run(session, inputs, training, 0);
            for (LayerGraph other : List.of(byOps, byKernels)) {
                expected.check(new Run(other, inputs, training, 0), type);
            }
        }
        Map<String, INDArray> inputs = inputs(row, layer, params, type, 3, masked, factors);
        Run expected = new Run(session, inputs, training, 0);
        for (LayerGraph other : List.of(byOps, byKernels)) {
            // An evaluation between two training steps must not be taken for the first.
            other.output(inputs(row, layer, params, type, 1, masked, factors), false, MEMORY);
            expected.check(new Run(other, inputs, training, 1), type);
            expected.check(new Run(other, inputs, false, 0), type);
        }
    }

    private static final LayerWorkspaceMgr MEMORY = LayerWorkspaceMgr.noWorkspaces();

    /** The last example lacks its first position, the first its last one. */
    private static Masks masks(Row row, SpecSameDiffLayer<?> layer, int minibatch) {
        long[] shape = Row.withBatch(minibatch, row.size());
        shape[1] = 1;
        INDArray mask = Nd4j.ones(DataType.DOUBLE, shape);
        INDArray flat = mask.reshape(minibatch, -1);
        flat.putScalar(0, flat.size(1) - 1, 0);
        flat.putScalar(minibatch - 1, 0, 0);
        INDArray given = shape.length == 3 ? mask.reshape(minibatch, shape[2]) : mask;
        return Masks.of(given, layer.getSpec().windows(), "probe");
    }

    private static Map<String, INDArray> inputs(
            Row row,
            SpecSameDiffLayer<?> layer,
            Map<String, INDArray> params,
            DataType type,
            int minibatch,
            boolean masked,
            boolean factors) {
        Map<String, INDArray> inputs = new HashMap<>(params);
        INDArray x = row.batch(type, minibatch, minibatch);
        inputs.put(LayerGraphBuilder.INPUT, x);
        inputs.putAll(others(row, layer, type, minibatch, masked, factors));
        if (masked) {
            x.muli(inputs.get(LayerInputs.mask(0)));
        }
        return inputs;
    }

    private static Map<String, INDArray> others(
            Row row,
            SpecSameDiffLayer<?> layer,
            DataType type,
            int minibatch,
            boolean masked,
            boolean factors) {
        Map<String, INDArray> others = new HashMap<>();
        long[] size = Row.withBatch(minibatch, row.size());
        if (masked) {
            others.putAll(LayerInputs.masks(masks(row, layer, minibatch).factors(size, type)));
        }
        if (factors) {
            long[] shape = new long[size.length];
            Arrays.fill(shape, 1);
            shape[0] = minibatch;
            others.put(LayerInputs.EXAMPLE_FACTORS, Row.random(type, 30, shape));
        }
        return others;
    }

    /** Output and gradients; what a masked step has means nothing. */
    private static final class Run {

        private final INDArray output;
        private final LayerGraph.Gradients gradients;

        /**
         * A forward and a backward pass.
         *
         * @param targets with how many arrays fewer than gradients the backward pass is given
         */
        Run(LayerGraph graph, Map<String, INDArray> inputs, boolean afterOutput, int targets) {
            Map<String, INDArray> before = new HashMap<>();
            inputs.forEach((name, array) -> before.put(name, array.dup()));
            output = masked(graph.output(inputs, afterOutput, MEMORY), inputs, false).dup();
            INDArray gradient =
                    masked(Row.random(output.dataType(), 9, output.shape()), inputs, false);
            INDArray gradientBefore = gradient.dup();
            Map<String, INDArray> arrays = new HashMap<>();
            if (targets == 0) {
                inputs.forEach((name, array) -> arrays.put(name, array.ulike()));
            }
            gradients = graph.gradients(inputs, gradient, afterOutput, MEMORY, arrays);
            masked(gradients.byVariable().get(LayerGraphBuilder.INPUT), inputs, true);
            before.forEach((name, array) -> assertBitEqual(name, array, inputs.get(name)));
            assertBitEqual("gradient", gradientBefore, gradient);
        }

        private static INDArray masked(
                INDArray array, Map<String, INDArray> inputs, boolean isInput) {
            int windows = 0;
            while (!isInput && inputs.containsKey(LayerInputs.mask(windows + 1))) {
                windows++;
            }
            INDArray mask = inputs.get(LayerInputs.mask(windows));
            return mask == null ? array : array.muli(mask);
        }

        void check(Run actual, DataType type) {
            Close close = Close.of(type);
            close.check("output", actual.output, output);
            check(close, actual.gradients.byVariable(), gradients.byVariable());
            check(close, actual.gradients.extras(), gradients.extras());
        }

        private static void check(
                Close close, Map<String, INDArray> actual, Map<String, INDArray> expected) {
            assertEquals(expected.keySet(), actual.keySet());
            expected.forEach((name, value) -> close.check(name, actual.get(name), value));
        }
    }
}
