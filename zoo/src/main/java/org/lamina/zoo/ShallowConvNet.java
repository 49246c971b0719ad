package org.lamina.zoo;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.activations.SafeLog;
import org.lamina.activations.Square;
import org.lamina.layers.AveragePooling2D;
import org.lamina.layers.Nonlinearity;

/**
 * Shallow ConvNet for EEG, log-variance of filtered signals as in filter bank common spatial
 * patterns: temporal filters, spatial filters over all of them, power in sliding windows, its
 * logarithm, a linear classifier.
 *
 * <pre>
 * [N, 1, channels, samples]
 *   conv (1, kernelLength), F1 filters, bias
 *   conv (channels, 1), F2 filters - batch norm - x * x
 *   average pool (1, poolLength), stride poolStride - log(min(max(x, eps), max)) - dropout
 *   dense - softmax
 * [N, classes]
 * </pre>
 *
 * <p>There is no padding. Trainable parameters of {@link Preset#BRAINDECODE}: 46,084 for 22
 * channels, 1000 samples and 4 classes.
 *
 * <pre>{@code
 * MultiLayerNetwork net = ShallowConvNet.builder().channels(22).samples(256).classes(4).build().init();
 * }</pre>
 *
 * <p>Source: Schirrmeister et al., https://arxiv.org/abs/1703.05051; the published variants are
 * {@link Preset}s.
 *
 * <p>Differs from the sources in: outputs are probabilities unless {@link Builder#logits} is set
 * (braindecode, selfEEG: logits); the classifier is a dense layer (braindecode: an equivalent
 * convolution as long as the remaining signal).
 */
@SuppressWarnings("unchecked") // DL4J lets the caller choose the type that init() returns
public final class ShallowConvNet extends EegModel<ShallowConvNet.Builder, MultiLayerNetwork> {

    /** A published implementation with the same results. */
    public enum Preset implements EegVariant {
        /**
         * The Keras code of EEGNet's authors, for 128 Hz,
         * https://github.com/vlawhern/arl-eegmodels: kernelLength 13, 40 and 40 filters with
         * maximum norm 2, pools of 35 every 7 samples, eps 1e-7, batch norm eps 1e-5 and momentum
         * 0.1 (Keras: 0.9), dropout 0.5, maximum norm of the classifier 0.5, Glorot uniform
         * weights.
         */
        KERAS(
                new Defaults(Library.KERAS, 128, 13, 40, null, 40, 35, 0.5, 1e-5, 0.1, 2.0, 0.5),
                7,
                new SafeLog(1e-7, 1e4),
                false),
        /**
         * braindecode's ShallowFBCSPNet, for 250 Hz, https://github.com/braindecode/braindecode:
         * kernelLength 25, 40 and 40 filters, pools of 75 every 15 samples, eps 1e-6, batch norm
         * eps 1e-5 and momentum 0.1, dropout 0.5, no constraints, Glorot uniform weights.
         */
        BRAINDECODE(
                new Defaults(
                        Library.BRAINDECODE, 250, 25, 40, null, 40, 75, 0.5, 1e-5, 0.1, null, null),
                15,
                new SafeLog(1e-6),
                false),
        /**
         * selfEEG's ShallowNet, https://github.com/MedMaxLab/selfEEG: as {@link #BRAINDECODE}, but
         * with a bias in the second convolution too, eps 1e-7, dropout 0.2 and PyTorch's weights;
         * up to two classes give one output with a sigmoid.
         */
        SELFEEG(
                new Defaults(
                        Library.SELFEEG, 250, 25, 40, null, 40, 75, 0.2, 1e-5, 0.1, null, null),
                15,
                new SafeLog(1e-7, 1e4),
                true);

        private final Defaults defaults;
        private final int poolStride;
        private final SafeLog log;
        private final boolean spatialBias;

        Preset(Defaults defaults, int poolStride, SafeLog log, boolean spatialBias) {
            this.defaults = defaults;
            this.poolStride = poolStride;
            this.log = log;
            this.spatialBias = spatialBias;
        }

        @Override
        public Defaults defaults() {
            return defaults;
        }
    }

    private ShallowConvNet(Builder options) {
        super(options);
    }

    /** A builder with the defaults of the {@link Preset#KERAS} variant. */
    public static Builder builder() {
        return new Builder();
    }

    /** The configuration. */
    @Override
    public MultiLayerConfiguration conf() {
        Builder o = options;
        return fusedIfSet(
                configuration()
                        .list()
                        .layer(validTemporalFilters())
                        .layer(
                                conv("spatial", o.channels, 1, o.filters())
                                        .hasBias(o.preset.spatialBias)
                                        .build())
                        .layer(batchNorm("spatial-norm", new Square()))
                        .layer(power())
                        .layer(
                                new Nonlinearity.Builder()
                                        .name("log")
                                        .activation(o.preset.log)
                                        .build())
                        .layer(dropout("dropout"))
                        .layer(classifier())
                        .setInputType(inputType())
                        .build());
    }

    private SubsamplingLayer power() {
        return new AveragePooling2D.Builder(1, options.poolLength())
                .stride(1, options.poolStride())
                .name("power")
                .build();
    }

    /** Builder. */
    public static final class Builder extends EegModelBuilder<Preset, Builder> {

        private Integer poolStride;

        private Builder() {
            super("ShallowConvNet", Preset.KERAS);
        }

        /** Samples from one window to the next. Default: the preset's. */
        public Builder poolStride(int value) {
            this.poolStride = value;
            return this;
        }

        private int poolStride() {
            return poolStride == null ? preset.poolStride : poolStride;
        }

        @Override
        public ShallowConvNet build() {
            return new ShallowConvNet(this);
        }

        @Override
        void checkOwn() {
            positive("poolStride", poolStride());
        }

        @Override
        public int fewestSamples() {
            return kernelLength() + poolLength() - 1;
        }
    }
}
