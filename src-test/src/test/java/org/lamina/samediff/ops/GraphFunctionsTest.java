package org.lamina.samediff.ops;

import static org.lamina.harness.GraphTraining.random;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.lamina.harness.GraphTraining;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.DepthwiseConvSpec;
import org.lamina.spec.LocalConvSpec;
import org.lamina.spec.NormSpec;
import org.lamina.spec.Padding;
import org.lamina.spec.PaddingMode;
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
    void fullyConnected() throws IOException {
        GraphTraining.check(
                x -> DenseOps.dense(x, variable(x, "w", 5, 3), variable(x, "b", 3)), 4, 5);
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
}
