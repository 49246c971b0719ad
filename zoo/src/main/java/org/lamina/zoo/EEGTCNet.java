package org.lamina.zoo;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.lamina.activations.Elu;
import org.lamina.layers.ConstrainedConv2D;
import org.lamina.layers.Nonlinearity;
import org.lamina.layers.TemporalSpatialFusion;
import org.lamina.spec.Padding;

/**
 * EEG-TCNet: the filters of EEGNet, then a temporal convolutional network, residual blocks of
 * causal convolutions with growing dilation, whose last step goes to a linear classifier.
 *
 * <pre>
 * [N, 1, channels, samples]
 *   conv (1, kernelLength), F1 filters - batch norm
 *   depthwise conv (channels, 1), D filters each, max norm 1 - batch norm - ELU - average pool (1, 8) - dropout
 *   separable conv (1, 16), F2 filters - batch norm - ELU - average pool (1, 8) - dropout
 *   block with dilation 1, block with dilation 2, ... (tcnDepth of them)
 *   last step - dense, max norm - softmax
 * [N, classes]
 *
 * block: r = 2 times: causal conv (1, tcnKernel), tcnFilters - batch norm - ELU - tcnDropout
 *        y = ELU(r + x), x through a 1x1 conv where its number of channels differs
 * </pre>
 *
 * <p>That is {@link Preset#KERAS}, the authors' own; the other {@link Preset} states its
 * differences. The convolutions of the blocks have biases, those before them none. With 22 channels
 * and 4 classes there are 4,272 parameters, of which 4,096 are trainable, for any number of samples
 * from 64 on.
 *
 * <pre>{@code
 * ComputationGraph net = EEGTCNet.builder().channels(22).samples(256).classes(4).build().init();
 * }</pre>
 *
 * <p>Source: Ingolfsson et al., https://arxiv.org/abs/2006.00622;
 * https://github.com/iis-eth-zurich/eeg-tcnet.
 *
 * <p>Differs from the source in: only the layout of arrays; the blocks run along the last image
 * dimension, the other one is 1.
 */
@SuppressWarnings("unchecked") // DL4J lets the caller choose the type that init() returns
public final class EEGTCNet extends EegModel<EEGTCNet.Builder, ComputationGraph> {

    private static final String INPUT = "eeg";
    private static final int POOL = 8;
    private static final int SEPARABLE_KERNEL = 16;
    private static final double BLOCK_EPS = 1e-3;
    private static final double BLOCK_MOMENTUM = 0.01;

    /** A published implementation with the same results. */
    public enum Preset implements EegVariant {
        /**
         * The authors' Keras code, for 250 Hz: kernelLength 32, F1 8, D 2, F2 16, batch norm eps
         * 1e-3 and momentum 0.01 (Keras: 0.99), dropout 0.2, maximum norm of the classifier 0.25,
         * Glorot uniform weights and He uniform ones in the blocks.
         */
        KERAS(
                new Defaults(Library.KERAS, 250, 32, 8, 2, 16, null, 0.2, 1e-3, 0.01, 1.0, 0.25),
                0.3),
        /**
         * braindecode's EEGTCNet of version 1.6.1 and later (its {@code tcn_batch_norm}),
         * https://github.com/braindecode/braindecode: kernelLength 64, an ELU after the first batch
         * norm too, half a kernel of padding on both sides (an even kernel lengthens the signal by
         * one), a separable kernel of F2 = F1 D samples and a second pool of F1, no constraint on
         * the spatial filters, no biases in the blocks' convolutions but those of shortcuts; batch
         * norm eps 1e-5 and momentum 0.1, in the blocks 1e-3 and 0.01, dropout 0.5 everywhere.
         */
        BRAINDECODE(
                new Defaults(
                        Library.BRAINDECODE, 250, 64, 8, 2, 16, null, 0.5, 1e-5, 0.1, null, 0.25),
                0.5);

        private final Defaults defaults;
        private final double tcnDropout;

        Preset(Defaults defaults, double tcnDropout) {
            this.defaults = defaults;
            this.tcnDropout = tcnDropout;
        }

        @Override
        public Defaults defaults() {
            return defaults;
        }
    }

    private EEGTCNet(Builder options) {
        super(options);
    }

    /** A builder with the defaults of the {@link Preset#KERAS} variant. */
    public static Builder builder() {
        return new Builder();
    }

    /** Adds layers to a graph, each after the one before. */
    private static final class Chain {
        private final GraphBuilder graph;
        private String last;

        Chain(GraphBuilder graph, String input) {
            this.graph = graph;
            this.last = input;
        }

        Chain add(String name, Layer layer) {
            graph.addLayer(name, layer, last);
            last = name;
            return this;
        }
    }

    /** The configuration. */
    @Override
    public ComputationGraphConfiguration conf() {
        GraphBuilder graph =
                configuration().graphBuilder().addInputs(INPUT).setInputTypes(inputType());
        Chain chain = new Chain(graph, INPUT);
        filters(chain);
        int width = options.filters();
        for (int i = 0; i < options.tcnDepth; i++) {
            block(chain, "block" + (i + 1), width, 1 << i);
            width = options.tcnFilters;
        }
        chain.add("last-step", new Cropping2D.Builder(0, 0, steps() - 1, 0).build())
                .add("classifier", classifier());
        ComputationGraphConfiguration parts = graph.setOutputs(chain.last).build();
        return options.fused ? TemporalSpatialFusion.fuse(parts) : parts;
    }

    private boolean braindecode() {
        return options.preset == Preset.BRAINDECODE;
    }

    private int separableKernel() {
        return braindecode() ? options.filters() : SEPARABLE_KERNEL;
    }

    /** Length of the signal that the blocks see. */
    private int steps() {
        int steps = padded(options.samples, options.kernelLength()) / POOL;
        return padded(steps, separableKernel()) / options.secondPool();
    }

    private int padded(int length, int kernel) {
        return braindecode() && kernel % 2 == 0 ? length + 1 : length;
    }

    /** The front end, which is EEGNet's. */
    private void filters(Chain chain) {
        chain.add("temporal", temporalFilters(braindecode()))
                .add("temporal-norm", batchNorm("temporal-norm", braindecode() ? new Elu(1) : null))
                .add("spatial", spatialFilters("spatial", options.defaults().filterMaxNorm()))
                .add("spatial-norm", batchNorm("spatial-norm", new Elu(1)))
                .add("spatial-pool", averagePool("spatial-pool", POOL))
                .add("spatial-dropout", dropout("spatial-dropout"))
                .add("separable", separableFilters(separableKernel(), braindecode()))
                .add("separable-norm", batchNorm("separable-norm", new Elu(1)))
                .add("separable-pool", averagePool("separable-pool", options.secondPool()))
                .add("separable-dropout", dropout("separable-dropout"));
    }

    private void block(Chain chain, String name, int width, int dilation) {
        String shortcut = chain.last;
        for (int i = 1; i <= 2; i++) {
            String conv = name + "-conv" + i;
            int before = (options.tcnKernel - 1) * dilation;
            chain.add(
                            conv,
                            conv(options.tcnKernel)
                                    .hasBias(!braindecode())
                                    .dilation(1, dilation)
                                    .padding(
                                            Padding.perSide(
                                                    new int[] {0, before}, new int[] {0, 0}))
                                    .build())
                    .add(
                            conv + "-norm",
                            batchNorm(
                                    conv + "-norm",
                                    new Elu(1),
                                    BLOCK_EPS,
                                    options.momentumOr(BLOCK_MOMENTUM)))
                    .add(conv + "-dropout", dropout(conv + "-dropout", options.tcnDropout()));
        }
        if (width != options.tcnFilters) {
            String narrowed = name + "-shortcut";
            chain.graph.addLayer(
                    narrowed, conv(1).weightInit(WeightInit.XAVIER_UNIFORM).build(), shortcut);
            shortcut = narrowed;
        }
        String sum = name + "-sum";
        chain.graph.addVertex(
                sum, new ElementWiseVertex(ElementWiseVertex.Op.Add), chain.last, shortcut);
        chain.last = sum;
        chain.add(name, new Nonlinearity.Builder().activation(new Elu(1)).build());
    }

    private ConstrainedConv2D.Builder conv(int length) {
        return new ConstrainedConv2D.Builder(1, length)
                .nOut(options.tcnFilters)
                .maxNorm(null)
                .weightInit(WeightInit.RELU_UNIFORM);
    }

    /** Builder. */
    public static final class Builder extends EegModelBuilder<Preset, Builder> {

        private int tcnDepth = 2;
        private int tcnKernel = 4;
        private int tcnFilters = 12;
        private Double tcnDropout;

        private Builder() {
            super("EEGTCNet", Preset.KERAS);
        }

        /** Number of residual blocks. Default 2. */
        public Builder tcnDepth(int value) {
            this.tcnDepth = value;
            return this;
        }

        /** Length of the blocks' convolutions. Default 4. */
        public Builder tcnKernel(int value) {
            this.tcnKernel = value;
            return this;
        }

        /** Filters of the blocks' convolutions. Default 12. */
        public Builder tcnFilters(int value) {
            this.tcnFilters = value;
            return this;
        }

        /** Probability of dropping a value in the blocks, in [0, 1). Default: the preset's. */
        public Builder tcnDropout(double value) {
            this.tcnDropout = value;
            return this;
        }

        @Override
        public EEGTCNet build() {
            return new EEGTCNet(this);
        }

        @Override
        boolean linearFront() {
            return preset != Preset.BRAINDECODE;
        }

        @Override
        void checkOwn() {
            positive("tcnDepth", tcnDepth);
            require(tcnDepth <= 16, "tcnDepth", tcnDepth, "must be 16 or less");
            positive("tcnKernel", tcnKernel);
            positive("tcnFilters", tcnFilters);
            share("tcnDropout", tcnDropout());
            require(
                    preset != Preset.BRAINDECODE
                            || filters() == temporalFilters() * depthMultiplier(),
                    "f2",
                    filters(),
                    "must be f1 * d in the variant BRAINDECODE");
        }

        @Override
        public int fewestSamples() {
            return POOL * secondPool();
        }

        private double tcnDropout() {
            return tcnDropout == null ? preset.tcnDropout : tcnDropout;
        }

        private int secondPool() {
            return preset == Preset.BRAINDECODE ? temporalFilters() : POOL;
        }
    }
}
