package org.lamina.zoo;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.lamina.activations.Gelu;
import org.lamina.activations.Swish;
import org.lamina.spec.WeightStandardization;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationReLU;

/**
 * The architecture of a normalizer-free residual network, as data; {@link NFNet} describes its
 * parts.
 *
 * @param stem the convolutions before the blocks
 * @param stages groups of blocks of one width
 * @param block what all blocks have in common
 * @param lastWidth channels of the 1x1 convolution after the blocks as a multiple of their output,
 *     rounded; 0: none
 * @param activation the activation function, before its scaling
 * @param standardization formula of the convolutions' weights; null for plain ones, for which the
 *     variances of {@link NFNet#expectedVariances} do not hold
 * @param padding of the convolutions
 * @param dropout share of the classifier's inputs that training drops
 * @param stochasticDepth probability that training drops the residual branch of a block after the
 *     last one; a block's own grows with its place, from 0 for the first
 */
public record NFNetArchitecture(
        Stem stem,
        List<Stage> stages,
        Block block,
        double lastWidth,
        IActivation activation,
        WeightStandardization standardization,
        Padding padding,
        double dropout,
        double stochasticDepth) {

    /** Padding of a convolution with an odd kernel size k. */
    public enum Padding {
        /**
         * TensorFlow's SAME: the output's size is the input's divided by the stride, rounded up; an
         * odd total pads one more after the input.
         */
        SAME,
        /** (k - 1) / 2 on both sides. */
        SYMMETRIC
    }

    /**
     * Convolutions with an activation function between them.
     *
     * @param kernel kernel size of all, an odd number
     * @param channels output channels of each
     * @param strides stride of each
     * @param maxPool whether a 3x3 max pooling with stride 2 and padding 1 follows
     */
    public record Stem(int kernel, List<Integer> channels, List<Integer> strides, boolean maxPool) {

        /** Checks the values. */
        public Stem {
            require(kernel > 0 && kernel % 2 == 1, "stem kernel", kernel, "must be odd");
            require(!channels.isEmpty(), "stem channels", channels, "must be 1 number or more");
            require(
                    channels.size() == strides.size(),
                    "stem strides",
                    strides,
                    "must be as many as the " + channels.size() + " convolutions");
            require(positive(channels), "stem channels", channels, "each must be 1 or greater");
            require(positive(strides), "stem strides", strides, "each must be 1 or greater");
            channels = List.copyOf(channels);
            strides = List.copyOf(strides);
        }

        private static boolean positive(List<Integer> values) {
            return values.stream().allMatch(v -> v > 0);
        }
    }

    /**
     * Blocks of one width.
     *
     * @param width output channels of each
     * @param depth number of blocks
     * @param stride stride of the first
     */
    public record Stage(int width, int depth, int stride) {

        /** Checks the values. */
        public Stage {
            require(width > 0, "stage width", width, "must be 1 or greater");
            require(depth > 0, "stage depth", depth, "must be 1 or greater");
            require(stride > 0, "stage stride", stride, "must be 1 or greater");
        }
    }

    /**
     * Channel attention of a residual branch; its factors are doubled, since they are 1/2 on
     * average.
     *
     * @param kind the layer
     * @param squeeze hidden units of squeeze and excitation as a share of its channels
     * @param divisor the hidden units are rounded to a multiple of this, at least one; 1: rounded
     *     down
     * @param inside whether it stands before the last convolution of the branch instead of after it
     */
    public record Attention(Kind kind, double squeeze, int divisor, boolean inside) {

        /** A layer. */
        public enum Kind {
            /** None. */
            NONE,
            /** {@link org.lamina.layers.SqueezeExcitation}. */
            SQUEEZE_EXCITATION,
            /** {@link org.lamina.layers.ECA}, efficient channel attention. */
            ECA
        }

        /** Checks the values. */
        public Attention {
            require(kind != null, "attention", kind, "must be given");
            boolean squeezes = kind == Kind.SQUEEZE_EXCITATION;
            require(squeeze >= 0 && squeeze <= 1, "squeeze", squeeze, "must be in [0, 1]");
            require(squeezes == squeeze > 0, "squeeze", squeeze, "does not suit " + kind);
            require(divisor > 0, "divisor", divisor, "must be 1 or greater");
        }

        /** No attention. */
        public static Attention none() {
            return new Attention(Kind.NONE, 0, 1, false);
        }

        /** Squeeze and excitation after the last convolution, its hidden units rounded down. */
        public static Attention squeezeExcitation(double squeeze) {
            return new Attention(Kind.SQUEEZE_EXCITATION, squeeze, 1, false);
        }

        /** Efficient channel attention after the last convolution. */
        public static Attention eca() {
            return new Attention(Kind.ECA, 0, 1, false);
        }

        /** Hidden units for a number of channels. */
        int hidden(int channels) {
            double hidden = channels * squeeze;
            return divisor == 1 ? Math.max(1, (int) hidden) : nearestMultiple(hidden, divisor);
        }
    }

    /** The nearest multiple, at least one. */
    private static int nearestMultiple(double value, int divisor) {
        return Math.max(divisor, (int) (value + divisor / 2.0) / divisor * divisor);
    }

    /** timm's rule for widths: the nearest multiple of 8 that is not below 90 % of the value. */
    private static int channels(double value) {
        int nearest = nearestMultiple(value, 8);
        return nearest < 0.9 * value ? nearest + 8 : nearest;
    }

    /**
     * What all blocks have in common.
     *
     * @param bottleneck width of the inner convolutions as a share of the block's output
     * @param groupWidth channels of a group of the inner 3x3 convolutions, to a multiple of which
     *     their width is rounded down; 0: they have one group
     * @param spatialConvs number of 3x3 convolutions, 1 or 2
     * @param attention channel attention of the branch
     * @param pooledShortcut whether a shortcut with a stride is an average pool and a convolution,
     *     or else a convolution with that stride
     * @param expanding whether the bottleneck is a share of the block's input instead, rounded to a
     *     multiple of 8, and 1 in the very first block (NF-RegNet)
     */
    public record Block(
            double bottleneck,
            int groupWidth,
            int spatialConvs,
            Attention attention,
            boolean pooledShortcut,
            boolean expanding) {

        /** Checks the values. */
        public Block {
            require(bottleneck > 0, "bottleneck", bottleneck, "must be greater than 0");
            require(bottleneck <= 4, "bottleneck", bottleneck, "must be at most 4");
            require(groupWidth >= 0, "groupWidth", groupWidth, "must be 0 (one group) or greater");
            require(
                    spatialConvs == 1 || spatialConvs == 2,
                    "spatialConvs",
                    spatialConvs,
                    "must be 1 or 2");
            require(attention != null, "attention", attention, "must be given");
        }

        /**
         * Channels of the inner convolutions of a block.
         *
         * @param input channels of its input
         * @param width channels of its output
         * @param first whether it is the first of all
         */
        int innerWidth(int input, int width, boolean first) {
            int inner =
                    expanding
                            ? channels(input * (first ? 1 : bottleneck))
                            : (int) (width * bottleneck);
            return groupWidth == 0 ? inner : inner / groupWidth * groupWidth;
        }

        /** Groups of inner 3x3 convolutions with a number of channels. */
        int groups(int inner) {
            return groupWidth == 0 ? 1 : inner / groupWidth;
        }
    }

    /**
     * Checks the values.
     *
     * @throws DL4JInvalidConfigException naming the field, its value and what is allowed
     */
    public NFNetArchitecture {
        require(stem != null, "stem", stem, "must be given");
        require(stages != null && !stages.isEmpty(), "stages", stages, "must be 1 or more");
        require(block != null, "block", block, "must be given");
        require(lastWidth >= 0, "lastWidth", lastWidth, "must be 0 (none) or greater");
        require(activation != null, "activation", activation, "must be given");
        require(padding != null, "padding", padding, "must be given");
        require(dropout >= 0 && dropout < 1, "dropout", dropout, "must be in [0, 1)");
        require(
                stochasticDepth >= 0 && stochasticDepth < 1,
                "stochasticDepth",
                stochasticDepth,
                "must be in [0, 1)");
        stages = List.copyOf(stages);
        int input = stem.channels.get(stem.channels.size() - 1);
        for (int i = 0; i < stages.size(); i++) {
            int width = stages.get(i).width;
            require(
                    block.innerWidth(input, width, i == 0) > 0,
                    "stage width",
                    width,
                    "leaves no inner channels: bottleneck "
                            + block.bottleneck
                            + ", group width "
                            + block.groupWidth);
            input = width;
        }
    }

    static void require(boolean holds, String field, Object value, String allowed) {
        NetworkBuilder.require("NFNet", holds, field, value, allowed);
    }

    /** Number of blocks. */
    public int blocks() {
        return stages.stream().mapToInt(Stage::depth).sum();
    }

    /** The same with another formula for the convolutions' weights; null for plain ones. */
    public NFNetArchitecture withStandardization(WeightStandardization formula) {
        return new NFNetArchitecture(
                stem,
                stages,
                block,
                lastWidth,
                activation,
                formula,
                padding,
                dropout,
                stochasticDepth);
    }

    /**
     * NFNet-F: the depths are those of F0 times a factor. Dropout is that of the published code's
     * table (base.py), stochastic depth that of its experiment (experiment_nfnets.py).
     */
    static NFNetArchitecture nfnet(int factor, double dropout) {
        return new NFNetArchitecture(
                nfnetStem(),
                nfnetStages(factor),
                new Block(0.5, 128, 2, Attention.squeezeExcitation(0.5), true, false),
                2,
                new Gelu(),
                WeightStandardization.nfnet(),
                Padding.SAME,
                dropout,
                0.25);
    }

    private static Stem nfnetStem() {
        return new Stem(3, List.of(16, 32, 64, 128), List.of(2, 1, 1, 2), false);
    }

    private static List<Stage> nfnetStages(int factor) {
        return List.of(
                new Stage(256, factor, 1),
                new Stage(512, 2 * factor, 2),
                new Stage(1536, 6 * factor, 2),
                new Stage(1536, 3 * factor, 2));
    }

    /** timm's squeeze and excitation after the last convolution. */
    static Attention squeezeToMultiplesOf8(double squeeze) {
        return new Attention(Attention.Kind.SQUEEZE_EXCITATION, squeeze, 8, false);
    }

    /**
     * timm's light NFNets: SiLU, narrower blocks with smaller groups, symmetric padding, and
     * without dropout and stochastic depth, as in timm.
     *
     * @param factor the depths are those of F0 times this
     */
    static NFNetArchitecture light(int factor, double lastWidth, Attention attention) {
        return new NFNetArchitecture(
                nfnetStem(),
                nfnetStages(factor),
                new Block(0.25, 64, 2, attention, true, false),
                lastWidth,
                new Swish(),
                WeightStandardization.timm().withEps(1e-5),
                Padding.SYMMETRIC,
                0,
                0);
    }

    /**
     * timm's NF-RegNet-B: blocks whose inside is 2.25 times as wide as their input, squeeze and
     * excitation inside, SiLU, and without dropout and stochastic depth, as in timm.
     *
     * @param widths of the stages before they are multiplied by 0.75
     */
    static NFNetArchitecture regnet(List<Integer> depths, List<Integer> widths) {
        List<Stage> stages = new ArrayList<>();
        for (int i = 0; i < depths.size(); i++) {
            stages.add(new Stage(channels(0.75 * widths.get(i)), depths.get(i), 2));
        }
        int last = widths.get(widths.size() - 1);
        int features = 1280 * last / 440; // rounded down before it is multiplied
        return new NFNetArchitecture(
                new Stem(3, List.of(channels(0.75 * widths.get(0))), List.of(2), false),
                stages,
                new Block(
                        2.25,
                        8,
                        1,
                        new Attention(Attention.Kind.SQUEEZE_EXCITATION, 0.5, 8, true),
                        true,
                        true),
                (double) channels(0.75 * features) / channels(0.75 * last),
                new Swish(),
                WeightStandardization.timm().withEps(1e-5),
                Padding.SYMMETRIC,
                0,
                0);
    }

    /**
     * NF-ResNet as timm has it, with the stochastic depth and without the dropout that are the
     * defaults of the published code (nf_resnet.py, experiment.py); timm has neither.
     */
    static NFNetArchitecture resnet(int... depths) {
        return resnet(Attention.none(), 0.1, depths);
    }

    /** timm's NF-ResNets with attention, without stochastic depth. */
    static NFNetArchitecture resnet(Attention attention, int... depths) {
        return resnet(attention, 0, depths);
    }

    private static NFNetArchitecture resnet(
            Attention attention, double stochasticDepth, int... depths) {
        List<Stage> stages = new ArrayList<>();
        for (int i = 0; i < depths.length; i++) {
            stages.add(new Stage(256 << i, depths[i], i == 0 ? 1 : 2));
        }
        return new NFNetArchitecture(
                new Stem(7, List.of(64), List.of(2), true),
                stages,
                new Block(0.25, 0, 1, attention, true, false),
                0,
                new ActivationReLU(),
                WeightStandardization.timm().withEps(1e-5),
                Padding.SYMMETRIC,
                0,
                stochasticDepth);
    }

    /** For images of 28x28 and 32x32. */
    static NFNetArchitecture tiny() {
        return new NFNetArchitecture(
                new Stem(3, List.of(16), List.of(1), false),
                List.of(new Stage(32, 1, 2), new Stage(64, 2, 2), new Stage(128, 1, 2)),
                new Block(0.5, 16, 2, Attention.squeezeExcitation(0.5), true, false),
                2,
                new ActivationReLU(),
                WeightStandardization.nfnet(),
                Padding.SYMMETRIC,
                0,
                0);
    }
}
