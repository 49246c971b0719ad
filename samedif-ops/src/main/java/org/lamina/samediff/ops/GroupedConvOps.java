package org.lamina.samediff.ops;

import org.lamina.kernels.GroupBundles;
import org.lamina.spec.ConvGeometry;
import org.lamina.spec.ConvSpec;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Convolutions with several groups built from libnd4j's ops, which support one group or one per
 * channel.
 *
 * <p>Operands are cut with {@code split}, whose gradient is one concatenation; the gradient of a
 * slice is a full-size array per slice.
 */
final class GroupedConvOps {

    private GroupedConvOps() {}

    /**
     * A convolution whose input the op can pad itself.
     *
     * @param spec channels and geometry: two or three dimensions, no dilation, several groups
     * @param same whether the op pads by its own 'same' rule
     */
    static SDVariable conv(SDVariable x, SDVariable w, SDVariable b, ConvSpec spec, boolean same) {
        ConvGeometry g = spec.geometry();
        boolean byDepthwiseOp =
                spec.inChannels() == g.groups()
                        && GroupBundles.byDepthwiseOp(g, spec.outChannels() / g.groups());
        return byDepthwiseOp
                ? depthwise(x, w, b, spec, same)
                : bundles(
                        x,
                        w,
                        b,
                        spec,
                        (part, weight, bias) ->
                                ConvOps.op(part, weight, bias, g.withGroups(1), same));
    }

    /** The depthwise op, applied once per filter of a channel. */
    private static SDVariable depthwise(
            SDVariable x, SDVariable w, SDVariable b, ConvSpec spec, boolean same) {
        SameDiff sd = x.getSameDiff();
        ConvGeometry g = spec.geometry();
        long in = spec.inChannels();
        int filters = (int) (spec.outChannels() / in);
        if (filters == 1) {
            return ConvOps.conv2d(x, w, b, g, same);
        }
        SDVariable byFilter = w.reshape(in, filters, g.kernelSize()[0], g.kernelSize()[1]);
        SDVariable[] weights = split(byFilter, filters, 1);
        SDVariable[] biases = b == null ? null : split(b.reshape(in, filters), filters, 1);
        SDVariable[] y = new SDVariable[filters];
        for (int f = 0; f < filters; f++) {
            SDVariable bias = b == null ? null : biases[f].reshape(in);
            y[f] = ConvOps.conv2d(x, weights[f], bias, g, same);
        }
        // Filters side by side within a channel are channels: [N, in, filters * H, W] lies in
        // memory as [N, in * filters, H, W].
        SDVariable shape = sd.shape(y[0]).mul(sd.constant(Nd4j.createFromArray(1L, filters, 1, 1)));
        return sd.reshape(sd.concat(2, y), shape);
    }

    /** The convolution of one group, or another function linear in input, weight and bias. */
    @FunctionalInterface
    interface OneGroup {
        SDVariable apply(SDVariable x, SDVariable w, SDVariable b);
    }

    /**
     * One convolution for each bundle of groups.
     *
     * @param w weights {@code [out, in / groups, k...]}
     * @param spec channels and geometry; for a transposed convolution those of the convolution
     *     whose input gradient it is
     * @param op the convolution of a bundle, whose weights are those of one group
     */
    static SDVariable bundles(
            SDVariable x, SDVariable w, SDVariable b, ConvSpec spec, OneGroup op) {
        ConvGeometry g = spec.geometry();
        int size = GroupBundles.size(spec.inChannels(), g.groups());
        int bundles = g.groups() / size;
        long in = spec.inChannels() / bundles;
        long out = spec.outChannels() / bundles;
        SDVariable[] inputs = split(x, bundles, 1);
        SDVariable[] weights = split(w, bundles, 0);
        SDVariable[] biases = b == null ? new SDVariable[bundles] : split(b, bundles, 0);
        SDVariable[] y = new SDVariable[bundles];
        for (int i = 0; i < bundles; i++) {
            SDVariable weight = blockDiagonal(weights[i], in, out, g.withGroups(size));
            y[i] = op.apply(inputs[i], weight, biases[i]);
        }
        return bundles == 1 ? y[0] : x.getSameDiff().concat(1, y);
    }

    private static SDVariable[] split(SDVariable array, int parts, int dimension) {
        return parts == 1
                ? new SDVariable[] {array}
                : array.getSameDiff().split(array, parts, dimension);
    }

    /**
     * Grouped weights as the weights of one group: {@code [out, in, k...]}, zero between groups.
     */
    private static SDVariable blockDiagonal(SDVariable w, long in, long out, ConvGeometry g) {
        if (g.groups() == 1) {
            return w;
        }
        SameDiff sd = w.getSameDiff();
        long groups = g.groups();
        long volume = g.kernelVolume();
        SDVariable blocks = w.reshape(groups, out / groups, 1, in / groups, volume);
        SDVariable eye =
                sd.constant(Nd4j.eye(groups).castTo(w.dataType()).reshape(groups, 1, groups, 1, 1));
        return blocks.mul(eye).reshape(ConvOps.weightShape(out, in, g));
    }
}
