package org.lamina.samediff.ops;

import static org.lamina.harness.GraphTraining.random;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.lamina.harness.GraphTraining;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvSpec;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.NormSpec;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
import org.lamina.spec.TransposedConvGeometry;
import org.lamina.spec.WSConvSpec;
import org.lamina.spec.WSTransposedConvSpec;
import org.lamina.spec.WeightStandardization;
import org.nd4j.autodiff.samediff.SDVariable;

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
        TransposedConvGeometry geometry =
                new TransposedConvGeometry(
                                ConvGeometry.ofKernel(3, 2)
                                        .withStride(2)
                                        .withPadding(Padding.of(1, 0))
                                        .withGroups(2))
                        .withOutputSize(10, 8);
        GraphTraining.check(
                x ->
                        TransposedConvOps.conv(
                                x, variable(x, "w", 4, 3, 3, 2), variable(x, "b", 6), geometry),
                2,
                4,
                5,
                4);
    }

    @Test
    void transposedConvolutionWithStandardizedWeights() throws IOException {
        WSTransposedConvSpec spec =
                new WSTransposedConvSpec(
                        4,
                        6,
                        new TransposedConvGeometry(
                                ConvGeometry.ofKernel(4)
                                        .withStride(2)
                                        .withPadding(Padding.of(1))
                                        .withGroups(2)),
                        true,
                        WeightStandardization.elektronn3(),
                        false);
        GraphTraining.check(
                x ->
                        TransposedConvOps.standardized(
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
                        WeightStandardization.nfnet());
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
}
