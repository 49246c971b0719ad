package org.lamina.samediff.ops;

import java.util.Arrays;
import org.lamina.kernels.FusedFunction;
import org.lamina.samediff.execution.FusedParts;
import org.lamina.spec.StochasticDepthSpec;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.random.custom.DistributionUniform;
import org.nd4j.linalg.factory.Nd4j;

/** Stochastic depth: whole examples of a residual branch are dropped at random. */
public final class StochasticDepthOps {

    private StochasticDepthOps() {}

    /**
     * Multiplies each example by its factor.
     *
     * @param x input {@code [N, C, spatial...]}
     * @param factors {@code [N, 1, ...]} of the rank of x, for example from {@link
     *     StochasticDepthSpec#exampleFactors}
     * @return an array of the shape of x
     */
    public static SDVariable apply(SDVariable x, SDVariable factors) {
        return FusedParts.part(new FusedFunction.ExampleScaling(), v -> v[0].mul(v[1]), x, factors);
    }

    /**
     * Drops examples with random numbers that the graph draws in every pass, in evaluation too:
     * omit this op from a graph for evaluation.
     *
     * @param x input {@code [N, C, spatial...]}
     * @param rank number of its dimensions
     * @param spec drop rate and scaling
     * @return an array of the shape of x
     * @throws IllegalArgumentException if the spec has a seed: SameDiff's random numbers come from
     *     {@code Nd4j.getRandom()}
     */
    public static SDVariable draw(SDVariable x, int rank, StochasticDepthSpec spec) {
        if (spec.seed() != null) {
            throw new IllegalArgumentException(
                    String.format(
                            "stochastic depth: seed = %s; must be null in a graph that draws its"
                                    + " random numbers, which come from Nd4j.getRandom()",
                            spec.seed()));
        }
        SameDiff sd = x.getSameDiff();
        long[] ones = new long[rank - 1];
        Arrays.fill(ones, 1);
        SDVariable shape =
                sd.concat(
                        0,
                        x.shape().get(SDIndex.interval(0, 1)),
                        sd.constant(Nd4j.createFromArray(ones)));
        SDVariable uniform =
                new DistributionUniform(sd, shape, 0, 1, DataType.FLOAT).outputVariable();
        SDVariable kept = sd.gte(uniform, spec.dropRate()).castTo(x.dataType());
        return apply(x, kept.mul(spec.keptFactor()));
    }
}
