package org.lamina.kernels;

import org.lamina.spec.ConvGeometry;
import org.lamina.spec.Padding;

/** Whether libnd4j's ops may pad the depth of a volume. */
public final class DepthPadding {

    private DepthPadding() {}

    /**
     * Whether the ops handle depth padding incorrectly, so that the input must be padded
     * beforehand. On the oneDNN build of ND4J 1.0.0-M2.1 {@code conv3dnew_bp} and {@code
     * deconv3d_bp} in float add the weight gradient of some taps to uninitialized memory if the
     * depth is padded and its stride is above 1; height and width are not affected. Since the
     * memory's content is arbitrary, no test can reliably detect the error.
     *
     * @param geometry the convolution, or the one whose input gradient is computed
     */
    public static boolean failsInOp(ConvGeometry geometry) {
        return geometry.rank() == 3
                && geometry.stride()[0] > 1
                && geometry.padBefore()[0] + geometry.padAfter()[0] > 0;
    }

    /** The geometry without depth padding. */
    public static ConvGeometry without(ConvGeometry geometry) {
        int[] before = geometry.padBefore();
        int[] after = geometry.padAfter();
        before[0] = 0;
        after[0] = 0;
        return geometry.withPadding(Padding.perSide(before, after));
    }
}
