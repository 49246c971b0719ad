package org.lamina.zoo;

import static org.lamina.zoo.NFNetArchitecture.light;
import static org.lamina.zoo.NFNetArchitecture.nfnet;
import static org.lamina.zoo.NFNetArchitecture.regnet;
import static org.lamina.zoo.NFNetArchitecture.resnet;
import static org.lamina.zoo.NFNetArchitecture.squeezeToMultiplesOf8;
import static org.lamina.zoo.NFNetArchitecture.tiny;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.lamina.activations.ScaledActivation;
import org.lamina.optimize.AdaptiveGradientClipping;
import org.lamina.zoo.NFNetArchitecture.Attention;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/**
 * Normalizer-free residual networks for images: NFNet-F0 to F6, light ones, NF-ResNet, NF-RegNet,
 * and a small one for images of 28x28 and 32x32.
 *
 * <pre>
 * [N, channels, height, width]
 *   stem: convolutions, an activation function between them
 *   blocks, in stages of one width; the first of a stage may have a stride (a transition)
 *   1x1 convolution (not in NF-ResNet) - activation function
 *   mean over the image - dropout - dense - softmax
 * [N, classes]
 *
 * block:  a = f(x) / sqrt(expected variance of x)
 *         r = conv0 1x1 - f - conv1 3x3 (stride, groups) - f - conv1b 3x3 (groups) - f - conv2 1x1
 *             - channel attention, its factors doubled - stochastic depth - skip gain
 *         y = x + 0.2 * r                                 without a transition
 *         y = shortcut 1x1 (average pool (a)) + 0.2 * r   in a transition; a pool if it strides
 * </pre>
 *
 * <p>f is an activation function times the gamma that keeps the variance ({@link
 * ScaledActivation}); every convolution has standardized weights, a gain and a bias per output
 * channel ({@link org.lamina.layers.WSConv2D}). The expected variance is 1 before the first block,
 * {@code 1 + 0.2^2} after a transition, and grows by {@code 0.2^2} with every other block. Channel
 * attention is squeeze and excitation ({@code outputs / 2} hidden units, rounded down, and biases
 * in NFNet-F), {@link org.lamina.layers.ECA} or none; in NF-RegNet it stands before the last f of
 * the branch. The skip gain is a scalar, initially 0, so that training begins with the shortcuts
 * alone.
 *
 * <p>{@link Preset#NFNET_TINY}, 32x32 with 3 channels, 10 classes, 136,686 parameters:
 *
 * <pre>
 * stem-conv0 3x3, 16 channels, stride 1, padding 1
 * stage1: 1 block of width 32, stage2: 2 of 64, stage3: 1 of 128; each stage begins with stride 2
 *   (so that 32x32 becomes 16x16, 8x8, 4x4), and its first block is a transition
 *   conv0 to width / 2 channels, conv1 and conv1b 3x3 with padding 1 in groups of 16 channels,
 *   conv2 to width channels; the transition's average pool is 2x2 with stride 2, in which an odd last
 *   row or column counts by itself (PyTorch: ceil_mode, count_include_pad=False)
 * last-conv 1x1, 256 channels; f; mean; dense with 10 outputs
 * f = 1.7139588594436646 * ReLU; inside squeeze and excitation ReLU and sigmoid
 * weights standardized with the biased variance, (w - mean) / sqrt(max(variance * fanIn, 1e-4))
 * no dropout, no stochastic depth
 * </pre>
 *
 * <pre>{@code
 * ComputationGraph net = NFNet.builder().preset(NFNet.Preset.NFNET_TINY).init();
 * }</pre>
 *
 * <p>Labels are one-hot, or probabilities. Gradients are clipped by {@link
 * AdaptiveGradientClipping}, the classifier's are not.
 *
 * <p>Source: Brock, De, Smith and Simonyan, https://arxiv.org/abs/2102.06171 (NFNet), Brock, De and
 * Smith, https://arxiv.org/abs/2101.08692 (NF-ResNet);
 * https://github.com/google-deepmind/deepmind-research/tree/master/nfnets and timm, {@code
 * timm/models/nfnet.py}, https://github.com/huggingface/pytorch-image-models.
 *
 * <p>Differs from the sources in: GELU is the exact one (the published JAX code approximates it by
 * a tanh, timm does not); the outputs are probabilities; all but NFNet-F have timm's shortcuts
 * (average pool, then 1x1 convolution; the papers' code has a 1x1 convolution with the stride),
 * padding and widths, the gammas in the activation functions (timm multiplies the weights by them,
 * the stem's too), and a skip gain in every block.
 */
@SuppressWarnings("unchecked") // DL4J lets the caller choose the type that init() returns
public final class NFNet extends BaseZooModel<NFNet.Builder, ComputationGraph> {

    /** What a residual branch is multiplied by. */
    public static final double RESIDUAL_WEIGHT = 0.2;

    static final String INPUT = "input";

    /** A network of the papers, or a small one. */
    public enum Preset {
        /** 71,489,284 parameters with 1000 classes. */
        NFNET_F0(nfnet(1, 0.2), 192),
        /** 132,634,256 parameters. */
        NFNET_F1(nfnet(2, 0.3), 224),
        /** 193,779,228 parameters. */
        NFNET_F2(nfnet(3, 0.4), 256),
        /** 254,924,200 parameters. */
        NFNET_F3(nfnet(4, 0.4), 320),
        /** 316,069,172 parameters. */
        NFNET_F4(nfnet(5, 0.5), 384),
        /** 377,214,144 parameters. */
        NFNET_F5(nfnet(6, 0.5), 416),
        /** 438,359,116 parameters. */
        NFNET_F6(nfnet(7, 0.5), 448),
        /** 15,995,184 parameters. */
        NF_RESNET_26(resnet(2, 2, 2, 2), 224),
        /** 25,557,048 parameters. */
        NF_RESNET_50(resnet(3, 4, 6, 3), 224),
        /** timm's nf_resnet101; 44,549,193 parameters. */
        NF_RESNET_101(resnet(3, 4, 23, 3), 224),
        /** timm's nf_seresnet26; 17,395,984 parameters. */
        NF_SERESNET_26(resnet(squeezeToMultiplesOf8(1 / 16.0), 2, 2, 2, 2), 224),
        /** timm's nf_seresnet50; 28,088,040 parameters. */
        NF_SERESNET_50(resnet(squeezeToMultiplesOf8(1 / 16.0), 3, 4, 6, 3), 224),
        /** timm's nf_seresnet101; 49,326,905 parameters. */
        NF_SERESNET_101(resnet(squeezeToMultiplesOf8(1 / 16.0), 3, 4, 23, 3), 224),
        /** timm's nf_ecaresnet26; 15,995,228 parameters. */
        NF_ECARESNET_26(resnet(Attention.eca(), 2, 2, 2, 2), 224),
        /** timm's nf_ecaresnet50; 25,557,134 parameters. */
        NF_ECARESNET_50(resnet(Attention.eca(), 3, 4, 6, 3), 224),
        /** timm's nf_ecaresnet101; 44,549,364 parameters. */
        NF_ECARESNET_101(resnet(Attention.eca(), 3, 4, 23, 3), 224),
        /** timm's nf_regnet_b0; 8,764,304 parameters. */
        NF_REGNET_B0(regnet(List.of(1, 3, 6, 6), List.of(48, 104, 208, 440)), 192),
        /** timm's nf_regnet_b1; 10,224,004 parameters. */
        NF_REGNET_B1(regnet(List.of(2, 4, 7, 7), List.of(48, 104, 208, 440)), 256),
        /** timm's nf_regnet_b2; 14,314,630 parameters. */
        NF_REGNET_B2(regnet(List.of(2, 4, 8, 8), List.of(56, 112, 232, 488)), 240),
        /** timm's nf_regnet_b3; 18,593,857 parameters. */
        NF_REGNET_B3(regnet(List.of(2, 5, 9, 9), List.of(56, 128, 248, 528)), 288),
        /** timm's nf_regnet_b4; 30,210,846 parameters. */
        NF_REGNET_B4(regnet(List.of(2, 6, 11, 11), List.of(64, 144, 288, 616)), 320),
        /** timm's nf_regnet_b5; 49,741,766 parameters. */
        NF_REGNET_B5(regnet(List.of(3, 7, 14, 14), List.of(80, 168, 336, 704)), 384),
        /** timm's nfnet_l0; 35,074,500 parameters. */
        NFNET_L0(light(1, 1.5, squeezeToMultiplesOf8(0.25)), 224),
        /** timm's eca_nfnet_l0; 24,143,936 parameters. */
        ECA_NFNET_L0(light(1, 1.5, Attention.eca()), 224),
        /** timm's eca_nfnet_l1; 41,407,752 parameters. */
        ECA_NFNET_L1(light(2, 2, Attention.eca()), 256),
        /** timm's eca_nfnet_l2; 56,722,384 parameters. */
        ECA_NFNET_L2(light(3, 2, Attention.eca()), 320),
        /** timm's eca_nfnet_l3; 72,037,016 parameters. */
        ECA_NFNET_L3(light(4, 2, Attention.eca()), 352),
        /** For images of 28x28 and 32x32; 10 classes by default. */
        NFNET_TINY(tiny(), 32);

        private final NFNetArchitecture architecture;
        private final int size;

        Preset(NFNetArchitecture architecture, int size) {
            this.architecture = architecture;
            this.size = size;
        }

        /** What the network is made of. */
        public NFNetArchitecture architecture() {
            return architecture;
        }

        /** Height and width of the images that it is trained on. */
        public int imageSize() {
            return size;
        }
    }

    private NFNet(Builder options) {
        super(options);
    }

    /** A builder with the defaults of {@link Preset#NFNET_F0}. */
    public static Builder builder() {
        return new Builder();
    }

    /** The configuration. */
    @Override
    public ComputationGraphConfiguration conf() {
        GraphBuilder graph = emptyGraph();
        graph.setOutputs(new NFNetGraph(graph, options).build());
        ComputationGraphConfiguration conf = graph.build();
        return options.clipping == null ? conf : options.clipping.applyTo(conf);
    }

    private GraphBuilder emptyGraph() {
        return new NeuralNetConfiguration.Builder()
                .seed(options.seed)
                .updater(options.updater)
                .weightInit(WeightInit.LECUN_NORMAL)
                .activation(Activation.IDENTITY)
                .graphBuilder()
                .addInputs(INPUT)
                .setInputTypes(
                        InputType.convolutional(options.height, options.width, options.channels));
    }

    /**
     * The variances that the papers' rule gives the blocks' outputs in an untrained network with
     * {@link Builder#skipGain} 1 whose input has variance 1, by vertex, in their order. Blocks
     * scale their inputs by them. The rule ignores that an average pool in a shortcut removes the
     * variance that neighbouring positions do not share: almost none in a photograph, three
     * quarters in white noise.
     */
    public Map<String, Double> expectedVariances() {
        NFNetGraph graph = new NFNetGraph(emptyGraph(), options);
        graph.build();
        return graph.variances();
    }

    /** Name of a block's last vertex before its shortcut is added. */
    public static String residualOf(String block) {
        return block + "-gain";
    }

    /** The same network with other initial values. */
    public NFNet with(double skipGain, long seed) {
        return new NFNet(options.copy().skipGain(skipGain).seed(seed));
    }

    /** Number of parameters, counted without allocating them. */
    public long numParams() {
        return conf().getVertices().values().stream().mapToLong(v -> v.numParams(true)).sum();
    }

    /** Builder. */
    public static final class Builder extends NetworkBuilder<Builder> {

        private NFNetArchitecture architecture;
        private IActivation activation;
        private Double dropout;
        private Double stochasticDepth;
        private boolean standardized = true;
        int channels = 3;
        int height;
        int width;
        int classes;
        double skipGain;
        private AdaptiveGradientClipping clipping = new AdaptiveGradientClipping();

        private Builder() {
            super("NFNet");
            lossFunction = new LossMCXENT();
            updater = new Nesterovs(0.1, 0.9);
            preset(Preset.NFNET_F0);
        }

        /**
         * The network, with its image size and number of classes: 1000, or 10 for {@link
         * Preset#NFNET_TINY}; set others after it.
         */
        public Builder preset(Preset value) {
            present("preset", value);
            this.architecture = value.architecture;
            this.classes = value == Preset.NFNET_TINY ? 10 : 1000;
            return imageSize(value.size, value.size);
        }

        /** A custom architecture instead of a preset's. */
        public Builder architecture(NFNetArchitecture value) {
            this.architecture = value;
            return this;
        }

        /** Number of channels of an image. Default 3. */
        public Builder channels(int value) {
            this.channels = value;
            return this;
        }

        /** Height and width of an image in pixels. Default: the preset's. */
        public Builder imageSize(int heightValue, int widthValue) {
            this.height = heightValue;
            this.width = widthValue;
            return this;
        }

        /** Number of classes, 2 or more. Default: the preset's. */
        public Builder classes(int value) {
            this.classes = value;
            return this;
        }

        /**
         * Activation function, one that {@link ScaledActivation#unitVariance} knows. Default: the
         * architecture's.
         */
        public Builder activation(IActivation value) {
            this.activation = value;
            return this;
        }

        /** Share of the classifier's inputs that training drops. Default: the architecture's. */
        public Builder dropout(double value) {
            this.dropout = value;
            return this;
        }

        /**
         * Probability that training drops the residual branch of the block after the last; the
         * blocks' own grow from 0 towards it. Default: the architecture's.
         */
        public Builder stochasticDepth(double value) {
            this.stochasticDepth = value;
            return this;
        }

        /** Whether the convolutions' weights are standardized. Default true. */
        public Builder standardized(boolean value) {
            this.standardized = value;
            return this;
        }

        /** Initial value of the skip gains. Default 0: each block begins as its shortcut. */
        public Builder skipGain(double value) {
            this.skipGain = value;
            return this;
        }

        /**
         * Clipping of the gradients of all layers but the classifier; null for none. Default: clip
         * 0.01, eps 1e-3.
         */
        public Builder gradientClipping(AdaptiveGradientClipping value) {
            this.clipping = value;
            return this;
        }

        /** The architecture with the options that replace parts of it. */
        NFNetArchitecture architecture() {
            NFNetArchitecture a = architecture;
            return new NFNetArchitecture(
                    a.stem(),
                    a.stages(),
                    a.block(),
                    a.lastWidth(),
                    activation == null ? a.activation() : activation,
                    standardized ? a.standardization() : null,
                    a.padding(),
                    dropout == null ? a.dropout() : dropout,
                    stochasticDepth == null ? a.stochasticDepth() : stochasticDepth);
        }

        /**
         * The network.
         *
         * @throws DL4JInvalidConfigException naming the argument, its value and what is allowed
         */
        public NFNet build() {
            return new NFNet(this);
        }

        /** {@link #build} and {@link NFNet#init} in one. */
        public ComputationGraph init() {
            return build().init();
        }

        @Override
        int[] inputShape() {
            return new int[] {channels, height, width};
        }

        @Override
        String inputDimensions() {
            return "channels, height, width";
        }

        @Override
        boolean takesInputShape(int[] shape) {
            if (shape.length != 3) {
                return false;
            }
            channels(shape[0]).imageSize(shape[1], shape[2]);
            return true;
        }

        @Override
        void check() {
            present("architecture", architecture);
            present("lossFunction", lossFunction);
            positive("channels", channels);
            require(classes > 1, "classes", classes, "must be 2 or greater");
            require(
                    height > 0 && width > 0,
                    "imageSize",
                    height + " x " + width,
                    "must be 1 x 1 or greater");
            require(Double.isFinite(skipGain), "skipGain", skipGain, "must be a finite number");
            try {
                ScaledActivation.unitVariance(architecture().activation());
            } catch (IllegalArgumentException e) {
                throw new DL4JInvalidConfigException("NFNet: activation: " + e.getMessage());
            }
        }
    }
}
