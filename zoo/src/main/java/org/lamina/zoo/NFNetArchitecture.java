package org.lamina.zoo;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.lamina.layers.activations.Gelu;
import org.lamina.spec.WeightStandardization;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;

/**
 * The shape of a normalizer-free residual network, as data. {@link NFNet} says what it is made of.
 *
 * @param stem the convolutions before the blocks
 * @param stages groups of blocks of one width
 * @param bottleneck width of a block's inner convolutions as a share of its output
 * @param groupWidth channels of a group of the inner convolutions, by which their width is rounded
 *     down to a multiple; 0: they have one group
 * @param spatialConvs number of 3x3 convolutions in a block, 1 or 2
 * @param squeeze hidden units of squeeze and excitation as a share of a block's output; 0: none
 * @param lastWidth channels of the 1x1 convolution after the blocks as a multiple of their output;
 *     0: none
 * @param activation the activation function, before its scaling
 * @param standardization formula of the convolutions' weights
 * @param padding how much a convolution with a stride pads
 * @param dropout share of the classifier's inputs that training drops
 * @param stochasticDepth probability that training drops the residual branch of the block after the
 *     last one; a block's grows with its place, from 0 for the first
 */
public record NFNetArchitecture(
        Stem stem,
        List<Stage> stages,
        double bottleneck,
        int groupWidth,
        int spatialConvs,
        double squeeze,
        int lastWidth,
        IActivation activation,
        WeightStandardization standardization,
        Padding padding,
        double dropout,
        double stochasticDepth) {

    /** How much a convolution with an odd kernel k pads. */
    public enum Padding {
        /**
         * TensorFlow's SAME: so much in all that the output's size is the input's divided by the
         * stride, rounded up; the odd one comes after the input.
         */
        SAME,
        /** (k - 1) / 2 on both sides. */
        SYMMETRIC
    }

    /**
     * Convolutions with an activation function between them.
     *
     * @param kernel kernel size of all
     * @param channels output channels of each
     * @param strides stride of each
     * @param maxPool whether a 3x3 max pooling with stride 2 follows
     */
    public record Stem(
            int kernel, List<Integer> channels, List<Integer> strides, boolean maxPool) {}

    /**
     * Blocks of one width.
     *
     * @param width output channels of each
     * @param depth number of blocks
     * @param stride stride of the first
     */
    public record Stage(int width, int depth, int stride) {}

    /**
     * Checks the values.
     *
     * @throws DL4JInvalidConfigException naming the field, its value and what is allowed
     */
    public NFNetArchitecture {
        require(stem != null && !stem.channels.isEmpty(), "stem", stem, "needs a convolution");
        require(
                stem.channels.size() == stem.strides.size(),
                "stem",
                stem,
                "needs a stride for each convolution");
        require(stem.kernel > 0 && stem.kernel % 2 == 1, "stem", stem, "needs an odd kernel");
        require(
                positive(stem.channels) && positive(stem.strides),
                "stem",
                stem,
                "needs channels and strides of 1 or greater");
        require(stages != null && !stages.isEmpty(), "stages", stages, "must be 1 or more");
        require(
                stages.stream().allMatch(s -> s.width > 0 && s.depth > 0 && s.stride > 0),
                "stages",
                stages,
                "each needs width, depth and stride of 1 or greater");
        require(bottleneck > 0 && bottleneck <= 1, "bottleneck", bottleneck, "must be in (0, 1]");
        require(groupWidth >= 0, "groupWidth", groupWidth, "must be 0 (one group) or greater");
        require(
                spatialConvs == 1 || spatialConvs == 2,
                "spatialConvs",
                spatialConvs,
                "must be 1 or 2");
        require(squeeze >= 0 && squeeze <= 1, "squeeze", squeeze, "must be in [0, 1]");
        require(lastWidth >= 0, "lastWidth", lastWidth, "must be 0 (none) or greater");
        require(activation != null, "activation", activation, "must be given");
        require(standardization != null, "standardization", standardization, "must be given");
        require(padding != null, "padding", padding, "must be given");
        require(dropout >= 0 && dropout < 1, "dropout", dropout, "must be in [0, 1)");
        require(
                stochasticDepth >= 0 && stochasticDepth < 1,
                "stochasticDepth",
                stochasticDepth,
                "must be in [0, 1)");
        for (Stage stage : stages) {
            require(
                    innerWidth(stage, bottleneck, groupWidth) > 0,
                    "groupWidth",
                    groupWidth,
                    "is more than the "
                            + (int) (stage.width * bottleneck)
                            + " inner channels of a block of width "
                            + stage.width);
        }
        stages = List.copyOf(stages);
    }

    private static boolean positive(List<Integer> values) {
        return values.stream().allMatch(v -> v > 0);
    }

    static void require(boolean holds, String field, Object value, String allowed) {
        if (!holds) {
            throw new DL4JInvalidConfigException(
                    "NFNet: " + field + " = " + value + "; " + allowed);
        }
    }

    private static int innerWidth(Stage stage, double bottleneck, int groupWidth) {
        int width = (int) (stage.width * bottleneck);
        return groupWidth == 0 ? width : width / groupWidth * groupWidth;
    }

    /** Channels of a block's inner convolutions. */
    int innerWidth(Stage stage) {
        return innerWidth(stage, bottleneck, groupWidth);
    }

    /** Number of blocks. */
    public int blocks() {
        return stages.stream().mapToInt(Stage::depth).sum();
    }

    /** NFNet-F: the depths are those of F0 times a factor. */
    static NFNetArchitecture nfnet(int factor, double dropout) {
        return new NFNetArchitecture(
                new Stem(3, List.of(16, 32, 64, 128), List.of(2, 1, 1, 2), false),
                stages(
                        new int[] {256, 512, 1536, 1536},
                        new int[] {factor, 2 * factor, 6 * factor, 3 * factor},
                        1),
                0.5,
                128,
                2,
                0.5,
                2,
                new Gelu(),
                WeightStandardization.nfnet(),
                Padding.SAME,
                dropout,
                0.25);
    }

    static NFNetArchitecture resnet(int... depths) {
        return new NFNetArchitecture(
                new Stem(7, List.of(64), List.of(2), true),
                stages(new int[] {256, 512, 1024, 2048}, depths, 1),
                0.25,
                0,
                1,
                0,
                0,
                new ActivationReLU(),
                WeightStandardization.timm().withEps(1e-5),
                Padding.SYMMETRIC,
                0.25,
                0.1);
    }

    static NFNetArchitecture tiny() {
        return new NFNetArchitecture(
                new Stem(3, List.of(16), List.of(1), false),
                stages(new int[] {32, 64, 128}, new int[] {1, 2, 1}, 2),
                0.5,
                16,
                2,
                0.5,
                2,
                new ActivationReLU(),
                WeightStandardization.nfnet(),
                Padding.SYMMETRIC,
                0,
                0);
    }

    /** Stages with stride 2, the first with its own. */
    private static List<Stage> stages(int[] widths, int[] depths, int firstStride) {
        List<Stage> stages = new ArrayList<>();
        IntStream.range(0, widths.length)
                .forEach(
                        i -> stages.add(new Stage(widths[i], depths[i], i == 0 ? firstStride : 2)));
        return stages;
    }

    NFNetArchitecture withActivation(IActivation value) {
        return new NFNetArchitecture(
                stem,
                stages,
                bottleneck,
                groupWidth,
                spatialConvs,
                squeeze,
                lastWidth,
                value,
                standardization,
                padding,
                dropout,
                stochasticDepth);
    }

    NFNetArchitecture withDropout(double values, double ofBranches) {
        return new NFNetArchitecture(
                stem,
                stages,
                bottleneck,
                groupWidth,
                spatialConvs,
                squeeze,
                lastWidth,
                activation,
                standardization,
                padding,
                values,
                ofBranches);
    }
}
