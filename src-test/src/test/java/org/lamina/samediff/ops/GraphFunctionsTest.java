package org.lamina.samediff.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lamina.harness.GraphTraining.random;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.lamina.activations.Swish;
import org.lamina.harness.GraphTraining;
import org.lamina.spec.Activator;
import org.lamina.spec.BatchNormSpec;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvModernSpec;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.ConvTransposeGeometry;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.ECASpec;
import org.lamina.spec.LayerOrder;
import org.lamina.spec.LocalConvSpec;
import org.lamina.spec.NormSpec;
import org.lamina.spec.Normalizer;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.lamina.spec.SeparableConvSpec;
import org.lamina.spec.SqueezeExcitationSpec;
import org.lamina.spec.StochasticDepthSpec;
import org.lamina.spec.UpsampleGeometry;
import org.lamina.spec.WSConvSpec;
import org.lamina.spec.WSConvTransposeSpec;
import org.lamina.spec.WeightStandardization;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Every graph function in pure SameDiff: training, saving, loading. */
class GraphFunctionsTest {

    private static SDVariable variable(SDVariable x, String name, long... shape) {
        return x.getSameDiff().var(name, random(name.hashCode(), shape));
    }

    @Test
    void convolutionOfOneDimension() throws IOException {
        ConvGeometry geometry =
                ConvGeometry.ofKernel(5).withPadding(Padding.causal()).withDilation(2);
        GraphTraining.check(
                x -> ConvOps.conv(x, variable(x, "w", 4, 3, 5), variable(x, "b", 4), geometry),
                2,
                3,
                16);
    }

    @Test
    void convolutionInGroups() throws IOException {
        ConvGeometry geometry =
                ConvGeometry.ofKernel(3, 3)
                        .withPadding(Padding.same())
                        .withPaddingMode(PaddingMode.REFLECT)
                        .withGroups(2);
        GraphTraining.check(
                x -> ConvOps.conv(x, variable(x, "w", 6, 2, 3, 3), variable(x, "b", 6), geometry),
                2,
                4,
                6,
                7);
    }

    @Test
    void convolutionOfThreeDimensions() throws IOException {
        ConvGeometry geometry = ConvGeometry.ofKernel(2, 3, 2).withStride(1, 2, 1);
        GraphTraining.check(
                x -> ConvOps.conv(x, variable(x, "w", 3, 2, 2, 3, 2), null, geometry),
                2,
                2,
                4,
                5,
                4);
    }

    @Test
    void transposedConvolutionOfAnExactSize() throws IOException {
        ConvTransposeGeometry geometry =
                new ConvTransposeGeometry(
                                ConvGeometry.ofKernel(3, 2)
                                        .withStride(2)
                                        .withPadding(Padding.of(1, 0))
                                        .withGroups(2))
                        .withOutputSize(10, 8);
        GraphTraining.check(
                x ->
                        ConvTransposeOps.conv(
                                x, variable(x, "w", 4, 3, 3, 2), variable(x, "b", 6), geometry),
                2,
                4,
                5,
                4);
    }

    @Test
    void transposedConvolutionWithStandardizedWeights() throws IOException {
        WSConvTransposeSpec spec =
                new WSConvTransposeSpec(
                        4,
                        6,
                        new ConvTransposeGeometry(
                                ConvGeometry.ofKernel(4)
                                        .withStride(2)
                                        .withPadding(Padding.of(1))
                                        .withGroups(2)),
                        true,
                        WeightStandardization.elektronn3(),
                        false,
                        true);
        GraphTraining.check(
                x ->
                        ConvTransposeOps.standardized(
                                x,
                                variable(x, "w", 4, 3, 4),
                                variable(x, "b", 6),
                                variable(x, "gain", 6),
                                spec),
                2,
                4,
                7);
    }

    @Test
    void depthwiseConvolution() throws IOException {
        DepthwiseConvSpec spec =
                new DepthwiseConvSpec(
                        3,
                        2,
                        ConvGeometry.ofKernel(3, 3).withPadding(Padding.same()),
                        false,
                        NormSpec.none());
        GraphTraining.check(
                x -> ConvOps.depthwise(x, variable(x, "w", 6, 1, 3, 3), null, spec), 2, 3, 5, 6);
    }

    @Test
    void convolutionWithStandardizedWeights() throws IOException {
        WSConvSpec spec =
                new WSConvSpec(
                        new ConvSpec(
                                4,
                                6,
                                ConvGeometry.ofKernel(3, 3)
                                        .withPadding(Padding.same())
                                        .withGroups(2),
                                true,
                                NormSpec.none()),
                        WeightStandardization.nfnet(),
                        true);
        GraphTraining.check(
                x ->
                        WeightStandardizationOps.conv(
                                x,
                                variable(x, "w", 6, 2, 3, 3),
                                variable(x, "b", 6),
                                variable(x, "gain", 6),
                                spec),
                2,
                4,
                6,
                7);
    }

    @Test
    void fullyConnected() throws IOException {
        GraphTraining.check(
                x -> DenseOps.dense(x, variable(x, "w", 5, 3), variable(x, "b", 3)), 4, 5);
    }

    @Test
    void normalizationsAndRectifier() throws IOException {
        ConvGeometry geometry = ConvGeometry.ofKernel(3).withPadding(Padding.same());
        for (boolean training : new boolean[] {true, false}) {
            GraphTraining.check(
                    x -> {
                        SDVariable y = ConvOps.conv(x, variable(x, "w", 4, 3, 3), null, geometry);
                        y = NormOps.batchNorm(y, 3, norm(x, 4), 1e-5, training, null).output();
                        y = ActivationOps.prelu(y, 3, variable(x, "slope", 4));
                        SDVariable g = variable(x, "g", 4);
                        SDVariable b = variable(x, "b", 4);
                        return NormOps.instanceNorm(y, 3, g, b, 1e-5, null);
                    },
                    3,
                    3,
                    7);
        }
    }

    private static Map<String, SDVariable> norm(SDVariable x, long channels) {
        SameDiff sameDiff = x.getSameDiff();
        return Map.of(
                BatchNormSpec.GAMMA, variable(x, "gamma", channels),
                BatchNormSpec.BETA, variable(x, "beta", channels),
                BatchNormSpec.MEAN, sameDiff.constant("mean", random(5, channels)),
                BatchNormSpec.VARIANCE,
                        sameDiff.constant("var", random(5, channels).muli(0).addi(2)));
    }

    @Test
    void upsampling() throws IOException {
        UpsampleGeometry geometry = new UpsampleGeometry(3, new double[] {2, 1, 1.5}, null);
        ConvGeometry pointwise = ConvGeometry.ofKernel(1, 1, 1);
        GraphTraining.check(
                x ->
                        UpsampleOps.upsample(
                                ConvOps.conv(x, variable(x, "w", 3, 2, 1, 1, 1), null, pointwise),
                                3,
                                new long[] {2, 3, 4},
                                geometry),
                2,
                2,
                2,
                3,
                4);
    }

    @Test
    void convModern() throws IOException {
        ConvModernSpec spec =
                new ConvModernSpec(
                        2,
                        3,
                        ConvGeometry.ofKernel(3, 3).withPadding(Padding.of(1)),
                        new UpsampleGeometry(2, null, new long[] {6, 9}),
                        Normalizer.PINST,
                        Activator.PRELU,
                        LayerOrder.NEW);
        GraphTraining.check(
                x -> {
                    Map<String, SDVariable> params = new HashMap<>();
                    spec.params()
                            .forEach(p -> params.put(p.name(), variable(x, p.name(), p.shape())));
                    long[] size = {3, 5};
                    return ConvModernOps.convModern(x, size, params, spec, true, List.of())
                            .output();
                },
                2,
                2,
                3,
                5);
    }

    @Test
    void depthwiseSeparableConvolution() throws IOException {
        SeparableConvSpec spec =
                new SeparableConvSpec(
                        new DepthwiseConvSpec(
                                3, 2, ConvGeometry.ofKernel(3, 3), true, NormSpec.none()),
                        4,
                        false,
                        NormSpec.none());
        GraphTraining.check(
                x ->
                        ConvOps.separable(
                                x,
                                variable(x, "dw", 6, 1, 3, 3),
                                variable(x, "pw", 4, 6, 1, 1),
                                variable(x, "db", 6),
                                null,
                                spec),
                2,
                3,
                5,
                6);
    }

    @Test
    void squeezeAndExcitation() throws IOException {
        SqueezeExcitationSpec spec =
                new SqueezeExcitationSpec(
                        4, null, null, true, new Swish(), new ActivationSigmoid(), 2);
        for (long[] shape : new long[][] {{3, 4}, {3, 4, 5}, {3, 4, 5, 6}, {3, 4, 2, 3, 2}}) {
            GraphTraining.check(
                    x ->
                            GatingOps.squeezeExcitation(
                                    x,
                                    variable(x, "w1", 4, 3),
                                    variable(x, "b1", 3),
                                    variable(x, "w2", 3, 4),
                                    null,
                                    spec,
                                    null),
                    shape);
        }
    }

    @Test
    void squeezeAndExcitationOfAMaskedTimeSeries() throws IOException {
        SqueezeExcitationSpec spec =
                new SqueezeExcitationSpec(
                        4, 2, null, true, new ActivationReLU(), new ActivationSigmoid(), 1);
        INDArray steps = Nd4j.ones(DataType.FLOAT, 3, 1, 5);
        steps.putScalar(new long[] {1, 0, 4}, 0);
        GraphTraining.check(
                x -> {
                    SDVariable mask = x.getSameDiff().constant(steps);
                    SDVariable w1 = variable(x, "w1", 4, 2);
                    SDVariable w2 = variable(x, "w2", 2, 4);
                    SDVariable scaled = x.mul(mask).mul(variable(x, "w", 1));
                    return GatingOps.squeezeExcitation(scaled, w1, null, w2, null, spec, mask)
                            .add(variable(x, "shift", 1, 4, 5));
                },
                3,
                4,
                5);
    }

    @Test
    void efficientChannelAttention() throws IOException {
        ECASpec spec = new ECASpec(4, null, new ActivationSigmoid(), 2);
        for (long[] shape : new long[][] {{3, 4}, {3, 4, 5}, {3, 4, 5, 6}, {3, 4, 2, 3, 2}}) {
            GraphTraining.check(
                    x -> {
                        SDVariable w = variable(x, "w", 1, 1, 3);
                        SDVariable scaled = x.mul(variable(x, "factor", 1));
                        return GatingOps.efficientChannelAttention(scaled, w, spec, null)
                                .add(variable(x, "shift", 1));
                    },
                    shape);
        }
    }

    @Test
    void swishWithALearntBeta() throws IOException {
        for (long[] shape : new long[][] {{3, 4}, {3, 4, 5, 6}}) {
            GraphTraining.check(
                    x -> GatingOps.channelSwish(x.mul(variable(x, "w", 1)), variable(x, "b", 4)),
                    shape);
        }
    }

    @Test
    void activationFunctions() throws IOException {
        GraphTraining.check(
                x -> {
                    SDVariable w = variable(x, "w", 5, 5);
                    SDVariable y = ActivationOps.swish(DenseOps.dense(x, w, null), 1.5);
                    y = ActivationOps.gelu(DenseOps.dense(y, w, null));
                    return ActivationOps.elu(y.add(variable(x, "b", 5)), 0.5);
                },
                4,
                5);
    }

    @Test
    void localConvolution() throws IOException {
        LocalConvSpec spec = local(ConvGeometry.ofKernel(3, 2).withDilation(1, 2), 5, 6);
        GraphTraining.check(
                x ->
                        LocalConvOps.localConv(
                                x, variable(x, "w", 3, 12, 12), variable(x, "b", 3, 12), spec),
                4,
                2,
                5,
                6);
    }

    @Test
    void localConvolutionOfOneDimension() throws IOException {
        LocalConvSpec spec = local(ConvGeometry.ofKernel(3).withStride(2), 9);
        GraphTraining.check(
                x -> LocalConvOps.localConv(x, variable(x, "w", 3, 6, 4), null, spec), 4, 2, 9);
    }

    /** The filters of every example are made from the example itself. */
    @Test
    void localConvolutionWithComputedFilters() throws IOException {
        LocalConvSpec spec = local(ConvGeometry.ofKernel(2, 2), 3, 4);
        GraphTraining.check(
                x -> {
                    SDVariable mean = x.mean(true, 1, 2, 3); // [N, 1, 1, 1]
                    SDVariable filters = mean.mul(variable(x, "w", 1, 3, 8, 6));
                    SDVariable bias = mean.reshape(-1, 1, 1).mul(variable(x, "b", 1, 3, 6));
                    return LocalConvOps.localConvPerExample(x, filters, bias, spec);
                },
                4,
                2,
                3,
                4);
    }

    private static LocalConvSpec local(ConvGeometry geometry, long... inputSize) {
        return new LocalConvSpec(2, 3, inputSize, geometry, true, true, true);
    }

    @Test
    void stochasticDepth() throws IOException {
        StochasticDepthSpec spec = new StochasticDepthSpec(3, 0.4, true, null);
        Nd4j.getRandom().setSeed(3);
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 3, 2);
        StochasticDepthOps.draw(x, 3, spec).rename("y");
        INDArray output =
                graph.outputSingle(Map.of("x", Nd4j.ones(DataType.FLOAT, 500, 3, 2)), "y");
        double dropped = 0;
        for (int n = 0; n < 500; n++) {
            float first = output.getFloat(n, 0, 0);
            assertEquals(first == 0 ? 0 : 1 / 0.6f, first, 1e-6);
            assertTrue(output.slice(n).eq(first).all(), "a part of an example");
            dropped += first == 0 ? 1 : 0;
        }
        assertEquals(0.4, dropped / 500, 0.06);

        // Dropped branches add nothing to the shortcut; the graph of each pass draws anew.
        GraphTraining.check(
                v -> {
                    SDVariable branch = v.mul(variable(v, "w", 1, 3, 1));
                    return branch.add(
                            StochasticDepthOps.draw(branch, 3, spec).mul(0)); // drawn, not seen
                },
                4,
                3,
                5);
        assertThrows(
                IllegalArgumentException.class,
                () -> StochasticDepthOps.draw(x, 3, new StochasticDepthSpec(3, 0.4, true, 1L)));
    }
}
