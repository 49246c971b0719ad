package org.lamina.samediff.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.harness.Close;
import org.lamina.kernels.FusedFunction;
import org.lamina.kernels.GraphKernel;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.impl.ActivationCube;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class LayerGraphTest {

    private static final DataType TYPE = DataType.DOUBLE;
    private static final Close CLOSE = Close.of(TYPE);
    private static final LayerWorkspaceMgr MEMORY = LayerWorkspaceMgr.noWorkspaces();
    private static final String X = "x";
    private static final String W = "w";

    @SuppressWarnings("UnnecessaryLambda") // shorter than a method
    private static final Function<FusedFunction, GraphKernel> NO_KERNELS = function -> null;

    /** A graph of x [N, 6] and w [6, 4]. */
    private static GraphDefinition graph(Function<SDVariable[], SDVariable> definition) {
        SameDiff sameDiff = SameDiff.create();
        SDVariable x = sameDiff.placeHolder(X, TYPE, -1, 6);
        SDVariable w = sameDiff.var(W, TYPE, 6, 4);
        FusedParts.Recorded<SDVariable> output =
                FusedParts.record(sameDiff, () -> definition.apply(new SDVariable[] {x, w}));
        return GraphDefinition.complete(output, 2, List.of(), List.of(X, W));
    }

    private static Map<String, INDArray> inputs(long minibatch, long seed) {
        Map<String, INDArray> inputs = new HashMap<>();
        inputs.put(X, random(seed, minibatch, 6));
        inputs.put(W, random(seed + 1, 6, 4));
        return inputs;
    }

    private static INDArray random(long seed, long... shape) {
        Random random = new Random(seed);
        INDArray array = Nd4j.create(TYPE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, random.nextGaussian());
        }
        return array;
    }

    private static void assertSame(
            LayerGraph actual, LayerGraph expected, Map<String, INDArray> inputs, boolean keep) {
        INDArray output = expected.output(inputs, keep, MEMORY);
        CLOSE.check("output", actual.output(inputs, keep, MEMORY), output);
        INDArray gradient = random(99, output.shape());
        LayerGraph.Gradients wanted = expected.gradients(inputs, gradient, keep, MEMORY, Map.of());
        LayerGraph.Gradients given = actual.gradients(inputs, gradient, keep, MEMORY, Map.of());
        for (String name : wanted.byVariable().keySet()) {
            CLOSE.check(name, given.byVariable().get(name), wanted.byVariable().get(name));
        }
    }

    /** Ops that follow one another at random, on values that stay alive for a while. */
    private static SDVariable anyOps(SDVariable x, SDVariable w, Random random) {
        SameDiff sd = x.getSameDiff();
        List<SDVariable> values = new ArrayList<>(List.of(x, x.add(1)));
        for (int i = 0; i < 25; i++) {
            SDVariable a = values.get(random.nextInt(values.size()));
            SDVariable b = values.get(random.nextInt(values.size()));
            values.add(
                    switch (random.nextInt(12)) {
                        case 0 -> a.add(b);
                        case 1 -> a.mul(b).mul(0.5);
                        case 2 -> sd.math().tanh(a);
                        case 3 -> a.sub(a.mean(true, 1));
                        case 4 -> sd.nn().sigmoid(a).mul(b);
                        case 5 -> a.reshape(-1, 3).add(0.1).reshape(-1, 6);
                        case 6 -> sd.math().tanh(a.mmul(w).mmul(w.permute(1, 0)));
                        case 7 -> sd.math().square(a).mul(0.1).add(b.sum(true, 0).mul(0.01));
                        case 8 -> sd.squeeze(sd.expandDims(a, 1).mul(0.7), 1);
                        case 9 ->
                                sd.concat(
                                        1,
                                        sd.slice(a, new int[] {0, 2}, -1, 4),
                                        sd.slice(b, new int[] {0, 0}, -1, 2));
                        case 10 -> a.div(sd.shape(b).castTo(TYPE).sum().add(1));
                        default -> sd.identity(a);
                    });
        }
        return values.stream().skip(20).reduce(SDVariable::add).orElseThrow().mmul(w);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void givesWhatSameDiffGives(long seed) {
        GraphDefinition definition = graph(v -> anyOps(v[0], v[1], new Random(seed)));
        LayerGraph compiled = new CompiledLayerGraph(definition, NO_KERNELS);
        LayerGraph session = LayerGraph.inSession(definition);
        int step = 0;
        for (int minibatch : new int[] {5, 2, 2, 7, 5}) {
            for (boolean keep : new boolean[] {true, false, true}) {
                assertSame(compiled, session, inputs(minibatch, seed + step++), keep);
            }
        }
    }

    @Test
    void usesMemoryAgain() {
        GraphDefinition definition =
                graph(
                        v -> {
                            SDVariable y = v[0];
                            for (int i = 0; i < 40; i++) {
                                y = v[0].getSameDiff().math().tanh(y.mul(1.1));
                            }
                            return y.mmul(v[1]);
                        });
        LayerGraph graph = new CompiledLayerGraph(definition, NO_KERNELS);
        Map<String, INDArray> inputs = inputs(1000, 1);
        INDArray expected = LayerGraph.inSession(definition).output(inputs, false, MEMORY);
        WorkspaceConfiguration configuration =
                WorkspaceConfiguration.builder()
                        .initialSize(8_000_000)
                        .policyLearning(LearningPolicy.NONE)
                        .build();
        for (int run = 0; run < 3; run++) {
            try (MemoryWorkspace workspace =
                    Nd4j.getWorkspaceManager()
                            .getAndActivateWorkspace(configuration, "LayerGraphTest")) {
                CLOSE.check("output", graph.output(inputs, false, MEMORY), expected);
                long arrays = workspace.getPrimaryOffset() / (1000 * 6 * Double.BYTES);
                assertTrue(arrays >= 2 && arrays <= 4, arrays + " arrays for 80 ops");
            }
        }
    }

    @Test
    void keptValuesOfAClosedWorkspaceAreComputedAgain() {
        GraphDefinition definition =
                graph(v -> v[0].getSameDiff().math().exp(v[0].mul(0.3)).mmul(v[1]));
        LayerGraph graph = new CompiledLayerGraph(definition, NO_KERNELS);
        Map<String, INDArray> inputs = inputs(3, 1);
        INDArray gradient = random(2, 3, 4);
        INDArray expected =
                LayerGraph.inSession(definition)
                        .gradients(inputs, gradient, false, MEMORY, Map.of())
                        .byVariable()
                        .get(W);
        WorkspaceConfiguration configuration =
                WorkspaceConfiguration.builder().initialSize(100_000).build();
        LayerWorkspaceMgr memory =
                LayerWorkspaceMgr.builder()
                        .defaultWorkspace("LayerGraphTest.working", configuration)
                        .with(ArrayType.ACTIVATIONS, "LayerGraphTest.activations", configuration)
                        .with(
                                ArrayType.ACTIVATION_GRAD,
                                "LayerGraphTest.activations",
                                configuration)
                        .build();
        try (MemoryWorkspace workspace = memory.notifyScopeEntered(ArrayType.ACTIVATIONS)) {
            assertTrue(graph.output(inputs, true, memory).isAttached());
        }
        try (MemoryWorkspace workspace = memory.notifyScopeEntered(ArrayType.ACTIVATIONS)) {
            Nd4j.ones(TYPE, 1000); // writes over what was kept
            LayerGraph.Gradients after = graph.gradients(inputs, gradient, true, memory, Map.of());
            CLOSE.check(W, after.byVariable().get(W), expected);
        }
    }

    @Test
    void anOutputIsNoViewOfTheInput() {
        LayerGraph graph =
                new CompiledLayerGraph(graph(v -> v[0].reshape(-1, 3).reshape(-1, 6)), NO_KERNELS);
        Map<String, INDArray> inputs = inputs(2, 1);
        INDArray before = inputs.get(X).dup();
        graph.output(inputs, true, MEMORY).assign(7);
        assertEquals(before, inputs.get(X));
    }

    @Test
    void aGraphWithOpsThatNeedTheSessionRunsThere() {
        GraphDefinition definition =
                graph(
                        v -> {
                            SameDiff sd = v[0].getSameDiff();
                            SDVariable order = sd.argmax(v[0], 1).castTo(DataType.INT32);
                            return sd.gather(v[1], order, 0).mul(v[0].mean(true, 1));
                        });
        LayerGraph graph = LayerGraph.of(definition, NO_KERNELS);
        assertInstanceOf(SessionLayerGraph.class, graph);
        Map<String, INDArray> inputs = inputs(3, 1);
        INDArray output = graph.output(inputs, true, MEMORY);
        for (long n = 0; n < 3; n++) {
            INDArray row = inputs.get(X).getRow(n);
            INDArray picked = inputs.get(W).getRow(row.argMax().getLong(0));
            CLOSE.check("row " + n, output.getRow(n), picked.mul(row.meanNumber().doubleValue()));
        }
    }

    @Test
    void aMissingInputIsNamed() {
        GraphDefinition definition = graph(v -> v[0].mmul(v[1]));
        GraphSteps steps =
                new GraphSteps(definition.gradientGraph(), definition.parts(), NO_KERNELS);
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new CompiledGraph(steps, List.of(W), List.of(definition.output())));
        assertTrue(e.getMessage().contains("'" + X + "'"), e.getMessage());
    }

    // ---- kernels for parts ----------------------------------------------------------------------

    /** Counts how often the kernels run; they compute x^3 like DL4J's function. */
    private static final class Counting implements Function<FusedFunction, GraphKernel> {

        private int forward;
        private int backward;

        @Override
        public GraphKernel apply(FusedFunction function) {
            GraphKernel kernel = function.kernel();
            return new GraphKernel() {
                @Override
                public long[][] outputShapes(INDArray[] inputs) {
                    return kernel.outputShapes(inputs);
                }

                @Override
                public void forward(INDArray[] inputs, INDArray[] outputs) {
                    forward++;
                    kernel.forward(inputs, outputs);
                }

                @Override
                public void backward(
                        INDArray[] inputs, INDArray[] kept, INDArray dy, INDArray[] gradients) {
                    backward++;
                    kernel.backward(inputs, kept, dy, gradients);
                }
            };
        }
    }

    private static SDVariable cube(SDVariable x) {
        return FusedParts.part(
                new FusedFunction.Activation(new ActivationCube()),
                v -> v[0].mul(v[0]).mul(v[0]),
                x);
    }

    /** The input of a part is also used beside it, and one part feeds another. */
    @Test
    void kernelsRunInPlaceOfParts() {
        GraphDefinition definition =
                graph(v -> cube(cube(v[0]).mul(0.1).add(v[0])).add(v[0]).mmul(v[1]));
        Counting kernels = new Counting();
        LayerGraph graph = new CompiledLayerGraph(definition, kernels);
        for (int minibatch : new int[] {4, 3}) {
            assertSame(graph, LayerGraph.inSession(definition), inputs(minibatch, 5), true);
        }
        assertEquals(4, kernels.forward);
        assertEquals(4, kernels.backward);
    }

    /** Of a part within a part the outer one runs, of a function that is not the inner one's. */
    @Test
    void theOutermostPartRuns() {
        GraphDefinition definition =
                graph(
                        v ->
                                FusedParts.part(
                                                new FusedFunction.Activation(new ActivationCube()),
                                                in -> cube(in[0]),
                                                v[0])
                                        .mmul(v[1]));
        Counting kernels = new Counting();
        LayerGraph graph = new CompiledLayerGraph(definition, kernels);
        assertSame(graph, LayerGraph.inSession(definition), inputs(3, 5), true);
        assertEquals(1, kernels.forward);
        assertEquals(1, kernels.backward);
    }

    @Test
    void outsideOfARecordingAPartIsItsOps() {
        SameDiff sameDiff = SameDiff.create();
        cube(sameDiff.placeHolder(X, TYPE, -1, 6));
        assertEquals(2, sameDiff.getOps().size());
    }
}
