package org.lamina.kernels;

import org.lamina.spec.ConvGeometry;

/**
 * Divides a grouped convolution into ordinary ones: consecutive groups form a bundle, which is one
 * convolution whose weight is block-diagonal (zero between its groups).
 *
 * <p>Calls with very few channels all cost the same, since oneDNN works on blocks of 8 or 16
 * channels; beyond that, zeros cost arithmetic. CPU milliseconds on one thread, float, oneDNN,
 * forward / backward, 3x3, 8 examples:
 *
 * <table>
 *   <caption>Channels of a bundle</caption>
 *   <tr><th>channels, groups, input</th><th>4</th><th>8</th><th>16</th><th>32</th><th>64</th>
 *       <th>128</th><th>PyTorch 1.13</th></tr>
 *   <tr><td>256, 64, 16x16</td><td></td><td>9 / 19</td><td>5 / 12</td><td>6 / 13</td>
 *       <td>8 / 17</td><td>13 / 31</td><td>2 / 10</td></tr>
 *   <tr><td>64, 16, 32x32</td><td>5 / 27</td><td>6 / 20</td><td>5 / 18</td><td>8 / 20</td>
 *       <td>16 / 24</td><td></td><td>2 / 9</td></tr>
 *   <tr><td>1536, 12, 12x12</td><td></td><td></td><td></td><td></td><td></td><td>46 / 112</td>
 *       <td>53 / 113</td></tr>
 * </table>
 */
public final class GroupBundles {

    /** A call with fewer channels than this costs as much. */
    private static final long CHANNELS = 16;

    private GroupBundles() {}

    /**
     * Groups per bundle: the divisor of the number of groups with the lowest cost, where a bundle
     * costs the square of its channels, but at least the square of {@link #CHANNELS}.
     *
     * @param inChannels input channels of all groups
     */
    public static int size(long inChannels, int groups) {
        int best = 1;
        long least = Long.MAX_VALUE;
        for (int size = 1; size <= groups; size++) {
            long channels = Math.max(CHANNELS, inChannels / groups * size);
            long cost = groups / size * channels * channels;
            if (groups % size == 0 && cost < least) {
                best = size;
                least = cost;
            }
        }
        return best;
    }

    /**
     * Whether a depthwise convolution uses libnd4j's depthwise op, once per filter of a channel,
     * instead of bundles.
     *
     * <p>The op has two dimensions. With kernels above 3x3 its backward pass is so slow that
     * bundles, which compute all filters at once, are faster: 8x64x32x32 to 128 channels takes 5 /
     * 14 with the op and 9 / 21 in bundles with 3x3, 9 / 45 and 14 / 33 with 5x5. With kernel 1 it
     * fails in double where a single example has a single position.
     *
     * @param geometry geometry with one group for each input channel
     * @param filters filters of a channel
     */
    public static boolean byDepthwiseOp(ConvGeometry geometry, long filters) {
        long volume = geometry.kernelVolume();
        return geometry.rank() < 3 && volume > 1 && (filters == 1 || volume <= 9);
    }
}
