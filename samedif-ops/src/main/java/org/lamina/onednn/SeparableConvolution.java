package org.lamina.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import org.lamina.onednn.Convolution.Shapes;
import org.lamina.onednn.Convolution.View;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A depthwise convolution and a pointwise one (kernel 1) in sequence, slice by slice of the batch.
 * What lies between them stays in the cache, in oneDNN's layout; the backward pass computes it
 * again, which is cheaper than to store and load it.
 */
public final class SeparableConvolution {

    private static final String NAME = "separable convolution";

    /** The depthwise convolution's output and its gradient, see {@link Primitive.Builder}. */
    private static final int DEEP = -1;

    private static final int D_DEEP = -2;

    /** Places among the arguments. */
    private static final int X = 0;

    private static final int DEPTHWISE_WEIGHT = 1;
    private static final int DY = 3;

    private final Convolution depthwise;
    private final Convolution pointwise;

    /**
     * @param depthwise with one filter for each channel
     * @param pointwise of kernel 1
     */
    public SeparableConvolution(Convolution depthwise, Convolution pointwise) {
        this.depthwise = depthwise;
        this.pointwise = pointwise;
    }

    /**
     * The parameters, or their gradients.
     *
     * @param depthwise {@code [C, 1, k...]}
     * @param depthwiseBias {@code [C]} or null
     * @param pointwise {@code [O, C, 1...]}
     * @param pointwiseBias {@code [O]} or null
     */
    public record Weights(
            INDArray depthwise,
            INDArray depthwiseBias,
            INDArray pointwise,
            INDArray pointwiseBias) {}

    /**
     * Forward pass.
     *
     * @param y receives the output
     * @return false if oneDNN does not support it; y is then unchanged
     */
    public boolean forward(INDArray x, Weights w, INDArray y) {
        return BatchSlices.inCache(x, w.pointwise, y)
                .run(
                        n ->
                                PrimitiveCache.get(
                                        key(NAME, x, y, n, w),
                                        () -> new Plan(x, w, y, n).forward()),
                        (p, n) ->
                                p.execute(
                                        Operand.of(x, n),
                                        Operand.of(w.depthwise),
                                        Operand.of(w.depthwiseBias),
                                        Operand.of(w.pointwise),
                                        Operand.of(w.pointwiseBias),
                                        Operand.of(y, n)));
    }

    /**
     * All gradients.
     *
     * @param dx receives the input's, or null
     * @param gradients receive those of the parameters
     * @return false if oneDNN does not support it; the gradients are then unchanged
     */
    public boolean backward(INDArray x, Weights w, INDArray dy, INDArray dx, Weights gradients) {
        BatchSlices slices = BatchSlices.inCache(x, w.pointwise, dy);
        BatchSlices.Sum depthwiseSum = slices.sum(gradients.depthwise);
        BatchSlices.Sum depthwiseBiasSum = slices.sum(gradients.depthwiseBias);
        BatchSlices.Sum pointwiseSum = slices.sum(gradients.pointwise);
        BatchSlices.Sum pointwiseBiasSum = slices.sum(gradients.pointwiseBias);
        Weights part =
                new Weights(
                        depthwiseSum.part(),
                        depthwiseBiasSum.part(),
                        pointwiseSum.part(),
                        pointwiseBiasSum.part());
        return slices.run(
                n -> {
                    PrimitiveCache.Key key = key(NAME + ", gradients", x, dy, n, w, part);
                    if (dx != null) {
                        key.with(dx.stride());
                    }
                    View result = dx == null ? null : View.of(dx).examples(n);
                    return PrimitiveCache.get(
                            key, () -> new Plan(x, w, dy, n).backward(result, part));
                },
                (p, n) -> {
                    p.execute(
                            Operand.of(x, n),
                            Operand.of(w.depthwise),
                            Operand.of(w.depthwiseBias),
                            Operand.of(dy, n),
                            Operand.of(part.pointwise),
                            Operand.of(part.pointwiseBias),
                            Operand.of(w.pointwise),
                            Operand.of(part.depthwise),
                            Operand.of(part.depthwiseBias),
                            Operand.of(dx, n));
                    depthwiseSum.add(n);
                    depthwiseBiasSum.add(n);
                    pointwiseSum.add(n);
                    pointwiseBiasSum.add(n);
                });
    }

    private PrimitiveCache.Key key(
            String operation, INDArray x, INDArray y, long examples, Weights... parameters) {
        ThreadCount threads =
                ThreadCount.forMultiplications(
                        y.length() / y.size(0) * examples * parameters[0].pointwise.size(1));
        PrimitiveCache.Key key = new PrimitiveCache.Key(operation, threads).with(examples);
        depthwise.appendTo(key);
        for (INDArray array : new INDArray[] {x, y}) {
            key.with(array.shape()).with(array.stride());
        }
        for (Weights weights : parameters) {
            key.with(weights.depthwise.shape()).with(weights.depthwise.stride());
            key.with(weights.pointwise.shape()).with(weights.pointwise.stride());
            for (INDArray bias : new INDArray[] {weights.depthwiseBias, weights.pointwiseBias}) {
                key.with(bias == null ? 0 : bias.stride(bias.rank() - 1));
            }
        }
        return key;
    }

    /** The operations on a number of examples. */
    private final class Plan {

        private final View x;
        private final View y;
        private final View between;
        private final Weights w;
        private final Shapes deep;
        private final Shapes point;

        Plan(INDArray x, Weights w, INDArray y, long examples) {
            this.x = View.of(x).examples(examples);
            this.y = View.of(y).examples(examples);
            this.w = w;
            this.between = this.y.withChannels(x.size(1));
            this.deep =
                    depthwise
                    .new Shapes(this.x, View.of(w.depthwise), between, w.depthwiseBias != null);
            this.point =
                    pointwise
                    .new Shapes(between, View.of(w.pointwise), this.y, w.pointwiseBias != null);
        }

        /** The depthwise convolution, whose output stays. */
        private Primitive.Builder depthwise() {
            return new Primitive.Builder(deep.forward(), null, NAME)
                    .input(DNNL_ARG_SRC, x.layout())
                    .input(DNNL_ARG_WEIGHTS, depthwise.weightLayout(View.of(w.depthwise)))
                    .input(DNNL_ARG_BIAS, Convolution.vector(w.depthwiseBias))
                    .intermediate(DNNL_ARG_DST, DEEP);
        }

        Primitive forward() {
            return depthwise()
                    .then(point.forward(), NAME)
                    .again(DNNL_ARG_SRC, DEEP)
                    .input(DNNL_ARG_WEIGHTS, View.of(w.pointwise).layout())
                    .input(DNNL_ARG_BIAS, Convolution.vector(w.pointwiseBias))
                    .output(DNNL_ARG_DST, y.layout())
                    .build();
        }

        Primitive backward(View dx, Weights d) {
            return depthwise.withWeightGradient(
                    x,
                    View.of(d.depthwise),
                    between,
                    d.depthwiseBias != null,
                    shapes -> backward(shapes, dx, d));
        }

        private Primitive backward(Shapes deepWeight, View dx, Weights d) {
            Primitive.Builder builder =
                    depthwise()
                            .thenBackward(point.weightGradient(), point.forward(), NAME)
                            .again(DNNL_ARG_SRC, DEEP)
                            .input(DNNL_ARG_DIFF_DST, y.layout())
                            .output(DNNL_ARG_DIFF_WEIGHTS, View.of(d.pointwise).layout())
                            .output(DNNL_ARG_DIFF_BIAS, Convolution.vector(d.pointwiseBias))
                            .thenBackward(point.inputGradient(), point.forward(), NAME)
                            .again(DNNL_ARG_DIFF_DST, DY)
                            .input(DNNL_ARG_WEIGHTS, View.of(w.pointwise).layout())
                            .intermediate(DNNL_ARG_DIFF_SRC, D_DEEP)
                            .thenBackward(deepWeight.weightGradient(), deepWeight.forward(), NAME)
                            .again(DNNL_ARG_SRC, X)
                            .again(DNNL_ARG_DIFF_DST, D_DEEP)
                            .output(
                                    DNNL_ARG_DIFF_WEIGHTS,
                                    depthwise.weightLayout(View.of(d.depthwise)))
                            .output(DNNL_ARG_DIFF_BIAS, Convolution.vector(d.depthwiseBias));
            if (dx != null) {
                builder.thenBackward(deep.inputGradient(), deep.forward(), NAME)
                        .again(DNNL_ARG_DIFF_DST, D_DEEP)
                        .again(DNNL_ARG_WEIGHTS, DEPTHWISE_WEIGHT)
                        .output(DNNL_ARG_DIFF_SRC, dx.layout());
            }
            return builder.build();
        }
    }
}
