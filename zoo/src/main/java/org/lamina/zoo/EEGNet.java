package org.lamina.zoo;

import java.io.IOException;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.activations.Elu;
import org.lamina.zoo.weights.NameMap;
import org.lamina.zoo.weights.Weights;
import org.lamina.zoo.weights.WeightsException;

/**
 * EEGNet, a compact convolutional network for EEG: temporal filters, spatial filters for each of
 * them, a separable convolution, a linear classifier.
 *
 * <pre>
 * [N, 1, channels, samples]
 *   conv (1, kernelLength), F1 filters - batch norm
 *   depthwise conv (channels, 1), D filters each, max norm - batch norm - ELU - average pool (1, pool1) - dropout
 *   separable conv (1, separableKernel), F2 filters - batch norm - ELU - average pool (1, pool2) - dropout
 *   dense, max norm - softmax
 * [N, classes]
 * </pre>
 *
 * <p>Only the last layer has a bias. With the defaults and 4 classes there are 2,388 trainable
 * parameters for 64 channels x 128 samples, 3,700 for 22 x 1125, 1,972 for 22 x 256.
 *
 * <pre>{@code
 * MultiLayerNetwork net = EEGNet.builder().channels(22).samples(256).classes(4).build().init();
 * }</pre>
 *
 * <p>Defaults: kernelLength 64, F1 8, D 2, F2 16, separableKernel 16, pools 4 and 8, but see {@link
 * Preset#SSVEP}.
 *
 * <p>Source: Lawhern et al., https://arxiv.org/abs/1611.08024; the published variants are {@link
 * Preset}s.
 *
 * <p>Differs from the sources in: outputs are probabilities unless {@link Builder#logits} is set
 * (selfEEG: logits by default); the classifier's initial bias is 0 in every variant (PyTorch:
 * uniform); weights are constrained at initialization and after every update (selfEEG, braindecode:
 * before every forward pass).
 */
@SuppressWarnings("unchecked") // DL4J lets the caller choose the type that init() returns
public final class EEGNet extends EegModel<EEGNet.Builder, MultiLayerNetwork> {

    /** A published implementation with the same results. */
    public enum Preset implements EegVariant {
        /**
         * The authors' Keras code, https://github.com/vlawhern/arl-eegmodels: batch norm eps 1e-3
         * and momentum 0.01 (Keras: 0.99), dropout 0.5, Glorot uniform weights, one output for each
         * class.
         */
        KERAS(
                new Defaults(Library.KERAS, 128, 64, 8, 2, 16, null, 0.5, 1e-3, 0.01, 1.0, 0.25),
                false),
        /**
         * selfEEG, https://github.com/MedMaxLab/selfEEG: batch norm eps 0 (the original passes
         * False as eps) and momentum 0.1, dropout 0.5, PyTorch's weights; up to two classes give
         * one output with a sigmoid.
         */
        SELFEEG(
                new Defaults(Library.SELFEEG, 128, 64, 8, 2, 16, null, 0.5, 0.0, 0.1, 1.0, 0.25),
                false),
        /**
         * braindecode's EEGNetv4, https://github.com/braindecode/braindecode: batch norm eps 1e-3
         * and momentum 0.01, dropout 0.25, half a kernel of padding on both sides (an even kernel
         * lengthens the signal by one), no constraint on the classifier, Glorot uniform weights.
         */
        BRAINDECODE(
                new Defaults(
                        Library.BRAINDECODE, 128, 64, 8, 2, 16, null, 0.25, 1e-3, 0.01, 1.0, null),
                true),
        /**
         * The authors' EEGNet_SSVEP for steady-state visual evoked potentials, in the same code as
         * {@link #KERAS} and equal to it but for kernelLength 256 (one second), F1 96, D 1, F2 96,
         * no constraint on the classifier; 45,900 trainable parameters for its 8 channels, 256
         * samples and 12 classes. Waytowich et al., https://arxiv.org/abs/1803.04566.
         */
        SSVEP(
                new Defaults(Library.KERAS, 256, 256, 96, 1, 96, null, 0.5, 1e-3, 0.01, 1.0, null),
                false);

        private final Defaults defaults;
        private final boolean halfKernelPadding;

        Preset(Defaults defaults, boolean halfKernelPadding) {
            this.defaults = defaults;
            this.halfKernelPadding = halfKernelPadding;
        }

        @Override
        public Defaults defaults() {
            return defaults;
        }
    }

    private EEGNet(Builder options) {
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
        boolean halfKernelPadding = o.preset.halfKernelPadding;
        return fusedIfSet(
                configuration()
                        .list()
                        .layer(temporalFilters(halfKernelPadding))
                        .layer(batchNorm("temporal-norm", null))
                        .layer(spatialFilters("spatial", o.depthwiseMaxNorm))
                        .layer(batchNorm("spatial-norm", new Elu(o.eluAlpha)))
                        .layer(averagePool("spatial-pool", o.pool1))
                        .layer(dropout("spatial-dropout"))
                        .layer(separableFilters(o.separableKernel, halfKernelPadding))
                        .layer(batchNorm("separable-norm", new Elu(o.eluAlpha)))
                        .layer(averagePool("separable-pool", o.pool2))
                        .layer(dropout("separable-dropout"))
                        .layer(classifier())
                        .setInputType(inputType())
                        .build());
    }

    /**
     * This network with the weights of {@link Pretrained#EEGNET_SIMULATED}, trained on simulated
     * EEG: to try code out.
     *
     * @throws WeightsException if this is not that network: 22 channels, 256 samples, 4 classes and
     *     the other defaults
     * @throws IOException if the weights cannot be read
     */
    @Override
    public MultiLayerNetwork initPretrained() throws IOException {
        if (options.preset != Preset.KERAS) {
            throw new WeightsException(
                    "EEGNet: preset = " + options.preset + "; the trained weights are of KERAS");
        }
        MultiLayerNetwork network = init();
        if (options.fused) {
            network.setParams(options.copy().fused(false).build().initPretrained().params());
            return network;
        }
        Model pretrained = Pretrained.EEGNET_SIMULATED.load().network();
        Weights.importInto(network, Weights.export(pretrained, NameMap.own()), NameMap.own());
        return network;
    }

    /** Builder. */
    public static final class Builder extends EegModelBuilder<Preset, Builder> {

        private int separableKernel = 16;
        private int pool1 = 4;
        private int pool2 = 8;
        private double eluAlpha = 1.0;
        private Double depthwiseMaxNorm = preset.defaults().filterMaxNorm();

        private Builder() {
            super("EEGNet", Preset.KERAS);
        }

        /**
         * Length of the separable convolution's kernel, in samples after the first pooling. Default
         * 16.
         */
        public Builder separableKernel(int value) {
            this.separableKernel = value;
            return this;
        }

        /** Window length of the first average pooling. Default 4. */
        public Builder pool1(int value) {
            this.pool1 = value;
            return this;
        }

        /** Window length of the second average pooling. Default 8. */
        public Builder pool2(int value) {
            this.pool2 = value;
            return this;
        }

        /** Alpha of the ELUs. Default 1. */
        public Builder eluAlpha(double value) {
            this.eluAlpha = value;
            return this;
        }

        /** Maximum norm of a spatial filter, or null for no constraint. Default 1. */
        public Builder depthwiseMaxNorm(Double value) {
            this.depthwiseMaxNorm = value;
            return this;
        }

        @Override
        public EEGNet build() {
            return new EEGNet(this);
        }

        @Override
        void checkOwn() {
            positive("separableKernel", separableKernel);
            positive("pool1", pool1);
            positive("pool2", pool2);
            positiveOrNull("depthwiseMaxNorm", depthwiseMaxNorm);
            require(eluAlpha > 0, "eluAlpha", eluAlpha, "must be above 0");
        }

        @Override
        public int fewestSamples() {
            return pool1 * pool2;
        }
    }
}
